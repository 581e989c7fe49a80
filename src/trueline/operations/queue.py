"""The only door to the queue library. A job carries two ids and nothing else; the run's row holds the truth."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from procrastinate import Blueprint
from procrastinate.contrib.django import app as queue_app

TASK = "operations.perform"
blueprint = Blueprint()

_SILENT_WORKERS = "delete from procrastinate_workers where last_heartbeat < now() - interval '5 minutes'"
# Of a worker that was killed. The library keeps such jobs for ever; the run's row, not the job, is what is taken up.
_ORPHANS = "delete from procrastinate_jobs where status = 'doing' and worker_id is null"
_WAITING = "select exists (select from procrastinate_jobs where status = 'todo' and args ->> 'run_id' = %s)"


def wake(workspace_id: UUID, run_id: UUID) -> None:
    """Put a job beside the run, on the same connection and in the same transaction."""
    queue_app.configure_task(TASK).defer(workspace_id=str(workspace_id), run_id=str(run_id))


def is_woken(run_id: UUID) -> bool:
    """Whether a job waits already that will wake a worker for this run."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [str(run_id)])
        return bool(cursor.fetchone()[0])


@transaction.atomic
# lint: allow TL015 jobs are no record of anything; the run is
def tidy() -> int:
    """Remove what killed workers have left in the queue's tables. Returns how many jobs."""
    with connection.cursor() as cursor:
        cursor.execute(_SILENT_WORKERS)
        cursor.execute(_ORPHANS)
        return int(cursor.rowcount)
