"""What a capture came to when it was held against the assertions of a standard."""

import django.db.models.deletion
from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import append_only, isolate, tie


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0004_assertions"),
    ]

    operations = [
        migrations.CreateModel(
            name="BaselineCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("environment_id", models.UUIDField()),
                ("observed_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(default=trueline.kit.clock.now)),
                ("states", models.JSONField()),
                ("results_digest", models.CharField(max_length=64)),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.baselineprofile",
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.snapshot",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.baselineversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "profile", "environment_id", "-observed_at"], name="check_recent"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "snapshot", "version"), name="check_once")
                ],
            },
        ),
        isolate("inventory_baselinecheck", rights="select, insert"),
        tie("inventory_baselinecheck", "environment_id", "workspaces_environment"),
        tie("inventory_baselinecheck", "profile_id", "inventory_baselineprofile"),
        tie("inventory_baselinecheck", "version_id", "inventory_baselineversion"),
        tie("inventory_baselinecheck", "snapshot_id", "inventory_snapshot"),
        tie("inventory_baselinecheck", "results_digest", "evidence_document", parent_key="digest"),
        append_only("inventory_baselinecheck"),
    ]
