"""The only door to the queue library. A job carries two ids and nothing else; the run's row holds the truth."""

from __future__ import annotations

from uuid import UUID

from procrastinate import Blueprint
from procrastinate.contrib.django import app as queue_app

TASK = "operations.perform"
blueprint = Blueprint()


def wake(workspace_id: UUID, run_id: UUID) -> None:
    """Put a job beside the run, on the same connection and in the same transaction."""
    queue_app.configure_task(TASK).defer(workspace_id=str(workspace_id), run_id=str(run_id))
