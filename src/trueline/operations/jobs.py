"""The queue's way in: one task for every type of run."""

from __future__ import annotations

from uuid import UUID

from django.db import close_old_connections

from trueline.operations.actions.execution import execute
from trueline.operations.queue import TASK, blueprint


@blueprint.task(name=TASK)
def perform(workspace_id: str, run_id: str) -> None:
    """Perform a run, on connections of its own: one that the last run lost must not fail this one too."""
    close_old_connections()
    try:
        execute(UUID(workspace_id), UUID(run_id))
    finally:
        close_old_connections()
