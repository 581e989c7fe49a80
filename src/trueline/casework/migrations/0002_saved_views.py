"""Views of a list that somebody has kept under a name."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("place", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=60)),
                ("filters", models.CharField(max_length=1000)),
                ("is_shared", models.BooleanField(default=False)),
                ("is_default", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=trueline.kit.clock.now, editable=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "user", "place", "name"), name="view_name_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("workspace_id", "user", "place"),
                        name="view_default_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__in", ["audit", "findings", "runs"])), name="view_place"
                    ),
                ],
            },
        ),
        isolate("casework_savedview"),
    ]
