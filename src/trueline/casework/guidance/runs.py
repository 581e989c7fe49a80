"""Cases of runs: failed, blocked, stalled, or ended well, which does not yet mean trustworthy. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
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
from trueline.casework.guidance.reasons import Actionability, Reason, Way, explain
from trueline.operations.rules import RunOutcome, State
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from trueline.operations.models import OperationRun

CAPTURE = "inventory.capture"
DETECT = "findings.detect"
RUN_EVENT = "operations:run:start"
_TROUBLE = frozenset({RunOutcome.FAILED, RunOutcome.BLOCKED})


@dataclass(frozen=True, slots=True)
class RunAtHand:
    """A run that is loaded.

    Attributes:
        named: Its type in the reader's language.
        slug: Of its environment; empty when it has none or none in reach.
        snapshot_id: What it captured, None when it captured nothing.
    """

    run: OperationRun
    named: str
    slug: str = ""
    snapshot_id: UUID | None = None
    is_stalled: bool = False


def run_case(desk: Desk, at_hand: RunAtHand) -> ResolutionCase:
    """What a run asks for, or that it asks for nothing."""
    run = at_hand.run
    if at_hand.is_stalled:
        return _case(desk, at_hand, _stalled(desk, at_hand))
    if run.state != State.COMPLETED:
        return _case(desk, at_hand, _under_way(desk, at_hand))
    if run.outcome in _TROUBLE:
        return _case(desk, at_hand, _in_trouble(desk, at_hand))
    return _case(desk, at_hand, _ended(desk, at_hand))


@dataclass(frozen=True, slots=True)
class _Said:
    """The part of a case that depends on how the run stands."""

    severity: str
    status: CaseStatus
    title: str
    reason: str
    impact: str
    primary: ResolutionAction
    code: str = ""


def _case(desk: Desk, at_hand: RunAtHand, said: _Said) -> ResolutionCase:
    run = at_hand.run
    evidence = (f"snapshot:{at_hand.snapshot_id}",) if at_hand.snapshot_id else ()
    return ResolutionCase(
        key=f"run:{run.pk}",
        scope=desk.about(run.environment_id),
        severity=said.severity,
        status=said.status,
        title=said.title % {"run": at_hand.named},
        reason=said.reason,
        impact=said.impact,
        primary_action=said.primary,
        secondary_actions=others(said.primary, [_look(desk, run), steps.environment(desk, at_hand.slug)]),
        source_refs=(f"run:{run.pk}",),
        evidence_refs=evidence,
        technical_details=TechnicalDetails(evidence_state="" if evidence else "none", code=said.code),
    )


def _look(desk: Desk, run: OperationRun) -> ResolutionAction:
    if desk.surface == "run":
        return steps.nothing(_("Look at the run"))
    need = (Capability.OPERATIONS_VIEW, run.environment_id)
    return steps.link(desk, "run", _("Look at the run"), desk.address("run", run.pk), need)


def _in_trouble(desk: Desk, at_hand: RunAtHand) -> _Said:
    reason = explain(at_hand.run.reason_code)
    is_blocked = at_hand.run.outcome == RunOutcome.BLOCKED
    title = _("%(run)s was not allowed to begin") if is_blocked else _("%(run)s did not come to its end")
    sentence = " ".join(str(part) for part in (reason.sentence, reason.cause, reason.next_step))
    waits = reason.actionability is Actionability.NON_ACTIONABLE and reason.way is Way.NOWHERE
    status = CaseStatus.WAITING if waits else CaseStatus.ACTION_REQUIRED
    primary = _repair(desk, at_hand, reason)
    return _Said("high", status, title, sentence, _lost(at_hand), primary, at_hand.run.reason_code)


def _lost(at_hand: RunAtHand) -> str:
    if at_hand.run.run_type == CAPTURE:
        return _("Nothing newer is known of the environment; findings stay as the capture before left them.")
    if at_hand.run.run_type == DETECT:
        return _("Findings stay as they were; the newest capture is not judged.")
    return _("What it should have done is not done.")


def _repair(desk: Desk, at_hand: RunAtHand, reason: Reason) -> ResolutionAction:
    """Where the cause is removed, or the run started again by the function that owns it."""
    environment_id = at_hand.run.environment_id
    match reason.way:
        case Way.AGAIN:
            return _again(desk, at_hand)
        case Way.ENVIRONMENT if at_hand.slug:
            return steps.environment(desk, at_hand.slug)
        case Way.MEMBERS:
            url = desk.address("members")
            return steps.link(desk, "members", _("See who may do it"), url, (Capability.WORKSPACE_VIEW, None))
        case Way.STANDARDS:
            return steps.standards(desk, environment_id)
        case Way.TRAIL:
            return steps.link(
                desk, "trail", _("See it in the trail"), desk.address("audit"), (Capability.AUDIT_VIEW, None)
            )
        case _:
            return steps.nothing(str(reason.next_step))


def _again(desk: Desk, at_hand: RunAtHand) -> ResolutionAction:
    run = at_hand.run
    if run.run_type == CAPTURE:
        return steps.upload(desk, at_hand.slug, run.environment_id, _("Upload the export again"))
    fallback = steps.environment(desk, at_hand.slug)
    if run.run_type != DETECT or not at_hand.slug:
        return fallback
    action = ResolutionAction(
        key="judge",
        label=_("Compare with its standards again"),
        type=ActionType.OPERATION_ACTION,
        url=desk.address("environment_judge", at_hand.slug),
        capability=Capability.OPERATIONS_START,
        requires_confirmation=True,
        audit_event=RUN_EVENT,
        operation_run_type=DETECT,
        disabled_reason=desk.why_not(Capability.OPERATIONS_START, run.environment_id),
    )
    return offered(action, fallback)


def _stalled(desk: Desk, at_hand: RunAtHand) -> _Said:
    reason = _("Its worker has been silent for too long. Another worker takes it up by itself; nothing is done twice.")
    impact = _("While it stays this way, probably no worker is running.")
    primary = steps.nothing(_("Wait for a worker")) if desk.surface == "run" else _look(desk, at_hand.run)
    return _Said("high", CaseStatus.ACTION_REQUIRED, _("%(run)s stands still"), reason, impact, primary, "stalled")


def _under_way(desk: Desk, at_hand: RunAtHand) -> _Said:
    primary = steps.nothing(_("Wait until it has ended")) if desk.surface == "run" else _look(desk, at_hand.run)
    reason = _("It waits for a worker.") if at_hand.run.state == State.QUEUED else _("A worker has it.")
    return _Said("info", CaseStatus.WAITING, _("%(run)s is under way"), reason, "", primary)


def _ended(desk: Desk, at_hand: RunAtHand) -> _Said:
    run = at_hand.run
    titles = {
        RunOutcome.SUCCEEDED: _("%(run)s has ended well"),
        RunOutcome.PARTIALLY_SUCCEEDED: _("%(run)s has ended; not everything could be read"),
        RunOutcome.CANCELLED: _("%(run)s was stopped because somebody asked"),
    }
    known = run.outcome in set(RunOutcome)
    title = titles[RunOutcome(run.outcome)] if known else _("%(run)s has ended in a way that has no words yet")
    is_partial = run.outcome == RunOutcome.PARTIALLY_SUCCEEDED
    status = CaseStatus.ACTION_REQUIRED if is_partial else CaseStatus.NOTHING_TO_DO
    return _Said("medium" if is_partial else "info", status, title, _trust(run), "", _result(desk, at_hand))


def _trust(run: OperationRun) -> str:
    if run.run_type == CAPTURE and run.outcome != RunOutcome.CANCELLED:
        return _("That it ended well says nothing of how much was read: its coverage does.")
    if run.run_type == DETECT and run.outcome != RunOutcome.CANCELLED:
        return _("What the capture did not read was not judged either.")
    return ""


def _result(desk: Desk, at_hand: RunAtHand) -> ResolutionAction:
    run = at_hand.run
    if at_hand.snapshot_id and at_hand.slug:
        url = desk.address("snapshot", at_hand.slug, at_hand.snapshot_id)
        need = (Capability.WORKSPACE_VIEW, run.environment_id)
        return steps.link(desk, "snapshot", _("Show what was captured"), url, need)
    if run.run_type == DETECT and at_hand.slug:
        url = f"{desk.address('findings')}?environment={at_hand.slug}"
        need = (Capability.FINDINGS_VIEW, run.environment_id)
        shown = steps.link(desk, "findings", _("Show the findings"), url, need)
        return replace(shown, type=ActionType.WORKSPACE_FILTERED_LINK)
    return steps.environment(desk, at_hand.slug)
