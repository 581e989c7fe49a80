"""Cases of accepted risk. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trueline.casework.guidance import steps
from trueline.casework.guidance.contract import CaseStatus, Desk, ResolutionAction, ResolutionCase, TechnicalDetails
from trueline.casework.guidance.findings import look_at
from trueline.findings.exceptions import Validity

if TYPE_CHECKING:
    from trueline.findings.models import Finding, FindingException

_ASKS = frozenset({Validity.PENDING, Validity.EXPIRING, Validity.EXPIRED, Validity.STALE})


@dataclass(frozen=True, slots=True)
class ExceptionAtHand:
    """A decision to live with a finding, loaded, with its worth at this moment.

    Attributes:
        exception: None when a finding counts as accepted and no decision supports it.
        validity: As computed from dates and digests; ignored without a decision.
        named: The finding in a few words.
    """

    finding: Finding
    exception: FindingException | None
    validity: Validity | None
    named: str
    slug: str = ""


def exception_case(desk: Desk, at_hand: ExceptionAtHand) -> ResolutionCase:
    """What to do about an accepted risk. The decision itself is made on the finding's page."""
    finding, exception = at_hand.finding, at_hand.exception
    primary = _primary(desk, at_hand)
    rest = steps.environment(desk, at_hand.slug)
    return ResolutionCase(
        key=f"exception:{exception.pk if exception else finding.pk}",
        scope=desk.about(finding.environment_id),
        severity=str(finding.severity),
        status=CaseStatus.ACTION_REQUIRED if _asks(at_hand) else CaseStatus.NOTHING_TO_DO,
        title=_title(at_hand) % {"finding": at_hand.named},
        reason=_reason(at_hand),
        impact=_impact(at_hand),
        primary_action=primary,
        secondary_actions=(rest,) if rest.url else (),
        source_refs=(f"finding:{finding.pk}", *([f"exception:{exception.pk}"] if exception else [])),
        evidence_refs=(finding.seen_in,),
        technical_details=TechnicalDetails(review_status=str(at_hand.validity or "missing_support")),
    )


def _asks(at_hand: ExceptionAtHand) -> bool:
    return at_hand.exception is None or at_hand.validity in _ASKS or at_hand.validity is None


def _primary(desk: Desk, at_hand: ExceptionAtHand) -> ResolutionAction:
    labels = {
        Validity.PENDING: _("Look at the request"),
        Validity.EXPIRING: _("Decide about its renewal"),
        Validity.EXPIRED: _("Decide again"),
        Validity.STALE: _("Compare, then decide again"),
    }
    look = look_at(desk, at_hand.finding)
    label = labels.get(at_hand.validity, look.label) if at_hand.exception and at_hand.validity else look.label
    return ResolutionAction("decide", label, look.type, look.url, look.capability, disabled_reason=look.disabled_reason)


def _title(at_hand: ExceptionAtHand) -> str:
    if at_hand.exception is None or at_hand.validity is None:
        return _("Accepted without a decision: %(finding)s")
    return {
        Validity.PENDING: _("Risk to decide about: %(finding)s"),
        Validity.VALID: _("Risk accepted: %(finding)s"),
        Validity.EXPIRING: _("Accepted risk ends soon: %(finding)s"),
        Validity.EXPIRED: _("Accepted risk has ended: %(finding)s"),
        Validity.STALE: _("Accepted risk is not what was accepted: %(finding)s"),
        Validity.REJECTED: _("Risk not accepted: %(finding)s"),
        Validity.REVOKED: _("Accepted risk was taken back: %(finding)s"),
        Validity.SUPERSEDED: _("A newer decision holds: %(finding)s"),
    }[at_hand.validity]


def _reason(at_hand: ExceptionAtHand) -> str:
    exception = at_hand.exception
    if exception is None or at_hand.validity is None:
        return _("The finding counts as accepted, and no decision supports that.")
    said = {
        Validity.PENDING: _("%(who)s asks to accept it until %(day)s. Somebody else decides."),
        Validity.VALID: _("The decision holds until %(day)s."),
        Validity.EXPIRING: _("The decision ends on %(day)s."),
        Validity.EXPIRED: _("The decision ended on %(day)s."),
        Validity.STALE: _("The value, or its severity, is another one than the one that was accepted."),
        Validity.REJECTED: _("Somebody decided not to accept it."),
        Validity.REVOKED: _("Somebody took the decision back."),
        Validity.SUPERSEDED: _("Another decision took its place."),
    }[at_hand.validity]
    return said % {"who": exception.requested_by_label, "day": steps.day(exception.expires_at)}


def _impact(at_hand: ExceptionAtHand) -> str:
    if at_hand.exception is None or at_hand.validity in {Validity.EXPIRED, Validity.STALE, None}:
        return _("The finding counts as open again.")
    if at_hand.validity in {Validity.VALID, Validity.EXPIRING}:
        return _("Until then the finding does not count as open.")
    return _("The finding counts as open as long as no decision holds.")
