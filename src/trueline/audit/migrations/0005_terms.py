"""For how many days a workspace keeps its trail; seen by the sweep that cuts."""

from django.db import migrations, models

from trueline.kit.database.schema import isolate, sweepable


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_checkpoints")]
    operations = [
        migrations.CreateModel(
            name="AuditTerm",
            fields=[
                ("workspace_id", models.UUIDField(primary_key=True, serialize=False)),
                ("days", models.IntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("days", None), ("days__gte", 90), _connector="OR"), name="audit_term_days"
                    ),
                ],
            },
        ),
        isolate("audit_auditterm", key="", rights="select, insert, update"),
        sweepable("audit_auditterm"),
    ]
