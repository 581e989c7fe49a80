"""A workspace may say by itself within how many days findings are to be done."""

from django.db import migrations, models

from trueline.kit.database.schema import isolate

_SEVERITIES = ["critical", "high", "info", "low", "medium"]


class Migration(migrations.Migration):
    dependencies = [("findings", "0012_scans")]
    operations = [
        migrations.CreateModel(
            name="FindingTerm",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id", "severity", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace_id", models.UUIDField()),
                ("severity", models.CharField(max_length=8)),
                ("days", models.SmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("severity__in", _SEVERITIES)), name="term_severity"),
                    models.CheckConstraint(condition=models.Q(("days__gte", 1), ("days__lte", 1095)), name="term_days"),
                ],
            },
        ),
        isolate("findings_findingterm", key=""),
    ]
