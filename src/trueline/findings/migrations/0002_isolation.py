"""Row security on findings; the database refuses an illegal move."""

from django.db import migrations

from trueline.findings.rules import MOVES
from trueline.kit.database.schema import allow_moves, isolate, tie


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0001_initial"),
        ("workspaces", "0002_isolation"),
        ("inventory", "0002_isolation"),
    ]
    operations = [
        isolate("findings_finding", rights="select, insert, update"),
        tie("findings_finding", "environment_id", "workspaces_environment"),
        tie("findings_finding", "snapshot_id", "inventory_snapshot"),
        allow_moves("findings_finding", "state", MOVES),
    ]
