"""Tables of evidence, reviews and packs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from trueline.kit import clock, ids
from trueline.reviews.cycles import MOST_LEAD_DAYS, Dates, Interval
from trueline.reviews.rules import Audience, ReviewState

OPEN_STATES = [str(ReviewState.DRAFT), str(ReviewState.READY)]
UNPUBLISHED = [*OPEN_STATES, str(ReviewState.FAILED)]


class EvidenceSnapshot(models.Model):
    """What was known of an environment at one moment, by its content. Never changed; the same content is one row."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    fingerprint = models.CharField(max_length=64)
    dimensions = models.JSONField()
    made_at = models.DateTimeField(default=clock.now)
    made_by_label = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "environment_id", "fingerprint"], name="evidence_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "environment_id", "-made_at"], name="evidence_recent")
        ]


class Review(models.Model):
    """What people say of an environment's evidence, and then publish. Published, it never changes.

    `document_digest` and `trail_digest` name what was frozen when it was published; `pseudonym_key` makes the
    pseudonyms of its packs and is in none of them. `failure` is why measuring failed, a stable code.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    state = models.CharField(max_length=16, default=ReviewState.DRAFT)
    evidence = models.ForeignKey(
        EvidenceSnapshot, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    failure = models.CharField(max_length=64, blank=True)
    predecessor = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(default=clock.now)
    created_by_label = models.CharField(max_length=200)
    published_at = models.DateTimeField(null=True)
    published_by_label = models.CharField(max_length=200, blank=True)
    document_digest = models.CharField(max_length=64, blank=True)
    trail_digest = models.CharField(max_length=64, blank=True)
    pseudonym_key = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=sorted(ReviewState)), name="review_state"),
            # Prevents two people from preparing the same review beside each other.
            models.UniqueConstraint(
                fields=["workspace_id", "environment_id"], condition=Q(state__in=UNPUBLISHED), name="review_open_once"
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "environment_id"], condition=Q(state="published"), name="review_published_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNPUBLISHED, published_at=None)
                | Q(state="archived")
                | (Q(published_at__isnull=False) & ~Q(document_digest="") & ~Q(trail_digest="")),
                name="review_published_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(evidence__isnull=False, failure="") | Q(state__in=["failed", "archived"], evidence=None),
                name="review_stands_on_evidence",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["workspace_id", "-created_at", "-id"], name="review_recent")]

    def __str__(self) -> str:
        return self.title


class Pack(models.Model):
    """A signed archive of a published review, as it was made. Never changed; kept whole, or not at all."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    audience = models.CharField(max_length=8)
    language = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    size_bytes = models.IntegerField()
    body = models.BinaryField()
    made_at = models.DateTimeField(default=clock.now)
    made_by_label = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "review", "audience", "language"], name="pack_once"),
            models.CheckConstraint(condition=Q(audience__in=sorted(Audience)), name="pack_audience"),
        ]


class Acknowledgement(models.Model):
    """That a named person has read a published review as it was. No signature in any law's sense."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    person_id = models.CharField(max_length=64)
    person_label = models.CharField(max_length=200)
    role = models.CharField(max_length=16)
    document_digest = models.CharField(max_length=64)
    acknowledged_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "review", "person_id"], name="acknowledgement_once")
        ]


class ShareLink(models.Model):
    """Lets whoever holds it read one released review, without an account, until a date.

    Only the digest of its token and of its pass phrase are kept. `failures` counts wrong pass phrases.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    label = models.CharField(max_length=120)
    token_digest = models.CharField(max_length=64)
    pass_phrase = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by_label = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    uses = models.IntegerField(default=0)
    failures = models.IntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "token_digest"], name="share_link_token_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="share_link_term"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "review", "-created_at"], name="share_link_by_review")
        ]


class ReviewCycle(models.Model):
    """That reviews of an environment come round by themselves: when, and to whom each goes once it is published.

    `next_due_on` is the date that is not prepared yet, `next_at` the moment at which it will be. `member_ids` and
    `addresses` name the recipients; addresses get a link that holds for `link_days`.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    title = models.CharField(max_length=120)
    interval = models.CharField(max_length=16)
    every = models.SmallIntegerField(default=1)
    day_of_month = models.SmallIntegerField(default=1)
    starts_on = models.DateField()
    hour = models.SmallIntegerField(default=6)
    lead_days = models.SmallIntegerField(default=3)
    time_zone = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    member_ids = models.JSONField(default=list)
    addresses = models.JSONField(default=list)
    link_days = models.SmallIntegerField(default=30)
    created_at = models.DateTimeField(default=clock.now)
    created_by_label = models.CharField(max_length=200)
    paused_at = models.DateTimeField(null=True)
    next_due_on = models.DateField()
    next_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # Two that run in one environment would work on the same draft.
            models.UniqueConstraint(
                fields=["workspace_id", "environment_id"], condition=Q(paused_at=None), name="review_cycle_once"
            ),
            models.CheckConstraint(condition=Q(interval__in=sorted(Interval)), name="review_cycle_interval"),
            models.CheckConstraint(
                condition=Q(every__gte=1, day_of_month__gte=1, day_of_month__lte=31, hour__gte=0, hour__lte=23),
                name="review_cycle_dates",
            ),
            models.CheckConstraint(
                condition=Q(lead_days__gte=0, lead_days__lte=MOST_LEAD_DAYS), name="review_cycle_lead"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(paused_at=None), name="review_cycle_due"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def recipients(self) -> int:
        """How many get a letter once a review is published."""
        return len(self.member_ids) + len(self.addresses)

    @property
    def dates(self) -> Dates:
        """When its reviews are due."""
        return Dates(
            Interval(self.interval),
            self.every,
            self.day_of_month,
            self.starts_on,
            self.hour,
            self.lead_days,
            self.time_zone,
        )


class CycleTurn(models.Model):
    """One date of a cycle that came, and the review that was prepared for it. A date comes once, whoever looks.

    `skipped` counts dates before it that nobody was there for; they are not made up.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    cycle = models.ForeignKey(
        ReviewCycle, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    due_on = models.DateField()
    skipped = models.SmallIntegerField(default=0)
    run_id = models.UUIDField(null=True)
    review = models.ForeignKey(
        Review, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    came_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            # Prevents the double: two schedulers, or one that died, make one review for a date.
            models.UniqueConstraint(fields=["workspace_id", "cycle", "due_on"], name="cycle_turn_once")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace_id", "review"], name="cycle_turn_by_review")]

    @property
    def recipients(self) -> int:
        """How many get a letter once its review is published."""
        return self.cycle.recipients
