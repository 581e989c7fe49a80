"""Cases of messages that were not delivered. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trueline.casework.guidance import steps
from trueline.casework.guidance.contract import (
    ActionType,
    CaseStatus,
    Desk,
    ResolutionAction,
    ResolutionCase,
    TechnicalDetails,
    offered,
    others,
)
from trueline.workspaces.rules import Capability

REPEAT_EVENT = "notices:delivery:repeat"
_MANAGE = Capability.WORKSPACE_SETTINGS_MANAGE


@dataclass(frozen=True, slots=True)
class FailedAtHand:
    """A destination whose messages were not delivered lately.

    Attributes:
        code: Why the newest of them was not.
    """

    destination_id: UUID
    name: str
    number: int
    code: str


def failed_case(desk: Desk, at_hand: FailedAtHand) -> ResolutionCase:
    """What to do about them: send them again, by the function of the room that owns them."""
    look = steps.link(
        desk, "destination", _("Look at the destination"), desk.address("destination", at_hand.destination_id),
        (_MANAGE, None),
    )  # fmt: skip
    again = ResolutionAction(
        key="send_again",
        label=_("Send again"),
        type=ActionType.DOMAIN_ACTION,
        url=desk.address("destination_failed", at_hand.destination_id),
        capability=_MANAGE,
        requires_confirmation=True,
        audit_event=REPEAT_EVENT,
        disabled_reason=desk.why_not(_MANAGE, None),
    )
    primary = offered(again, look)
    said = ngettext("%(number)s message did not arrive.", "%(number)s messages did not arrive.", at_hand.number)
    return ResolutionCase(
        key=f"delivery:{at_hand.destination_id}",
        scope=desk.about(None),
        severity="high",
        status=CaseStatus.ACTION_REQUIRED,
        title=_("%(name)s was not told") % {"name": at_hand.name},
        reason=said % {"number": at_hand.number},
        impact=_("Whoever relies on that destination does not know what happened."),
        primary_action=primary,
        secondary_actions=others(primary, [look]),
        source_refs=(f"destination:{at_hand.destination_id}",),
        technical_details=TechnicalDetails(code=at_hand.code),
    )
