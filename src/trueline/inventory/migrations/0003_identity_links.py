"""A person's answers about proposed pairs, and the setting definitions that a capture brought along."""

import django.db.models.deletion
from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import isolate, tie


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0002_isolation"),
    ]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="definitions_digest",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.CreateModel(
            name="IdentityLink",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("left_environment_id", models.UUIDField(null=True)),
                ("right_environment_id", models.UUIDField()),
                ("left_key", models.TextField()),
                ("right_key", models.TextField()),
                ("left_digest", models.CharField(max_length=64)),
                ("right_digest", models.CharField(max_length=64)),
                ("left_name", models.CharField(max_length=500)),
                ("right_name", models.CharField(max_length=500)),
                ("answer", models.CharField(max_length=16)),
                ("answered_at", models.DateTimeField(default=trueline.kit.clock.now)),
                ("answered_by_label", models.CharField(max_length=200)),
                (
                    "left_profile",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.baselineprofile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "workspace_id",
                            "right_environment_id",
                            "left_environment_id",
                            "left_profile",
                            "left_digest",
                            "right_digest",
                        ),
                        name="link_once",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answer", "confirmed")),
                        fields=(
                            "workspace_id",
                            "right_environment_id",
                            "left_environment_id",
                            "left_profile",
                            "left_digest",
                        ),
                        name="link_left_once",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answer", "confirmed")),
                        fields=(
                            "workspace_id",
                            "right_environment_id",
                            "left_environment_id",
                            "left_profile",
                            "right_digest",
                        ),
                        name="link_right_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer__in", ["confirmed", "refused"])), name="link_answer"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left_environment_id", None), ("left_profile__isnull", False)),
                            models.Q(
                                ("left_environment_id__isnull", False),
                                ("left_environment_id__lt", models.F("right_environment_id")),
                                ("left_profile", None),
                            ),
                            _connector="OR",
                        ),
                        name="link_left",
                    ),
                ],
            },
        ),
        isolate("inventory_identitylink"),
        tie("inventory_identitylink", "left_environment_id", "workspaces_environment"),
        tie("inventory_identitylink", "right_environment_id", "workspaces_environment"),
        tie("inventory_identitylink", "left_profile_id", "inventory_baselineprofile"),
        tie("inventory_snapshot", "definitions_digest", "evidence_document", parent_key="digest"),
    ]
