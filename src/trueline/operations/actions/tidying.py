"""Remove what killed workers have left in the queue's tables. The run's row, not the job, is what is taken up."""

from __future__ import annotations

from django.db import connection, transaction

_SILENT_WORKERS = "delete from procrastinate_workers where last_heartbeat < now() - interval '5 minutes'"
# A job whose worker is gone. The library keeps such jobs for ever.
_ORPHANS = "delete from procrastinate_jobs where status = 'doing' and worker_id is null"


@transaction.atomic
# lint: allow TL015 jobs are no record of anything; the run is
def tidy() -> int:
    """Forget silent workers and then their jobs. Returns how many jobs."""
    with connection.cursor() as cursor:
        cursor.execute(_SILENT_WORKERS)
        cursor.execute(_ORPHANS)
        return int(cursor.rowcount)
