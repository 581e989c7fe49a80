"""A plan to the next release of a standard, while people answer its pieces."""

import django.db.models.deletion
from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import isolate, tie


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0005_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="BaselineUpgrade",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("document_digest", models.CharField(max_length=64)),
                ("release", models.CharField(max_length=60)),
                ("choices", models.JSONField(default=dict)),
                ("begun_at", models.DateTimeField(default=trueline.kit.clock.now)),
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
                "constraints": [models.UniqueConstraint(fields=("workspace_id", "profile"), name="upgrade_once")],
            },
        ),
        isolate("inventory_baselineupgrade"),
        tie("inventory_baselineupgrade", "profile_id", "inventory_baselineprofile"),
        tie("inventory_baselineupgrade", "version_id", "inventory_baselineversion"),
        tie("inventory_baselineupgrade", "document_digest", "evidence_document", parent_key="digest"),
    ]
