"""The life of a run once it was asked for: claimed, ended, followed, taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from trueline.audit.actions import record
from trueline.audit.rules import Outcome
from trueline.kit.scope import Actor, Scope
from trueline.operations import queue, registry
from trueline.operations.actions.runs import Started, Target, start_run
from trueline.operations.errors import RunBlocked
from trueline.operations.models import OperationRun, claimable
from trueline.operations.queries import subject_of
from trueline.operations.rules import ACTIVE, LEASE_SECONDS, RunOutcome, State, checked_counts

_AUDIT_OUTCOME = {
    RunOutcome.SUCCEEDED: Outcome.SUCCESS,
    RunOutcome.PARTIALLY_SUCCEEDED: Outcome.PARTIAL,
    RunOutcome.BLOCKED: Outcome.BLOCKED,
    RunOutcome.FAILED: Outcome.FAILURE,
    RunOutcome.CANCELLED: Outcome.INFO,
}


@transaction.atomic
# lint: allow TL015 an attempt is no decision; the finish of the run is in the trail
def claim(run: OperationRun) -> OperationRun | None:
    """Take a run for one attempt. None when another was first."""
    taken = OperationRun.objects.filter(claimable(), workspace_id=run.workspace_id, id=run.pk).update(
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
# lint: allow TL015 the actor is the scope of the run that is followed
def follow(run: OperationRun, scope: Scope, parameters: Mapping[str, Any]) -> Started | None:
    """Start what follows a run by its type, on behalf of the same initiator.

    When that may not start now, the run keeps its outcome, for its own work is done, and its message says so.
    """
    code = registry.run_type(run.run_type).followed_by
    if not code:
        return None
    target = Target(run.environment_id, run.environment_label) if run.environment_id else None
    try:
        return start_run(scope, code, target, parameters, actor=scope.actor)
    except RunBlocked as error:
        sentence = f"{registry.run_type(code).label} was not started: {error}"
        OperationRun.objects.filter(workspace_id=run.workspace_id, id=run.pk).update(
            reason_code=error.reason_code, message=sentence[:500], needs_attention=True
        )
        return None


@transaction.atomic
def recover(run: OperationRun, *, actor: Actor) -> None:
    """Wake a worker for a run whose own has died."""
    queue.wake(run.workspace_id, run.pk)
    after = {"attempt": run.attempt + 1}
    record(run.workspace_id, "operations:run:recover", subject_of(run), actor=actor, after=after, outcome=Outcome.INFO)
