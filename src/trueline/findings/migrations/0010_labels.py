"""Labels of findings."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import isolate, tie

_ID = models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False)


def _key(to: str) -> models.Field:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [("findings", "0009_lapses")]
    operations = [
        migrations.CreateModel(
            name="Label",
            fields=[
                ("id", _ID),
                ("workspace_id", models.UUIDField()),
                ("name", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField(default=trueline.kit.clock.now, editable=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        "workspace_id", django.db.models.functions.text.Lower("name"), name="label_once"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="FindingLabel",
            fields=[
                ("id", _ID.clone()),
                ("workspace_id", models.UUIDField()),
                ("finding", _key("findings.finding")),
                ("label", _key("findings.label")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "finding", "label"), name="label_once_on_finding")
                ],
                "indexes": [models.Index(fields=["workspace_id", "label", "finding"], name="finding_by_label")],
            },
        ),
        isolate("findings_label", rights="select, insert"),
        isolate("findings_findinglabel", rights="select, insert, delete"),
        tie("findings_findinglabel", "finding_id", "findings_finding"),
        tie("findings_findinglabel", "label_id", "findings_label"),
    ]
