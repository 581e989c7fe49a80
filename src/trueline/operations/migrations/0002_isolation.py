"""Row security on runs, and the rights of the queue."""

from django.db import migrations

from trueline.kit.database.schema import allow_moves, isolate, share, sweepable, tie
from trueline.operations.rules import MOVES

QUEUE_TABLES = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers")

# Jobs carry two ids. Statistics matter: without them the queue fetches jobs three times slower.
QUEUE_RIGHTS = """
grant usage on all sequences in schema public to trueline_app;
grant select on procrastinate_jobs to trueline_system;
analyze procrastinate_jobs
"""


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0001_initial"),
        ("workspaces", "0002_isolation"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        isolate("operations_operationrun", rights="select, insert, update"),
        tie("operations_operationrun", "environment_id", "workspaces_environment"),
        allow_moves("operations_operationrun", "state", MOVES),
        sweepable("operations_operationrun"),
        share(*QUEUE_TABLES),
        migrations.RunSQL(QUEUE_RIGHTS, migrations.RunSQL.noop),
    ]
