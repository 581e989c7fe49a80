"""Cases of reviews that wait: to be written, to be published, to be measured once more. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

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
from trueline.casework.guidance.deliveries import REPEAT_EVENT
from trueline.workspaces.rules import Capability

_FAILED, _READY = "failed", "ready"


@dataclass(frozen=True, slots=True)
class ReviewAtHand:
    """A review that is not published.

    Attributes:
        state: `draft`, `ready` or `failed`.
        code: Why its evidence could not be taken; empty when it could.
    """

    review_id: UUID
    environment_id: UUID
    title: str
    environment: str
    slug: str
    state: str
    code: str = ""


def review_case(desk: Desk, at_hand: ReviewAtHand) -> ResolutionCase:
    """What to do about it; each step is on the review's own page."""
    capability = Capability.REVIEWS_PUBLISH if at_hand.state == _READY else Capability.REVIEWS_MANAGE
    severity, reason, impact, label = _said(at_hand.state)
    look = steps.link(
        desk, "review", label, desk.address("review", at_hand.review_id), (capability, at_hand.environment_id)
    )
    return ResolutionCase(
        key=f"review:{at_hand.review_id}",
        scope=desk.about(at_hand.environment_id),
        severity=severity,
        status=CaseStatus.ACTION_REQUIRED,
        title=_("%(title)s, of %(environment)s") % {"title": at_hand.title, "environment": at_hand.environment},
        reason=reason,
        impact=impact,
        primary_action=look,
        secondary_actions=(steps.environment(desk, at_hand.slug),),
        source_refs=(f"review:{at_hand.review_id}",),
        technical_details=TechnicalDetails(review_status=at_hand.state, code=at_hand.code),
    )


def _said(state: str) -> tuple[str, str, str, str]:
    """Severity, reason, impact and first step."""
    if state == _FAILED:
        return (
            "high",
            _("Its evidence could not be taken."),
            _("Until it is taken again there is nothing to review."),
            _("Look at what failed"),
        )
    if state == _READY:
        return (
            "medium",
            _("It is ready, and somebody has to publish it."),
            _("Until then nobody outside can read it, and its evidence grows older."),
            _("Read it and publish it"),
        )
    return (
        "low",
        _("It is prepared, and nobody has finished it."),
        _("Until then nobody outside can read it, and its evidence grows older."),
        _("Finish the review"),
    )


def undelivered_case(desk: Desk, at_hand: ReviewAtHand) -> ResolutionCase:
    """What to do about letters that did not arrive: send them again, by the function of the room that owns them."""
    need = (Capability.REVIEWS_PUBLISH, at_hand.environment_id)
    look = steps.link(desk, "review", _("Look at the letters"), desk.address("review", at_hand.review_id), need)
    again = ResolutionAction(
        key="send_letters_again",
        label=_("Send again"),
        type=ActionType.DOMAIN_ACTION,
        url=desk.address("review_deliver", at_hand.review_id),
        capability=Capability.REVIEWS_PUBLISH,
        requires_confirmation=True,
        audit_event=REPEAT_EVENT,
        disabled_reason=desk.why_not(*need),
    )
    primary = offered(again, look)
    return ResolutionCase(
        key=f"letters:{at_hand.review_id}",
        scope=desk.about(at_hand.environment_id),
        severity="high",
        status=CaseStatus.ACTION_REQUIRED,
        title=_("Letters about %(title)s did not arrive") % {"title": at_hand.title},
        reason=_("The mail server did not take them, or none is set up."),
        impact=_("Recipients do not know that the review of %(place)s is published.") % {"place": at_hand.environment},
        primary_action=primary,
        secondary_actions=others(primary, [look]),
        source_refs=(f"review:{at_hand.review_id}",),
    )
