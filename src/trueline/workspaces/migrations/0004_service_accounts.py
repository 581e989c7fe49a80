"""Members that are no persons, and keys that are theirs."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import isolate, tie


class Migration(migrations.Migration):
    dependencies: ClassVar = [("workspaces", "0003_api_keys")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="ServiceAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=120)),
                ("role", models.CharField(max_length=16)),
                ("made_by_label", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(default=trueline.kit.clock.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
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
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("workspace", "name"),
                        name="service_account_name_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["approver", "customer", "manager", "operator", "viewer"])),
                        name="service_account_role",
                    ),
                ],
            },
        ),
        isolate("workspaces_serviceaccount", rights="select, insert, update"),
        tie("workspaces_serviceaccount", "environment_id", "workspaces_environment"),
        migrations.AddField(
            "apikey",
            "service_account",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workspaces.serviceaccount",
            ),
        ),
        tie("workspaces_apikey", "service_account_id", "workspaces_serviceaccount"),
    ]
