"""Signed checkpoints of the trails: appended, never changed, seen by the sweep that makes them."""

from django.db import migrations, models

import trueline.kit.ids
from trueline.audit.models import SealedValue
from trueline.kit.database.schema import append_only, isolate, never_emptied, sweepable


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_sealed_values"),
    ]
    operations = [
        migrations.CreateModel(
            name="AuditCheckpoint",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("size", models.BigIntegerField()),
                ("head", models.CharField(max_length=64)),
                ("root", models.CharField(max_length=64)),
                ("peaks", models.JSONField()),
                ("signed_at", models.DateTimeField()),
                ("envelope", SealedValue()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "size"), name="audit_checkpoint_once"),
                ],
            },
        ),
        isolate("audit_auditcheckpoint", rights="select, insert"),
        append_only("audit_auditcheckpoint"),
        never_emptied("audit_auditcheckpoint"),
        sweepable("audit_auditcheckpoint"),
    ]
