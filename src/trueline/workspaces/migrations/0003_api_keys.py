"""Keys of programs, the answers that are kept for them, and the count of their requests."""

import datetime as dt

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import isolate, tie


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=120)),
                ("prefix", models.CharField(max_length=8)),
                ("token_digest", models.CharField(max_length=64)),
                ("capabilities", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(default=trueline.kit.clock.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "creator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workspaces.environment",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workspaces.apikey",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "token_digest"), name="api_key_token_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__gt", models.F("created_at")),
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("created_at"), "+", models.Value(dt.timedelta(days=365))
                                ),
                            ),
                        ),
                        name="api_key_expires_within_a_year",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("actor_id", models.CharField(max_length=64)),
                ("idempotency_key", models.CharField(max_length=255)),
                ("request_digest", models.CharField(max_length=64)),
                ("status", models.SmallIntegerField(default=0)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField(default=bytes)),
                ("created_at", models.DateTimeField(default=trueline.kit.clock.now, editable=False)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workspace", "created_at"], name="kept_answer_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "actor_id", "idempotency_key"), name="kept_answer_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestWindow",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("subject", models.CharField(max_length=64)),
                ("started_at", models.DateTimeField()),
                ("requests", models.IntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("workspace", "subject"), name="window_once")],
            },
        ),
        isolate("workspaces_apikey", rights="select, insert, update"),
        isolate("workspaces_keptanswer"),
        isolate("workspaces_requestwindow"),
        tie("workspaces_apikey", "parent_id", "workspaces_apikey"),
        tie("workspaces_apikey", "environment_id", "workspaces_environment"),
    ]
