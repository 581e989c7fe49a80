from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import append_only, isolate, tie


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("environment_id", models.UUIDField()),
                ("person_id", models.CharField(max_length=64)),
                ("person_label", models.CharField(max_length=200)),
                ("role", models.CharField(max_length=16)),
                ("document_digest", models.CharField(max_length=64)),
                ("acknowledged_at", models.DateTimeField(default=trueline.kit.clock.now)),
                (
                    "review",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.deletion.PROTECT,
                        related_name="+",
                        to="reviews.review",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "review", "person_id"), name="acknowledgement_once"
                    ),
                ],
            },
        ),
        isolate("reviews_acknowledgement", rights="select, insert"),
        append_only("reviews_acknowledgement"),
        tie("reviews_acknowledgement", "review_id", "reviews_review"),
        tie("reviews_acknowledgement", "environment_id", "workspaces_environment"),
    ]
