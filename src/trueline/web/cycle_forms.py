"""The form of a review cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from trueline.kit import clock
from trueline.reviews.actions_cycles import MOST_RECIPIENTS, Terms
from trueline.reviews.actions_sharing import LONGEST_DAYS
from trueline.reviews.cycles import MOST_DAYS, MOST_LEAD_DAYS, Dates, Interval
from trueline.web.review_words import INTERVALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trueline.reviews.models import ReviewCycle


class CycleForm(forms.Form):
    """When reviews of an environment are due, and to whom they go."""

    environment = forms.ChoiceField(label=_("Environment"))
    title = forms.CharField(
        label=_("Title of its reviews"),
        max_length=120,
        initial=_("Security review"),
        help_text=_("Each adds its month or day."),
    )
    interval = forms.ChoiceField(
        label=_("How often"), choices=[(str(key), word) for key, word in INTERVALS.items()], initial=Interval.MONTHLY
    )
    every = forms.IntegerField(
        label=_("Days or months of your own"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=30,
        help_text=_("Counts for an interval of your own only: 7 to 366 days, or 1 to 24 months."),
    )
    day_of_month = forms.IntegerField(
        label=_("Day of the month"),
        min_value=1,
        max_value=31,
        initial=1,
        help_text=_("In a shorter month its last day. Does not count for an interval in days."),
    )
    starts_on = forms.DateField(
        label=_("Not before"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    lead_days = forms.IntegerField(
        label=_("Days before, for your work on it"),
        min_value=0,
        max_value=MOST_LEAD_DAYS,
        initial=3,
        help_text=_("So many days before it is due the evidence is taken, and those who may publish are told."),
    )
    hour = forms.TypedChoiceField(
        label=_("At what time of the day"),
        coerce=int,
        choices=[(str(hour), f"{hour:02}:00") for hour in range(24)],
        initial="6",
    )
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=64, initial=settings.TIME_ZONE, help_text=_("Such as Europe/Berlin.")
    )
    language = forms.ChoiceField(
        label=_("Language of titles, letters and packs"), choices=[("en", _("English")), ("de", _("German"))]
    )
    members = forms.MultipleChoiceField(
        label=_("People of this workspace"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Once somebody has published it, they get a letter that leads to its page."),
    )
    addresses = forms.CharField(
        label=_("Others, by mail address"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("One on each line. Each gets a link of its own to the customer's edition, without an account."),
    )
    link_days = forms.IntegerField(label=_("Days such a link holds"), min_value=1, max_value=LONGEST_DAYS, initial=30)

    def __init__(
        self,
        given: Any = None,
        *,
        people: Iterable[tuple[str, str]],
        places: Iterable[tuple[str, str]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(given, **options)
        self.fields["members"].choices = list(people)  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["starts_on"].initial = clock.now().date
        if places is None:
            del self.fields["environment"]
        else:
            self.fields["environment"].choices = list(places)  # type: ignore[attr-defined]  # a ChoiceField

    def clean_addresses(self) -> list[str]:
        """Line by line."""
        given = [line.strip() for line in self.cleaned_data["addresses"].replace(",", "\n").splitlines()]
        if sum(map(bool, given)) > MOST_RECIPIENTS:
            raise forms.ValidationError(_("A cycle has at most 20 people and 20 addresses to tell."))
        return [one for one in given if one]

    def terms(self) -> Terms:
        """What was chosen, as the room takes it."""
        chosen = self.cleaned_data
        dates = Dates(
            Interval(chosen["interval"]),
            chosen["every"],
            chosen["day_of_month"],
            chosen["starts_on"],
            chosen["hour"],
            chosen["lead_days"],
            chosen["time_zone"],
        )
        people = [UUID(one) for one in chosen["members"]]
        return Terms(chosen["title"], dates, chosen["language"], people, chosen["addresses"], chosen["link_days"])

    @staticmethod
    def shown(cycle: ReviewCycle) -> dict[str, Any]:
        """The values of a cycle that is there."""
        same = ("title", "interval", "every", "day_of_month", "starts_on", "lead_days", "time_zone", "language")
        return {name: getattr(cycle, name) for name in (*same, "link_days")} | {
            "hour": str(cycle.hour),
            "members": cycle.member_ids,
            "addresses": "\n".join(cycle.addresses),
        }
