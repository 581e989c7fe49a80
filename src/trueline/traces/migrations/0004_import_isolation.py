"""Row security on what was taken from files; what an import gave is never changed."""

from django.db import migrations

from trueline.kit.database.schema import append_only, isolate, tie


class Migration(migrations.Migration):
    dependencies = [
        ("traces", "0003_imports"),
        ("operations", "0002_isolation"),
        ("workspaces", "0002_isolation"),
    ]
    operations = [
        isolate("traces_traceimport", rights="select, insert"),
        tie("traces_traceimport", "environment_id", "workspaces_environment"),
        tie("traces_traceimport", "run_id", "operations_operationrun"),
        append_only("traces_traceimport"),
    ]
