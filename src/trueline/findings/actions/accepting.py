"""Ask for a risk to be accepted, decide on it, take it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from trueline.audit.actions import record
from trueline.findings import queries
from trueline.findings.actions._rows import locked, subject_of
from trueline.findings.errors import DecisionTaken, MoveRefused, OwnRequest, ReasonMissing, TermTooLong, ValueChanged
from trueline.findings.exceptions import Decision, ExceptionStatus, Pin, lapse_of, latest_expiry
from trueline.findings.models import Finding, FindingException, FindingExceptionDecision, FindingPause
from trueline.findings.rules import MOVES, FindingState
from trueline.kit import clock
from trueline.kit.scope import Actor, ActorKind, NotVisible, Scope
from trueline.workspaces.models import User
from trueline.workspaces.rules import Capability


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a risk is to be accepted.

    Attributes:
        owner: Who answers for it.
        expires_at: Until when; at most as long as the severity allows.
        compensating_control: What keeps the risk small meanwhile, empty when nothing does.
    """

    reason: str
    owner: User
    expires_at: datetime
    compensating_control: str = ""


@transaction.atomic
def request_exception(
    scope: Scope, finding_id: UUID, terms: Terms, *, actor: Actor, requester: User
) -> FindingException:
    """Ask for a risk to be accepted, pinned to the value that is there now.

    Raises `NotVisible`, `MoveRefused` for an ended finding, `ReasonMissing`, `TermTooLong`, and `DecisionTaken` when
    another request waits.
    """
    finding = locked(scope, finding_id)
    scope.require(Capability.EXCEPTIONS_REQUEST, finding.environment_id)
    if not finding.is_open and finding.state != FindingState.RISK_ACCEPTED:
        raise MoveRefused
    now = clock.now()
    _check(terms, finding, now)
    made = FindingException(
        workspace_id=scope.workspace_id,
        finding=finding,
        requested_by=requester,
        requested_by_label=actor.label,
        requested_at=now,
        owner=terms.owner,
        reason=terms.reason.strip(),
        compensating_control=terms.compensating_control.strip(),
        expires_at=terms.expires_at,
        review_due_at=now + (terms.expires_at - now) / 2,
        pinned_path=finding.path,
        pinned_value=finding.observed,
        pinned_digest=finding.observed_digest,
        pinned_rank=finding.severity_rank,
        pinned_snapshot_id=finding.snapshot_id,
        pinned_scan_id=finding.scan_id,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise DecisionTaken from error
    _write_down(made, Decision.REQUESTED, terms.reason, actor)
    _tell("findings:exception:request", made, finding, actor, {"until": terms.expires_at.date().isoformat()})
    return made


def _check(terms: Terms, finding: Finding, now: datetime) -> None:
    if not terms.reason.strip():
        raise ReasonMissing
    # A day of grace: the date is chosen on a calendar, the limit is counted to the second.
    if not now < terms.expires_at <= latest_expiry(finding.severity, now) + timedelta(days=1):
        raise TermTooLong


@transaction.atomic
def approve_exception(scope: Scope, exception_id: UUID, *, actor: Actor, approver: User) -> FindingException:
    """Accept the risk on the terms asked for. The decision before it, if there is one, is superseded.

    Raises `NotVisible`, `OwnRequest`, `DecisionTaken` when it is not pending any more, `MoveRefused` when the finding
    has ended meanwhile, `ValueChanged` when what is there now is not what was asked about, `TermTooLong` when its date
    has passed meanwhile.
    """
    asked, finding = _pending(scope, exception_id)
    _refuse_own(asked, approver)
    _settle_one(scope, finding, actor)
    if not _can_be_accepted(finding):
        raise MoveRefused
    now = clock.now()
    if Pin(asked.pinned_digest, asked.pinned_rank) != Pin(finding.observed_digest, finding.severity_rank):
        raise ValueChanged
    if asked.expires_at <= now:
        raise TermTooLong
    _supersede(scope, finding, actor)
    asked.status, asked.effective_from = ExceptionStatus.ACTIVE, now
    _decide(asked, Decision.APPROVED, "", actor, approver)
    _stop_clock(finding, now)
    if finding.state != FindingState.RISK_ACCEPTED:
        _set_state(finding, FindingState.RISK_ACCEPTED)
    _tell("findings:exception:approve", asked, finding, actor, {"until": asked.expires_at.date().isoformat()})
    return asked


@transaction.atomic
def reject_exception(
    scope: Scope, exception_id: UUID, reason: str, *, actor: Actor, approver: User
) -> FindingException:
    """Refuse the request. Raises `NotVisible`, `OwnRequest`, `ReasonMissing`, `DecisionTaken`."""
    asked, finding = _pending(scope, exception_id)
    _refuse_own(asked, approver)
    if not reason.strip():
        raise ReasonMissing
    asked.status = ExceptionStatus.REJECTED
    _decide(asked, Decision.REJECTED, reason, actor, approver)
    _tell("findings:exception:reject", asked, finding, actor, {"reason": reason[:200]})
    return asked


@transaction.atomic
def revoke_exception(
    scope: Scope, exception_id: UUID, reason: str, *, actor: Actor, approver: User
) -> FindingException:
    """Take an acceptance or a request back; an accepted finding is open again. Raises as `reject_exception`."""
    held, finding = _found(scope, exception_id)
    scope.require(Capability.EXCEPTIONS_APPROVE, finding.environment_id)
    if held.status not in {ExceptionStatus.ACTIVE, ExceptionStatus.PENDING}:
        raise DecisionTaken
    if not reason.strip():
        raise ReasonMissing
    _settle_one(scope, finding, actor)
    held.status = ExceptionStatus.REVOKED
    _decide(held, Decision.REVOKED, reason, actor, approver)
    if finding.state == FindingState.RISK_ACCEPTED:
        _reopen(finding, clock.now())
    _tell("findings:exception:revoke", held, finding, actor, {"reason": reason[:200]})
    return held


def end_acceptance(finding: Finding, *, actor: Actor) -> None:
    """Open an accepted finding again by hand, inside the caller's transaction and with the caller's event.

    The decision that held it ends with it: a risk that still counts as accepted would contradict an open finding.
    """
    now = clock.now()
    held = FindingException.objects.select_for_update().filter(
        workspace_id=finding.workspace_id, finding_id=finding.pk, status=ExceptionStatus.ACTIVE
    )
    for one in held:
        one.status, one.decided_at, one.decided_by_label = ExceptionStatus.REVOKED, now, actor.label
        one.decided_by_id = UUID(actor.id) if actor.kind is ActorKind.HUMAN else None
        one.save(update_fields=["status", "decided_at", "decided_by", "decided_by_label"])
        _write_down(one, Decision.REVOKED, "", actor)
    _reopen(finding, now)


@transaction.atomic
def settle_lapsed(scope: Scope, environment_id: UUID, *, actor: Actor) -> int:
    """Write down which accepted risks of an environment do not hold any more. Returns how many.

    Everybody sees them as open already, since that is computed when read; this only records it, once for each.
    """
    accepted = queries.findings_in(scope, FindingState.REOPENED).filter(
        environment_id=environment_id, state=FindingState.RISK_ACCEPTED
    )
    return settle(scope, accepted.select_for_update(of=("self",)).order_by("id"), actor=actor)


@transaction.atomic
def settle(scope: Scope, lapsed: Iterable[Finding], *, actor: Actor) -> int:
    """Open accepted findings again, with an event for each."""
    number = 0
    for finding in lapsed:
        _reopen(finding, _lapse(finding, actor))
        record(scope.workspace_id, "findings:exception:lapse", subject_of(finding), actor=actor)
        number += 1
    return number


def _settle_one(scope: Scope, finding: Finding, actor: Actor) -> None:
    """Write down first what everybody sees already, so that what is done now begins at the true state."""
    if finding.state != finding.shown_state:
        settle(scope, [finding], actor=actor)


def _can_be_accepted(finding: Finding) -> bool:
    return FindingState.RISK_ACCEPTED in {finding.state, *MOVES[FindingState(finding.state)]}


def _reopen(finding: Finding, ended_at: datetime) -> None:
    """Open an accepted finding again; its clock goes on with the time that was left when it was stopped."""
    finding.reopened_at, finding.times_reopened = clock.now(), finding.times_reopened + 1
    finding.due_at += _start_clock(finding, ended_at)
    _set_state(finding, FindingState.REOPENED, "reopened_at", "times_reopened", "due_at")


def _lapse(finding: Finding, actor: Actor) -> datetime:
    """Write down that what held the finding does not any more; gives the moment since which that is so."""
    held = FindingException.objects.filter(
        workspace_id=finding.workspace_id, finding_id=finding.pk, status=ExceptionStatus.ACTIVE
    )
    rows = list(held.select_for_update())
    write_down_lapses(rows, finding, actor=actor)
    return min([clock.now(), *(one.expires_at for one in rows)])


def write_down_lapses(held: Iterable[FindingException], finding: Finding, *, actor: Actor) -> None:
    """Write into the history of decisions, once, by what each of them has ended. The caller has locked them."""
    now, seen = clock.now(), Pin(finding.observed_digest, finding.severity_rank)
    for one in (one for one in held if one.lapsed_at is None):
        one.lapsed_at = now
        one.save(update_fields=["lapsed_at"])
        _write_down(one, lapse_of(one.expires_at, Pin(one.pinned_digest, one.pinned_rank), seen), "", actor)


def _stop_clock(finding: Finding, now: datetime) -> None:
    """The clock stands still from now on; one that stands still already goes on doing so."""
    is_stopped = FindingPause.objects.filter(
        workspace_id=finding.workspace_id, finding_id=finding.pk, ended_at=None
    ).exists()
    if not is_stopped:
        FindingPause.objects.create(workspace_id=finding.workspace_id, finding=finding, started_at=now)


def _start_clock(finding: Finding, ended_at: datetime) -> timedelta:
    """End the pause, and give how long it was; nothing when the clock did not stand still."""
    pause = FindingPause.objects.filter(workspace_id=finding.workspace_id, finding_id=finding.pk, ended_at=None).first()
    if pause is None:
        return timedelta()
    pause.ended_at = max(ended_at, pause.started_at)
    pause.save(update_fields=["ended_at"])
    return pause.ended_at - pause.started_at


def _set_state(finding: Finding, state: FindingState, *more: str) -> None:
    finding.state, finding.updated_at = state, clock.now()
    finding.save(update_fields=["state", "updated_at", *more])


def _supersede(scope: Scope, finding: Finding, actor: Actor) -> None:
    older = FindingException.objects.filter(
        workspace_id=scope.workspace_id, finding_id=finding.pk, status=ExceptionStatus.ACTIVE
    )
    for one in older:
        one.status = ExceptionStatus.SUPERSEDED
        one.save(update_fields=["status"])
        _write_down(one, Decision.SUPERSEDED, "", actor)


def _decide(held: FindingException, decision: Decision, reason: str, actor: Actor, by: User) -> None:
    held.decided_at, held.decided_by, held.decided_by_label = clock.now(), by, actor.label
    held.save(update_fields=["status", "effective_from", "decided_at", "decided_by", "decided_by_label"])
    _write_down(held, decision, reason, actor)


def _write_down(held: FindingException, decision: Decision, reason: str, actor: Actor) -> None:
    FindingExceptionDecision.objects.create(
        workspace_id=held.workspace_id,
        exception=held,
        decision=decision,
        actor_label=actor.label,
        reason=reason,
        expires_at=held.expires_at,
        decided_at=clock.now(),
    )


def _tell(action: str, held: FindingException, finding: Finding, actor: Actor, after: dict[str, str]) -> None:
    record(held.workspace_id, action, subject_of(finding), actor=actor, after=after)


def _pending(scope: Scope, exception_id: UUID) -> tuple[FindingException, Finding]:
    asked, finding = _found(scope, exception_id)
    scope.require(Capability.EXCEPTIONS_APPROVE, finding.environment_id)
    if asked.status != ExceptionStatus.PENDING:
        raise DecisionTaken
    return asked, finding


def _found(scope: Scope, exception_id: UUID) -> tuple[FindingException, Finding]:
    """An exception and its finding, both locked, the finding first: every decision takes the locks in this order."""
    seen = queries.exceptions(scope).filter(id=exception_id).first()
    if seen is None:
        raise NotVisible
    finding = locked(scope, seen.finding_id)
    held = FindingException.objects.select_for_update().get(workspace_id=scope.workspace_id, id=exception_id)
    return held, finding


def _refuse_own(asked: FindingException, approver: User) -> None:
    if asked.requested_by_id == approver.pk:
        raise OwnRequest
