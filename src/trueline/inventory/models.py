"""Tables of snapshots and baselines."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from trueline.connections.contract import Coverage
from trueline.inventory.matching.links import LinkAnswer
from trueline.kit import clock, ids

_STATES = sorted(str(item) for item in Coverage)
_RELATION = ("workspace_id", "right_environment_id", "left_environment_id", "left_profile")
_IS_CONFIRMED = Q(answer=str(LinkAnswer.CONFIRMED))


class Snapshot(models.Model):
    """What one environment showed at one moment, and how much of it could be read. Never changed once captured."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    run_id = models.UUIDField()
    provider_key = models.CharField(max_length=32)
    source_label = models.CharField(max_length=200)
    observed_at = models.DateTimeField()
    captured_at = models.DateTimeField(default=clock.now)
    coverage = models.CharField(max_length=16)
    objects_count = models.IntegerField()
    unread_count = models.IntegerField()
    digest = models.CharField(max_length=64)
    definitions_digest = models.CharField(max_length=64, null=True)

    class Meta:
        constraints: ClassVar = [
            # Prevents the double: a run taken up after a crash has one snapshot, however often its step is repeated.
            models.UniqueConstraint(fields=["workspace_id", "run_id"], name="snapshot_once_per_run"),
            models.CheckConstraint(condition=Q(coverage__in=["complete", "partial"]), name="snapshot_coverage"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "environment_id", "-observed_at"], name="snapshot_recent")
        ]


class SnapshotArea(models.Model):
    """One line of the coverage manifest."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    area = models.CharField(max_length=64)
    coverage = models.CharField(max_length=16)
    objects_count = models.IntegerField()
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "snapshot", "area"], name="area_once"),
            models.CheckConstraint(condition=Q(coverage__in=_STATES), name="area_coverage"),
        ]


class SnapshotGap(models.Model):
    """Something that exists and could not be read, or something odd, with its reason."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=40)
    area = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=1000)
    detail = models.CharField(max_length=1000, blank=True)
    is_warning = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace_id", "snapshot"], name="gap_by_snapshot")]


class SnapshotItem(models.Model):
    """One object of a snapshot: who it is and its digests; the content lies in evidence."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    area = models.CharField(max_length=64)
    object_type = models.CharField(max_length=100)
    external_id = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=500, blank=True)
    platform = models.CharField(max_length=60, blank=True)
    source_path = models.CharField(max_length=1000)
    fixed_key = models.CharField(max_length=300, blank=True)
    is_truncated = models.BooleanField(default=False)
    raw_digest = models.CharField(max_length=64)
    content_digest = models.CharField(max_length=64)
    digests = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace_id", "snapshot", "area", "name"], name="item_by_snapshot")]


class BaselineProfile(models.Model):
    """A standard that environments are held to. Its content is that of its newest version.

    `key` is the id that its files carry, empty while it has no assertions: by it a layer finds what it stands on.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    name = models.CharField(max_length=120)
    key = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "name"], name="baseline_name_once"),
            models.UniqueConstraint(fields=["workspace_id", "key"], name="baseline_key_once", condition=~Q(key="")),
        ]


class BaselineVersion(models.Model):
    """One state of a standard. Older ones stay, so that a decision can name what it was decided on.

    It holds a snapshot, to be met object by object, or assertions, to be met by any policy, or both. A layer names the
    very version that it stands on, so that what an environment is held to never changes by itself.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    profile = models.ForeignKey(
        BaselineProfile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.IntegerField()
    snapshot = models.ForeignKey(
        Snapshot, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    document_digest = models.CharField(max_length=64, null=True)
    base = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    release = models.CharField(max_length=60, blank=True)
    assertions_count = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "profile", "number"], name="baseline_version_once"),
            models.CheckConstraint(
                condition=Q(snapshot__isnull=False) | Q(document_digest__isnull=False), name="baseline_version_content"
            ),
            models.CheckConstraint(
                condition=Q(document_digest__isnull=False) | Q(base=None, assertions_count=0),
                name="baseline_version_layer",
            ),
        ]


class BaselineAssignment(models.Model):
    """An environment that is held to a standard."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    profile = models.ForeignKey(
        BaselineProfile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    environment_id = models.UUIDField()
    assigned_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "environment_id", "profile"], name="assignment_once")
        ]


class BaselineUpgrade(models.Model):
    """A plan from a standard's newest version to its next release, while people answer its pieces.

    `choices` holds the answer to each piece by its id. Gone once the version is made, or the plan is let be.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    profile = models.ForeignKey(
        BaselineProfile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    version = models.ForeignKey(
        BaselineVersion, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    document_digest = models.CharField(max_length=64)
    release = models.CharField(max_length=60)
    choices = models.JSONField(default=dict)
    begun_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace_id", "profile"], name="upgrade_once")]


class BaselineCheck(models.Model):
    """What one capture came to when it was held against the assertions of one version. Never changed.

    `states` holds the state of every assertion by its id; what proves each lies in evidence.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    profile = models.ForeignKey(
        BaselineProfile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    version = models.ForeignKey(
        BaselineVersion, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    observed_at = models.DateTimeField()
    checked_at = models.DateTimeField(default=clock.now)
    states = models.JSONField()
    results_digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            # Prevents the double: a run taken up after a crash judges the same capture again.
            models.UniqueConstraint(fields=["workspace_id", "snapshot", "version"], name="check_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "profile", "environment_id", "-observed_at"], name="check_recent")
        ]


class IdentityLink(models.Model):
    """A person's answer about a proposed pair: the same object, or never the same.

    It names objects by their identity and not by a capture, so it holds for every later one. Of two environments the
    one with the smaller id is the left, whatever stood left on the page; a standard is always the left.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    left_environment_id = models.UUIDField(null=True)
    left_profile = models.ForeignKey(
        BaselineProfile, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    right_environment_id = models.UUIDField()
    left_key = models.TextField()
    right_key = models.TextField()
    left_digest = models.CharField(max_length=64)
    right_digest = models.CharField(max_length=64)
    left_name = models.CharField(max_length=500)
    right_name = models.CharField(max_length=500)
    answer = models.CharField(max_length=16)
    answered_at = models.DateTimeField(default=clock.now)
    answered_by_label = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[*_RELATION, "left_digest", "right_digest"], name="link_once", nulls_distinct=False
            ),
            # An object is the same as one other at most, whoever answers first.
            models.UniqueConstraint(
                fields=[*_RELATION, "left_digest"], name="link_left_once", condition=_IS_CONFIRMED, nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=[*_RELATION, "right_digest"],
                name="link_right_once",
                condition=_IS_CONFIRMED,
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(answer__in=sorted(str(item) for item in LinkAnswer)), name="link_answer"
            ),
            models.CheckConstraint(
                condition=Q(left_environment_id=None, left_profile__isnull=False)
                | Q(
                    left_profile=None,
                    left_environment_id__isnull=False,
                    left_environment_id__lt=F("right_environment_id"),
                ),
                name="link_left",
            ),
        ]
