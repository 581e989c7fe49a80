"""Cases of findings. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from trueline.findings.rules import NOT_ASKED, OPEN, VERIFIED_CLEARED, FindingState
from trueline.findings.workflow import LEADS_TO, Verb, stands_still, verbs
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from trueline.findings.models import Finding

MOVE_EVENT = "findings:finding:move"


@dataclass(frozen=True, slots=True)
class FindingAtHand:
    """A finding that is loaded, with what it is called and where.

    Attributes:
        named: The finding in a few words, in the reader's language.
        slug: Of its environment, empty when that is not in reach any more.
    """

    finding: Finding
    named: str
    slug: str = ""


def finding_case(desk: Desk, at_hand: FindingAtHand) -> ResolutionCase:
    """What to do about a finding: on its own page the next move, everywhere else a look at it."""
    finding = at_hand.finding
    look = look_at(desk, finding)
    elsewhere = () if desk.surface == "environment" else (steps.environment(desk, at_hand.slug),)
    primary = _move(desk, finding, look) if desk.surface == "finding" else look
    return ResolutionCase(
        key=f"finding:{finding.pk}",
        scope=desk.about(finding.environment_id),
        severity=str(finding.severity),
        status=_status(finding),
        title=at_hand.named,
        reason=_reason(desk, finding),
        impact=_impact(desk, finding),
        primary_action=primary,
        secondary_actions=others(primary, [_move(desk, finding, look), *elsewhere]),
        source_refs=(f"finding:{finding.pk}",),
        evidence_refs=(finding.seen_in,),
        technical_details=TechnicalDetails(review_status=str(finding.state), evidence_state=str(finding.detector)),
    )


def look_at(desk: Desk, finding: Finding) -> ResolutionAction:
    """The way to a finding's own page."""
    need = (Capability.FINDINGS_VIEW, finding.environment_id)
    return steps.link(desk, "finding", _("Look at the finding"), desk.address("finding", finding.pk), need)


def _move(desk: Desk, finding: Finding, look: ResolutionAction) -> ResolutionAction:
    """The next move that the state allows, done by the findings' own function."""
    possible = [verb for verb in _next(finding) if verb in verbs(finding.state)] if finding.state in LEADS else []
    if not possible:
        return steps.nothing(_("Nothing to do"))
    verb = possible[0]
    action = ResolutionAction(
        key=str(verb),
        label=_labels()[verb],
        type=ActionType.DOMAIN_ACTION,
        url=desk.address("finding_move", finding.pk),
        capability=Capability.FINDINGS_WORK,
        requires_confirmation=True,
        audit_event=MOVE_EVENT,
        disabled_reason=desk.why_not(Capability.FINDINGS_WORK, finding.environment_id),
        sends=(("verb", str(verb)),),
    )
    return offered(action, look)


LEADS = frozenset(str(state) for state in FindingState)


def _next(finding: Finding) -> tuple[Verb, ...]:
    """What usually comes next; an end state has no usual next move."""
    return tuple(LEADS_TO) if finding.state in OPEN else ()


def _labels() -> dict[Verb, str]:
    return {
        Verb.TAKE: _("Take it"),
        Verb.START: _("Start the work"),
        Verb.REMEDIATE: _("Mark as remediated"),
        Verb.CLOSE: _("Close without remediation"),
        Verb.REOPEN: _("Open it again"),
    }


def _status(finding: Finding) -> CaseStatus:
    if finding.state in OPEN:
        return CaseStatus.ACTION_REQUIRED
    if finding.state == FindingState.RESOLVED and finding.resolved_reason != VERIFIED_CLEARED:
        return CaseStatus.WAITING
    return CaseStatus.NOTHING_TO_DO


def _reason(desk: Desk, finding: Finding) -> str:
    if stands_still(finding.state, finding.worked_at or finding.updated_at, desk.now):
        return _("The work on it has begun, and nobody has done anything with it for two weeks.")
    said = {
        FindingState.NEW: _("Nobody has looked at it yet."),
        FindingState.REOPENED: _("It was done with, and came back."),
        FindingState.TRIAGED: _("Somebody has looked at it; the work has not begun."),
        FindingState.IN_PROGRESS: _("The work on it has begun."),
        FindingState.CLOSED: _("It was closed without remediation."),
        FindingState.RISK_ACCEPTED: _("Somebody decided to live with it."),
        FindingState.RESOLVED: _("Somebody says that it is repaired; no complete capture has shown it yet."),
    }
    if finding.state == FindingState.RESOLVED and finding.resolved_reason == VERIFIED_CLEARED:
        return _("A complete capture no longer shows it.")
    if finding.state == FindingState.CLOSED and finding.closed_reason == NOT_ASKED:
        return _("Its standard does not ask for it any more.")
    return said.get(FindingState(finding.state), "") if finding.state in LEADS else _unknown()


def _unknown() -> str:
    return _("It is in a state that Trueline has no words for yet.")


def _impact_of_cause(finding: Finding, due: str, *, is_late: bool) -> str:
    """What a cause of failures means: how many runs it hits."""
    seen = finding.observed if isinstance(finding.observed, dict) else {}
    values = {"hit": seen.get("hit", "?"), "of": seen.get("of", "?"), "day": due}
    if is_late:
        return _("It hits %(hit)s of %(of)s runs. It was due on %(day)s.") % values
    return _("It hits %(hit)s of %(of)s runs. It is due on %(day)s.") % values


def _impact(desk: Desk, finding: Finding) -> str:
    if finding.state not in OPEN:
        return _("While it stays this way, it asks for nothing.")
    due = steps.day(finding.due_at)
    if finding.scan_id is not None:
        return _impact_of_cause(finding, due, is_late=finding.due_at < desk.now)
    if finding.due_at < desk.now:
        return _("The environment differs from its standard. It was due on %(day)s.") % {"day": due}
    return _("The environment differs from its standard. It is due on %(day)s.") % {"day": due}
