"""Standards that ask for settings: a version holds a snapshot, a document of assertions, or both."""

import django.db.models.deletion
from django.db import migrations, models

from trueline.kit.database.schema import tie


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0003_identity_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="baselineprofile",
            name="key",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="baselineversion",
            name="assertions_count",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="baselineversion",
            name="base",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inventory.baselineversion",
            ),
        ),
        migrations.AddField(
            model_name="baselineversion",
            name="document_digest",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.AddField(
            model_name="baselineversion",
            name="release",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AlterField(
            model_name="baselineversion",
            name="snapshot",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inventory.snapshot",
            ),
        ),
        migrations.AddConstraint(
            model_name="baselineprofile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True), fields=("workspace_id", "key"), name="baseline_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="baselineversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("snapshot__isnull", False), ("document_digest__isnull", False), _connector="OR"),
                name="baseline_version_content",
            ),
        ),
        migrations.AddConstraint(
            model_name="baselineversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("document_digest__isnull", False),
                    models.Q(("assertions_count", 0), ("base", None)),
                    _connector="OR",
                ),
                name="baseline_version_layer",
            ),
        ),
        tie("inventory_baselineversion", "document_digest", "evidence_document", parent_key="digest"),
        tie("inventory_baselineversion", "base_id", "inventory_baselineversion"),
    ]
