"""Ask for a run, or ask it to stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from trueline.audit.actions import record
from trueline.kit import clock
from trueline.kit.errors import Conflict
from trueline.kit.scope import Actor, Scope
from trueline.operations import queries, queue, registry
from trueline.operations.errors import RunBlocked
from trueline.operations.models import OperationRun
from trueline.operations.queries import subject_of
from trueline.operations.rules import ACTIVE, RunOutcome, RunType, State, identity


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
        raise RunBlocked(denial.code, denial.message)
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
