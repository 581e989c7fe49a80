"""Forms of the pages. They check shape only; whether something may be done is decided by the room's action."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from trueline.connections.rules import LARGEST_UPLOAD_BYTES
from trueline.kit.errors import Refused
from trueline.web.context import ROLE_LABELS
from trueline.workspaces.rules import GrantEffect, Role

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

MEGABYTES = LARGEST_UPLOAD_BYTES // 1_048_576
_ROLES = [(str(role), ROLE_LABELS[role]) for role in Role]


class WorkspaceForm(forms.Form):
    """A new workspace."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("The name of your organisation, as your people read it.")
    )


class EnvironmentForm(forms.Form):
    """A new environment."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("The name of the tenant as your people call it, such as Contoso.")
    )


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


class StandardForm(forms.Form):
    """Makes a capture a new standard, or the next version of one."""

    name = forms.CharField(
        label=_("Name of a new standard"),
        max_length=120,
        required=False,
        help_text=_("Such as “Windows devices”. Environments are then held to it."),
    )
    existing = forms.ChoiceField(label=_("Or the next version of"), required=False)

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


class KeyForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Of the program, such as “nightly report”."))
    capabilities = forms.MultipleChoiceField(label=_("It may"), widget=forms.CheckboxSelectMultiple)
    environment = forms.ChoiceField(label=_("Only in"), required=False)
    days = forms.ChoiceField(
        label=_("Valid for"),
        choices=[("30", _("30 days")), ("90", _("90 days")), ("180", _("180 days")), ("365", _("a year"))],
        initial="90",
    )

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
