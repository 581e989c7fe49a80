"""Runs: what was asked for, and how far it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import readings
from trueline.kit.scope import ActorKind
from trueline.operations import queries
from trueline.operations.actions.runs import cancel_run as cancel
from trueline.operations.models import OperationRun
from trueline.operations.rules import RunOutcome
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

_TAG = "Runs"
_VIEW = Capability.OPERATIONS_VIEW
_COPIED = (
    "id", "environment_id", "state", "reason_code", "message", "counts", "needs_attention", "is_stalled", "queued_at",
    "started_at", "completed_at",
)  # fmt: skip


@operation("GET", "/runs", _VIEW, readings.RunPage, tag=_TAG)
def list_runs(asked: Asked, filters: Query[readings.RunFilter]) -> dict[str, Any]:
    """Runs in reach, newest first."""
    found = queries.runs(asked.scope)
    if filters.environment:
        found = found.filter(environment_id=access.environment_in_any_state(asked.scope, filters.environment).pk)
    wanted = {
        "run_type": filters.type,
        "state": filters.state,
        "outcome": filters.outcome,
        "needs_attention": filters.needs_attention,
    }
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    return page(asked, filters, found, ("-queued_at", "-id"), lambda rows: [shown(one) for one in rows])


@operation("GET", "/runs/{uuid:run_id}", _VIEW, readings.Run, tag=_TAG, record=True)
def get_run(asked: Asked, run_id: UUID) -> readings.Run:
    """One run: how far it is, or what came of it."""
    return shown(_found(asked, run_id))


@operation("POST", "/runs/{uuid:run_id}/cancel", _VIEW, readings.Run, tag=_TAG, record=True)
def cancel_run(asked: Asked, run_id: UUID) -> readings.Run:
    """Ask a run to stop.

    A queued one ends at once, a running one at its next step. Needs the capability that starting it needs. Answers 409
    when it has ended.
    """
    found = _found(asked, run_id)
    asked.scope.require(found.capability, found.environment_id)
    asked.hold_to(shown(found))
    return shown(cancel(asked.scope, found.pk, actor=asked.actor))


def _found(asked: Asked, run_id: UUID) -> OperationRun:
    found = queries.run(asked.scope, run_id)
    asked.scope.require(_VIEW, found.environment_id)
    return found


def shown(run: OperationRun) -> readings.Run:
    """A run as an answer."""
    return readings.Run(
        type=run.run_type,
        environment_name=run.environment_label,
        outcome=RunOutcome(run.outcome) if run.outcome else None,
        progress=readings.Progress(done=run.progress_done, total=run.progress_total, label=run.progress_label),
        started_by=readings.Actor(kind=ActorKind(run.initiator_kind), id=run.initiator_id, label=run.initiator_label),
        **{name: getattr(run, name) for name in _COPIED},
    )
