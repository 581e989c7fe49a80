"""Forms of the pages. They check shape only; whether something may be done is decided by the room's action."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from trueline.connections.rules import LARGEST_UPLOAD_BYTES
from trueline.findings.rules import LONGEST_TERM_DAYS, Severity
from trueline.findings.wording import ROLES
from trueline.kit.errors import Refused
from trueline.web.context import KIND_LABELS
from trueline.web.marks import SEVERITIES
from trueline.workspaces.rules import GrantEffect, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

MEGABYTES = LARGEST_UPLOAD_BYTES // 1_048_576
_ROLES = [(str(role), ROLES[role]) for role in Role]


class WorkspaceForm(forms.Form):
    """A new workspace."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("The name of your organisation, as your people read it.")
    )


class EnvironmentForm(forms.Form):
    """A new environment."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("As your people call the tenant or system, such as Contoso.")
    )
    kind = forms.ChoiceField(
        label=_("What it is"), choices=list(KIND_LABELS.items()), initial=Kind.MICROSOFT365, required=False
    )


class TracePolicyForm(forms.Form):
    """What of traces is kept, and for how long."""

    content = forms.ChoiceField(
        label=_("Of what agents say"),
        choices=[
            ("metadata_only", _("Nothing: only names, times, counts and status")),
            ("redacted", _("Everything but secrets")),
            ("full", _("Everything, secrets too")),
        ],
        widget=forms.RadioSelect,
    )
    keep_days = forms.IntegerField(label=_("For so many days"), min_value=1, max_value=3650)


class UploadForm(forms.Form):
    """An exported file, and when it was taken."""

    export = forms.FileField(
        label=_("Export"),
        help_text=_("A zip file or a JSON file. It is read here and sent nowhere; secrets in it are not kept."),
        widget=forms.FileInput(attrs={"accept": ".zip,.json,application/zip,application/json"}),
        max_length=200,
    )
    observed_at = forms.DateTimeField(
        label=_("Taken at"),
        required=False,
        help_text=_("When it was exported. Leave it empty for now; an older one never overrules a newer one."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )


class TraceFileForm(forms.Form):
    """A file of traces."""

    traces = forms.FileField(
        label=_("Traces"),
        help_text=_(
            "OTLP as JSON or protobuf, JSON lines, spans in a tree, or transcripts; several as a zip, gzip is fine."
        ),
        max_length=200,
    )


class StandardForm(forms.Form):
    """Makes a capture a new standard, or the next version of one."""

    name = forms.CharField(
        label=_("Name of a new standard"),
        max_length=120,
        required=False,
        help_text=_("Such as “Windows devices”. Environments are then held to it."),
    )
    existing = forms.ChoiceField(label=_("Or the next version of"), required=False)
    content = forms.ChoiceField(
        label=_("What of it holds"),
        choices=[
            ("objects", _("Every object as it is, compared one by one")),
            ("settings", _("Its settings, met by any policy whatever its name")),
            ("both", _("Both")),
        ],
        widget=forms.RadioSelect,
        initial="objects",
        required=False,
    )

    def clean_content(self) -> str:
        """Objects when nothing was chosen."""
        return self.cleaned_data["content"] or "objects"

    def __init__(self, *args: Any, standards: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["existing"].choices = [("", _("None: a new one")), *((str(key), name) for key, name in standards)]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two."""
        given = super().clean() or {}
        if bool((given.get("name") or "").strip()) == bool(given.get("existing")):
            raise forms.ValidationError(
                _("Give a new standard a name, or choose the one that this becomes a version of.")
            )
        return given


