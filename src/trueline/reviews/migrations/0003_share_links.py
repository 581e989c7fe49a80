from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import isolate, tie


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_acknowledgements")]

    operations = [
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("environment_id", models.UUIDField()),
                ("label", models.CharField(max_length=120)),
                ("token_digest", models.CharField(max_length=64)),
                ("pass_phrase", models.CharField(blank=True, max_length=128)),
                ("created_at", models.DateTimeField(default=trueline.kit.clock.now)),
                ("created_by_label", models.CharField(max_length=200)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("uses", models.IntegerField(default=0)),
                ("failures", models.IntegerField(default=0)),
                ("last_used_at", models.DateTimeField(null=True)),
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
                "indexes": [
                    models.Index(fields=["workspace_id", "review", "-created_at"], name="share_link_by_review")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "token_digest"), name="share_link_token_once"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="share_link_term"
                    ),
                ],
            },
        ),
        isolate("reviews_sharelink", rights="select, insert, update"),
        tie("reviews_sharelink", "review_id", "reviews_review"),
        tie("reviews_sharelink", "environment_id", "workspaces_environment"),
    ]
