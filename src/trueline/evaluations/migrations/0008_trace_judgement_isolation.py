"""Row security on what rules said of traces: brought to the latest look, and forgotten with the traces."""

from django.db import migrations

from trueline.kit.database.schema import isolate, tie


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0007_trace_judgements"),
        ("workspaces", "0002_isolation"),
    ]
    operations = [
        isolate("evaluations_tracejudgement"),
        tie("evaluations_tracejudgement", "environment_id", "workspaces_environment"),
        tie("evaluations_tracejudgement", "scan_id", "evaluations_scan"),
    ]