class AssertionsForm(forms.Form):
    """What a standard asks for: a file, or one that Trueline ships."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("What your people call it. Leave it empty for the title in the file."),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("A YAML file of assertions, as “trueline baseline make” writes it or as a person did."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,application/yaml"}),
        max_length=200,
    )
    shipped = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(self, offered: Iterable[str], *args: Any, needs_name: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shipped"].choices = [("", ""), *((name, name) for name in offered)]  # type: ignore[attr-defined]  # a ChoiceField
        if not needs_name:
            del self.fields["name"]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        given = super().clean() or {}
        if not (given.get("file") or given.get("shipped") or "file" in self.errors):
            self.add_error("file", _("Choose a file."))
        return given


class AssignForm(forms.Form):
    """Holds an environment to a standard."""

    environment = forms.ChoiceField(label=_("Environment"))

    def __init__(self, *args: Any, environments: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["environment"].choices = [(str(key), name) for key, name in environments]  # type: ignore[attr-defined]  # a ChoiceField


class InviteForm(forms.Form):
    """An invitation."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=_ROLES, initial=Role.VIEWER)


_LIVES = [("30", _("30 days")), ("90", _("90 days")), ("180", _("180 days")), ("365", _("a year"))]


class KeyForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Of the program, such as “nightly report”."))
    capabilities = forms.MultipleChoiceField(label=_("It may"), widget=forms.CheckboxSelectMultiple)
    environment = forms.ChoiceField(label=_("Only in"), required=False)
    days = forms.ChoiceField(label=_("Valid for"), choices=_LIVES, initial="90")

    def __init__(
        self,
        given: Any = None,
        *,
        environments: Iterable[tuple[str, str]],
        capabilities: Iterable[tuple[str, str]],
    ) -> None:
        super().__init__(given)
        self.fields["environment"].choices = [("", _("All environments")), *environments]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["capabilities"].choices = list(capabilities)  # type: ignore[attr-defined]  # a ChoiceField


class ServiceRoleForm(forms.Form):
    """Another role and another end for a service account."""

    role = forms.ChoiceField(label=_("Role"), choices=[one for one in _ROLES if one[0] != Role.OWNER])
    days = forms.ChoiceField(label=_("Valid from now for"), choices=_LIVES, initial="365")


class ServiceAccountForm(ServiceRoleForm):
    """A member that is no person."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Of the program, such as “ticket system”."))
    environment = forms.ChoiceField(label=_("Only in"), required=False)
    field_order = ("name", "role", "environment", "days")

    def __init__(self, given: Any = None, *, environments: Iterable[tuple[str, str]]) -> None:
        super().__init__(given, initial={"role": Role.VIEWER})
        self.fields["environment"].choices = [("", _("All environments")), *environments]  # type: ignore[attr-defined]  # a ChoiceField


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), choices=_ROLES)


class NarrowForm(forms.Form):
    """Narrows a member to an environment, away from one, or to a smaller role in one."""

    environment = forms.ChoiceField(label=_("Environment"))
    effect = forms.ChoiceField(
        label=_("What it does"),
        choices=[
            (GrantEffect.INCLUDE, _("Sees only this environment, and others that are listed so")),
            (GrantEffect.EXCLUDE, _("Does not see this environment")),
        ],
        widget=forms.RadioSelect,
        initial=GrantEffect.INCLUDE,
    )
    role = forms.ChoiceField(label=_("Smaller role there"), choices=[("", _("The same role")), *_ROLES], required=False)

    def __init__(self, *args: Any, environments: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["environment"].choices = [(str(key), name) for key, name in environments]  # type: ignore[attr-defined]  # a ChoiceField


class AcceptForm(forms.Form):
    """The terms on which a risk is to be accepted."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Why this may stay.")
    )
    compensating_control = forms.CharField(
        label=_("What keeps the risk small meanwhile"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean_until(self) -> datetime:
        """The end of that day, here."""
        return make_aware(datetime.combine(self.cleaned_data["until"], time(23, 59, 59)))

    def refuse(self) -> None:
        """Raise what is wrong with the form as one sentence."""
        raise Refused(str(_("Fill in a reason and a date.")))


class TermsForm(forms.Form):
    """Within how many days a finding of each severity is to be done."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for severity in Severity:
            self.fields[severity] = forms.IntegerField(
                label=SEVERITIES[severity].word, min_value=1, max_value=LONGEST_TERM_DAYS
            )


class ReviewForm(forms.Form):
    """What people write in a review."""

    title = forms.CharField(label=_("Title"), max_length=200)
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("In your own words: what matters most, and what will be done. Your customer reads it first."),
    )
