"""The only door to the queue library. A job carries two ids and nothing else; the run's row holds the truth."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from procrastinate import Blueprint
from procrastinate.contrib.django import app as queue_app

TASK = "operations.perform"
blueprint = Blueprint()

_WAITING = "select exists (select from procrastinate_jobs where status = 'todo' and args ->> 'run_id' = %s)"


def wake(workspace_id: UUID, run_id: UUID) -> None:
    """Put a job beside the run, on the same connection and in the same transaction."""
    queue_app.configure_task(TASK).defer(workspace_id=str(workspace_id), run_id=str(run_id))


def is_woken(run_id: UUID) -> bool:
    """Whether a job waits already that will wake a worker for this run."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [str(run_id)])
        return bool(cursor.fetchone()[0])
