"""Start, cancel and finish runs. `execution` performs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from trueline.audit.actions import Subject, record
from trueline.audit.rules import Outcome
from trueline.kit import clock
from trueline.kit.errors import Conflict
from trueline.kit.scope import Actor, Scope
from trueline.operations import queries, queue, registry
from trueline.operations.errors import RunBlocked
from trueline.operations.models import OperationRun
from trueline.operations.rules import (
    ACTIVE,
    LEASE_SECONDS,
    RunOutcome,
    RunType,
    State,
    checked_counts,
    identity,
)

_AUDIT_OUTCOME = {
    RunOutcome.SUCCEEDED: Outcome.SUCCESS,
    RunOutcome.PARTIALLY_SUCCEEDED: Outcome.PARTIAL,
    RunOutcome.BLOCKED: Outcome.BLOCKED,
    RunOutcome.FAILED: Outcome.FAILURE,
    RunOutcome.CANCELLED: Outcome.INFO,
}


@dataclass(frozen=True, slots=True)
class Target:
    """The environment a run works on, with its name for the trail."""

    environment_id: UUID
    label: str


@dataclass(frozen=True, slots=True)
class Started:
    """A run, and whether this call made it or found it already under way."""

    run: OperationRun
    is_new: bool


def start_run(  # noqa: PLR0913 - who asks for what, where, and whether a worker shall be woken
    scope: Scope,
    code: str,
    target: Target | None,
    parameters: Mapping[str, Any],
    *,
    actor: Actor,
    wakes: bool = True,
) -> Started:
    """Ask for a run: its row, its job and its event come into being together or not at all.

    Asking again while the same thing is queued or running gives that run back. `wakes` is False for a caller that
    performs the run itself at once; should it die before, the sweep finds the run. Raises `NotAllowed` for a missing
    capability and `RunBlocked` for a business block.
    """
    run_type = registry.run_type(code)
    scope.require(run_type.capability, target.environment_id if target else None)
    run = _drafted(scope, run_type, target, parameters, actor)
    denial = registry.authority().at_dispatch(scope, run)
    if denial is not None:
        raise RunBlocked(denial)
    try:
        return _queued(run, actor, wakes=wakes)
    except IntegrityError as error:
        return Started(_active_twin(scope, run, error), is_new=False)


def _drafted(
    scope: Scope, run_type: RunType, target: Target | None, parameters: Mapping[str, Any], actor: Actor
) -> OperationRun:
    environment_id = target.environment_id if target else None
    return OperationRun(
        workspace_id=scope.workspace_id,
        environment_id=environment_id,
        environment_label=target.label if target else "",
        run_type=run_type.code,
        capability=run_type.capability,
        initiator_kind=actor.kind,
        initiator_id=actor.id,
        initiator_label=actor.label,
        identity_digest=identity(run_type.code, environment_id, parameters),
        parameters=dict(parameters),
    )


@transaction.atomic
def _queued(run: OperationRun, actor: Actor, *, wakes: bool) -> Started:
    run.save(force_insert=True)
    if wakes:
        queue.wake(run.workspace_id, run.pk)
    record(run.workspace_id, "operations:run:start", subject_of(run), actor=actor, after={"type": run.run_type})
    return Started(run, is_new=True)


def _active_twin(scope: Scope, run: OperationRun, error: IntegrityError) -> OperationRun:
    twin = OperationRun.objects.filter(
        workspace_id=scope.workspace_id, identity_digest=run.identity_digest, state__in=ACTIVE
    ).first()
    if twin is None:  # it ended in this very moment
        raise Conflict("The same run has just ended.", next_step="Start it again.") from error
    return twin


@transaction.atomic
def cancel_run(scope: Scope, run_id: UUID, *, actor: Actor) -> OperationRun:
    """Ask a run to stop. A queued one ends at once, a running one at its next step."""
    run = queries.run(scope, run_id)
    scope.require(run.capability, run.environment_id)
    mine = OperationRun.objects.filter(workspace_id=scope.workspace_id, id=run_id)
    ended = mine.filter(state=State.QUEUED).update(
        state=State.COMPLETED, outcome=RunOutcome.CANCELLED, completed_at=clock.now()
    )
    if not ended and not mine.filter(state=State.RUNNING).update(cancel_requested_at=clock.now()):
        raise Conflict("This run has already ended.")
    record(scope.workspace_id, "operations:run:cancel", subject_of(run), actor=actor)
    return mine.get()


@transaction.atomic
def claim(run: OperationRun) -> OperationRun | None:
    """Take a run for one attempt: queued, or running with a lease that has passed. None when another was first."""
    free = Q(state=State.QUEUED) | Q(state=State.RUNNING, lease_until__lt=Now())
    taken = OperationRun.objects.filter(free, workspace_id=run.workspace_id, id=run.pk).update(
        state=State.RUNNING,
        started_at=Coalesce("started_at", Now()),
        lease_until=Now() + timedelta(seconds=LEASE_SECONDS),
        fence=F("fence") + 1,
        attempt=F("attempt") + 1,
    )
    return OperationRun.objects.get(workspace_id=run.workspace_id, id=run.pk) if taken else None


@transaction.atomic
def finish(  # noqa: PLR0913 - the end of a run has these facts
    run: OperationRun,
    outcome: RunOutcome,
    *,
    actor: Actor,
    counts: Mapping[str, int] | None = None,
    code: str = "",
    message: str = "",
    needs_attention: bool = False,
) -> bool:
    """End a run, if this attempt still owns it, and say so in the trail. Returns whether it did."""
    numbers = checked_counts(counts or {})
    ended = OperationRun.objects.filter(
        workspace_id=run.workspace_id, id=run.pk, fence=run.fence, state__in=ACTIVE
    ).update(
        state=State.COMPLETED,
        outcome=outcome,
        completed_at=Now(),
        counts=numbers,
        reason_code=code,
        message=message[:500],
        needs_attention=needs_attention,
    )
    if ended:
        action = "operations:run:block" if outcome == RunOutcome.BLOCKED else "operations:run:finish"
        after = {"outcome": str(outcome), "reason": code, "counts": numbers}
        record(run.workspace_id, action, subject_of(run), actor=actor, after=after, outcome=_AUDIT_OUTCOME[outcome])
    return bool(ended)


@transaction.atomic
def follow(run: OperationRun, scope: Scope, parameters: Mapping[str, Any]) -> Started | None:
    """Start what follows a run by its type, on behalf of the same initiator."""
    code = registry.run_type(run.run_type).followed_by
    if not code:
        return None
    target = Target(run.environment_id, run.environment_label) if run.environment_id else None
    return start_run(scope, code, target, parameters, actor=scope.actor)


@transaction.atomic
def recover(run: OperationRun, *, actor: Actor) -> None:
    """Wake a worker for a run whose own has died."""
    queue.wake(run.workspace_id, run.pk)
    after = {"attempt": run.attempt + 1}
    record(run.workspace_id, "operations:run:recover", subject_of(run), actor=actor, after=after, outcome=Outcome.INFO)


def subject_of(run: OperationRun) -> Subject:
    """The run as the trail names it."""
    return Subject("run", str(run.pk), run.run_type, run.environment_id, run.environment_label)
