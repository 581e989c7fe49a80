"""Forms of messages: destinations, what they are told, what a person wants to be told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from trueline.notices.actions.destinations import Terms
from trueline.notices.actions.telling import Wished
from trueline.notices.models import AlertRule, NoticeWish
from trueline.notices.rules import COOLDOWN_HOURS, MINIMUM_SEVERITY, DestinationKind, EventType, Rhythm
from trueline.notices.wording import CAUSES, EVENT_TYPES, KINDS, RHYTHMS
from trueline.web.marks import SEVERITIES

_EVENTS = [(str(kind), EVENT_TYPES[kind]) for kind in EventType]
_COOLDOWNS = [
    ("0", _("tell everything")),
    ("3600", _("once an hour")),
    (str(COOLDOWN_HOURS * 3600), _("once in six hours")),
    ("86400", _("once a day")),
]


class RuleForm(forms.Form):
    """What a destination is told, and when."""

    events = forms.MultipleChoiceField(label=_("Tell of"), choices=_EVENTS, widget=forms.CheckboxSelectMultiple)
    minimum_severity = forms.ChoiceField(
        label=_("From severity"),
        choices=[(code, mark.word) for code, mark in SEVERITIES.items()],
        initial=MINIMUM_SEVERITY,
        help_text=_("What has no severity is always told."),
    )
    environments = forms.MultipleChoiceField(
        label=_("Only in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a tick: in all environments."),
    )
    cooldown = forms.ChoiceField(
        label=_("The same again"), choices=_COOLDOWNS, initial=str(COOLDOWN_HOURS * 3600), required=False
    )
    quiet_start = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_end = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("What happens in quiet hours is sent at their end."),
    )
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=64, initial=settings.TIME_ZONE, help_text=_("Such as Europe/Berlin.")
    )

    def __init__(self, given: Any = None, *, environments: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(given, **options)
        self.fields["environments"].choices = list(environments)  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Both ends of the quiet hours, or none."""
        given = super().clean() or {}
        if (given.get("quiet_start") is None) != (given.get("quiet_end") is None):
            raise forms.ValidationError(_("Quiet hours need a beginning and an end."))
        return given

    def terms(self) -> Terms:
        """What was chosen, as the room takes it."""
        chosen = self.cleaned_data
        quiet: tuple[time, time] | None = None
        if chosen["quiet_start"] is not None:
            quiet = (chosen["quiet_start"], chosen["quiet_end"])
        return Terms(
            chosen["events"],
            chosen["minimum_severity"],
            [UUID(one) for one in chosen["environments"]] or None,
            int(chosen["cooldown"] or COOLDOWN_HOURS * 3600),
            quiet,
            chosen["time_zone"],
        )

    @staticmethod
    def shown(rule: AlertRule) -> dict[str, Any]:
        """The values of a rule that is there."""
        return {
            "events": rule.event_types,
            "minimum_severity": rule.minimum_severity,
            "environments": rule.environment_ids or [],
            "cooldown": str(rule.cooldown_seconds),
            "quiet_start": rule.quiet_start,
            "quiet_end": rule.quiet_end,
            "time_zone": rule.time_zone,
        }


class DestinationForm(RuleForm):
    """A new destination with what it is told."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as “On-call” or “Ticket system”."))
    kind = forms.ChoiceField(label=_("Kind"), choices=[(str(kind), KINDS[kind]) for kind in DestinationKind])
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        help_text=_(
            "An e-mail address, or the https address that the receiver gave you. It is sealed; its host is shown."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("name", "kind", "address", "events", "minimum_severity", "environments")


class WishForm(forms.Form):
    """What a person wants to be told by mail."""

    causes = forms.MultipleChoiceField(
        label=_("By e-mail at once"),
        required=False,
        choices=[(str(cause), word) for cause, word in CAUSES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All of it is on the page of notices anyway."),
    )
    digest = forms.ChoiceField(
        label=_("A summary of your inbox"),
        choices=[(str(rhythm), RHYTHMS[rhythm]) for rhythm in Rhythm],
        help_text=_("How much waits in each lane, and the most urgent few."),
    )
    hour = forms.TypedChoiceField(
        label=_("From"), coerce=int, choices=[(str(hour), f"{hour:02}:00") for hour in range(24)], initial="8"
    )
    weekday = forms.TypedChoiceField(
        label=_("On"),
        coerce=int,
        choices=[(str(key), word) for key, word in WEEKDAYS.items()],
        initial="0",
        help_text=_("Of a weekly summary."),
    )
    tells_when_nothing = forms.BooleanField(label=_("Also when nothing waits"), required=False)
    time_zone = forms.CharField(label=_("Time zone"), max_length=64, help_text=_("Such as Europe/Berlin."))

    def wished(self) -> Wished:
        """What was chosen, as the room takes it."""
        chosen = self.cleaned_data
        return Wished(
            chosen["causes"],
            chosen["digest"],
            chosen["hour"],
            chosen["weekday"],
            chosen["tells_when_nothing"],
            chosen["time_zone"],
        )

    @staticmethod
    def shown(wish: NoticeWish) -> dict[str, Any]:
        """The values that hold now."""
        return {
            "causes": wish.mail_causes,
            "digest": wish.digest,
            "hour": str(wish.digest_hour),
            "weekday": str(wish.digest_weekday),
            "tells_when_nothing": wish.tells_when_nothing,
            "time_zone": wish.time_zone,
        }
