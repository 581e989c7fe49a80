"""Cycles of reviews, and reviews that have failed."""

import django.db.models.deletion
from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
import trueline.reviews.cycles
import trueline.reviews.rules
from trueline.kit.database.schema import allow_moves, isolate, tie
from trueline.reviews.rules import REVIEW_MOVES

# Another set of moves: what has failed may be tried again.
FORGET_MOVES = """
drop trigger reviews_review_state_moves on reviews_review;
drop function reviews_review_state_moves();
"""
# The scheduler asks in which workspaces a review is due; it is shown no recipient.
DUE = """
grant select (workspace_id, next_at, paused_at) on reviews_reviewcycle to trueline_system;
create policy sweep_select on reviews_reviewcycle for select to trueline_system using (true);
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0004_named_packs"), ("operations", "0003_under_way")]

    operations = [
        migrations.CreateModel(
            name="CycleTurn",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("environment_id", models.UUIDField()),
                ("due_on", models.DateField()),
                ("skipped", models.SmallIntegerField(default=0)),
                ("run_id", models.UUIDField(null=True)),
                ("came_at", models.DateTimeField(default=trueline.kit.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="ReviewCycle",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("environment_id", models.UUIDField()),
                ("title", models.CharField(max_length=120)),
                ("interval", models.CharField(max_length=16)),
                ("every", models.SmallIntegerField(default=1)),
                ("day_of_month", models.SmallIntegerField(default=1)),
                ("starts_on", models.DateField()),
                ("hour", models.SmallIntegerField(default=6)),
                ("lead_days", models.SmallIntegerField(default=3)),
                ("time_zone", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=8)),
                ("member_ids", models.JSONField(default=list)),
                ("addresses", models.JSONField(default=list)),
                ("link_days", models.SmallIntegerField(default=30)),
                ("created_at", models.DateTimeField(default=trueline.kit.clock.now)),
                ("created_by_label", models.CharField(max_length=200)),
                ("paused_at", models.DateTimeField(null=True)),
                ("next_due_on", models.DateField()),
                ("next_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="review",
            name="review_state",
        ),
        migrations.RemoveConstraint(
            model_name="review",
            name="review_open_once",
        ),
        migrations.RemoveConstraint(
            model_name="review",
            name="review_published_is_frozen",
        ),
        migrations.AddField(
            model_name="review",
            name="failure",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="review",
            name="evidence",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reviews.evidencesnapshot",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            trueline.reviews.rules.ReviewState["ARCHIVED"],
                            trueline.reviews.rules.ReviewState["DRAFT"],
                            trueline.reviews.rules.ReviewState["FAILED"],
                            trueline.reviews.rules.ReviewState["PUBLISHED"],
                            trueline.reviews.rules.ReviewState["READY"],
                            trueline.reviews.rules.ReviewState["SUPERSEDED"],
                        ],
                    )
                ),
                name="review_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "ready", "failed"])),
                fields=("workspace_id", "environment_id"),
                name="review_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at", None), ("state__in", ["draft", "ready", "failed"])),
                    ("state", "archived"),
                    models.Q(
                        ("published_at__isnull", False),
                        models.Q(("document_digest", ""), _negated=True),
                        models.Q(("trail_digest", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="review_published_is_frozen",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("evidence__isnull", False), ("failure", "")),
                    models.Q(("evidence", None), ("state__in", ["failed", "archived"])),
                    _connector="OR",
                ),
                name="review_stands_on_evidence",
            ),
        ),
        migrations.AddField(
            model_name="cycleturn",
            name="review",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reviews.review",
            ),
        ),
        migrations.AddIndex(
            model_name="reviewcycle",
            index=models.Index(condition=models.Q(("paused_at", None)), fields=["next_at"], name="review_cycle_due"),
        ),
        migrations.AddConstraint(
            model_name="reviewcycle",
            constraint=models.UniqueConstraint(
                condition=models.Q(("paused_at", None)),
                fields=("workspace_id", "environment_id"),
                name="review_cycle_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcycle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "interval__in",
                        [
                            trueline.reviews.cycles.Interval["EVERY_DAYS"],
                            trueline.reviews.cycles.Interval["EVERY_MONTHS"],
                            trueline.reviews.cycles.Interval["MONTHLY"],
                            trueline.reviews.cycles.Interval["QUARTERLY"],
                        ],
                    )
                ),
                name="review_cycle_interval",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcycle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("day_of_month__gte", 1),
                    ("day_of_month__lte", 31),
                    ("every__gte", 1),
                    ("hour__gte", 0),
                    ("hour__lte", 23),
                ),
                name="review_cycle_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcycle",
            constraint=models.CheckConstraint(
                condition=models.Q(("lead_days__gte", 0), ("lead_days__lte", 7)), name="review_cycle_lead"
            ),
        ),
        migrations.AddField(
            model_name="cycleturn",
            name="cycle",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reviews.reviewcycle",
            ),
        ),
        migrations.AddIndex(
            model_name="cycleturn",
            index=models.Index(fields=["workspace_id", "review"], name="cycle_turn_by_review"),
        ),
        migrations.AddConstraint(
            model_name="cycleturn",
            constraint=models.UniqueConstraint(fields=("workspace_id", "cycle", "due_on"), name="cycle_turn_once"),
        ),
        isolate("reviews_reviewcycle", rights="select, insert, update"),
        isolate("reviews_cycleturn", rights="select, insert, update"),
        tie("reviews_reviewcycle", "environment_id", "workspaces_environment"),
        tie("reviews_cycleturn", "environment_id", "workspaces_environment"),
        tie("reviews_cycleturn", "cycle_id", "reviews_reviewcycle"),
        tie("reviews_cycleturn", "review_id", "reviews_review"),
        tie("reviews_cycleturn", "run_id", "operations_operationrun"),
        migrations.RunSQL(FORGET_MOVES, migrations.RunSQL.noop),
        allow_moves("reviews_review", "state", REVIEW_MOVES),
        migrations.RunSQL(DUE, migrations.RunSQL.noop),
    ]
