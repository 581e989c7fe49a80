"""Times in which a finding's clock stands still, and what the sweep has written down about accepted risks."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import isolate, sweepable, tie


class Migration(migrations.Migration):
    dependencies = [("findings", "0006_days"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AddField("findingexception", "warned_at", models.DateTimeField(null=True)),
        migrations.AddField("findingexception", "lapsed_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "findingexception",
            models.Index(
                condition=models.Q(("lapsed_at", None), ("status", "active")),
                fields=["expires_at"],
                name="exception_to_write_down",
            ),
        ),
        migrations.CreateModel(
            name="FindingPause",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "finding",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.finding",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id", "finding", "started_at"], name="pause_by_finding")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("workspace_id", "finding"),
                        name="pause_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="pause_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FindingMention",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("mentioned_at", models.DateTimeField(default=trueline.kit.clock.now, editable=False)),
                (
                    "comment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.findingcomment",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id", "mentioned_at"], name="mention_by_time")],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "comment", "user"), name="mention_once")
                ],
            },
        ),
        isolate("findings_findingmention", rights="select, insert"),
        tie("findings_findingmention", "comment_id", "findings_findingcomment"),
        isolate("findings_findingpause", rights="select, insert, update"),
        tie("findings_findingpause", "finding_id", "findings_finding"),
        sweepable("findings_findingexception"),
    ]
