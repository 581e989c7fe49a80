"""The queue's way in: one task for every type of run."""

from __future__ import annotations

from uuid import UUID

from trueline.operations.actions.execution import execute
from trueline.operations.queue import TASK, blueprint


@blueprint.task(name=TASK)
def perform(workspace_id: str, run_id: str) -> None:
    """Perform a run."""
    execute(UUID(workspace_id), UUID(run_id))
