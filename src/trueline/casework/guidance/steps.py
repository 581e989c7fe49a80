"""The steps that cases offer: each leads to a page, or to the function of the room that owns it. Pure."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from trueline.casework.guidance.contract import ActionType, Desk, ResolutionAction
from trueline.workspaces.rules import Capability


def link(desk: Desk, key: str, label: str, url: str, need: tuple[str, UUID | None] | None = None) -> ResolutionAction:
    """A way to a page; disabled with its reason when the reader lacks what that page asks for."""
    capability, reason = "", ""
    if need is not None:
        capability, reason = str(need[0]), desk.why_not(*need)
    return ResolutionAction(key, label, ActionType.NAVIGATION, url, capability, disabled_reason=reason)


def nothing(label: str) -> ResolutionAction:
    """The honest first step where there is none."""
    return ResolutionAction("none", label, ActionType.NONE)


def upload(desk: Desk, slug: str, environment_id: UUID | None, label: str = "") -> ResolutionAction:
    """Hand over an export of an environment; nothing when the environment is not in reach any more."""
    if not slug:
        return nothing(_("The environment is not there any more."))
    need = (Capability.OPERATIONS_START, environment_id)
    return link(desk, "upload", label or _("Upload an export"), desk.address("upload", slug), need)


def environment(desk: Desk, slug: str) -> ResolutionAction:
    """Look at an environment."""
    if not slug:
        return nothing(_("The environment is not there any more."))
    url = desk.address("environment", slug)
    return ResolutionAction("environment", _("Look at the environment"), ActionType.ENVIRONMENT_LINK, url)


def standards(desk: Desk, environment_id: UUID | None = None) -> ResolutionAction:
    """Choose what an environment is held to."""
    need = (Capability.BASELINES_MANAGE, environment_id)
    return link(desk, "standards", _("Choose a standard"), desk.address("standards"), need)


def day(at: datetime) -> str:
    """A date in the reader's language."""
    return date_format(localtime(at), pgettext("date format", "j M Y"))
