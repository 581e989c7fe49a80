"""Row security on snapshots and baselines; a captured snapshot is never changed."""

from django.db import migrations

from trueline.kit.database.schema import append_only, isolate, tie


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0001_initial"),
        ("workspaces", "0002_isolation"),
        ("operations", "0002_isolation"),
        ("evidence", "0002_isolation"),
    ]
    operations = [
        isolate("inventory_snapshot", rights="select, insert"),
        isolate("inventory_snapshotarea", rights="select, insert"),
        isolate("inventory_snapshotgap", rights="select, insert"),
        isolate("inventory_snapshotitem", rights="select, insert"),
        isolate("inventory_baselineprofile", rights="select, insert, update"),
        isolate("inventory_baselineversion", rights="select, insert"),
        isolate("inventory_baselineassignment"),
        tie("inventory_snapshot", "environment_id", "workspaces_environment"),
        tie("inventory_snapshotarea", "snapshot_id", "inventory_snapshot"),
        tie("inventory_snapshotgap", "snapshot_id", "inventory_snapshot"),
        tie("inventory_snapshotitem", "snapshot_id", "inventory_snapshot"),
        tie("inventory_baselineversion", "profile_id", "inventory_baselineprofile"),
        tie("inventory_baselineversion", "snapshot_id", "inventory_snapshot"),
        tie("inventory_baselineassignment", "profile_id", "inventory_baselineprofile"),
        tie("inventory_baselineassignment", "environment_id", "workspaces_environment"),
        tie("inventory_snapshot", "run_id", "operations_operationrun"),
        tie("inventory_snapshotitem", "raw_digest", "evidence_document", parent_key="digest"),
        tie("inventory_snapshotitem", "content_digest", "evidence_document", parent_key="digest"),
        append_only("inventory_snapshot"),
        append_only("inventory_snapshotitem"),
    ]
