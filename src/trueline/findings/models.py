"""The table of findings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from trueline.findings.exceptions import Decision, ExceptionStatus
from trueline.findings.labels import LONGEST_LABEL
from trueline.findings.rules import (
    LONGEST_TERM_DAYS,
    LOOKED_AT,
    NOT_ASKED,
    OPEN,
    VERIFIED_CLEARED,
    FindingState,
    Severity,
)
from trueline.findings.workflow import REMEDIATED, CloseReason, stands_still
from trueline.kit import clock, ids

_RESOLVED, _CLOSED = FindingState.RESOLVED, FindingState.CLOSED


class Finding(models.Model):
    """One thing that matters in one environment, from when it was first seen until it is gone, and back.

    It was seen last in a capture or in a scan of traces, which has no capture: in exactly one of the two.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    fingerprint = models.CharField(max_length=64)
    detector = models.CharField(max_length=64)
    standard_id = models.CharField(max_length=64, blank=True)
    area = models.CharField(max_length=64)
    object_type = models.CharField(max_length=100)
    subject_key = models.CharField(max_length=1500)
    subject_name = models.CharField(max_length=500)
    facet = models.CharField(max_length=16, blank=True)
    path = models.TextField(blank=True)
    kind = models.CharField(max_length=16)
    severity = models.CharField(max_length=8)
    severity_rank = models.SmallIntegerField()
    state = models.CharField(max_length=16, default=FindingState.NEW)
    expected = models.JSONField(null=True)
    observed = models.JSONField(null=True)
    observed_digest = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    times_seen = models.IntegerField(default=1)
    times_reopened = models.IntegerField(default=0)
    snapshot_id = models.UUIDField(null=True)
    scan_id = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_reason = models.CharField(max_length=32, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=32, blank=True)
    reopened_at = models.DateTimeField(null=True)
    owner = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+", null=True)
    assignee = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+", null=True)
    updated_at = models.DateTimeField(default=clock.now)
    worked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "fingerprint"], name="finding_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(FindingState)), name="finding_state"),
            models.CheckConstraint(condition=Q(severity__in=sorted(Severity)), name="finding_severity"),
            models.CheckConstraint(condition=Q(last_seen_at__gte=F("first_seen_at")), name="finding_seen_order"),
            models.CheckConstraint(
                condition=Q(snapshot_id__isnull=False, scan_id=None) | Q(snapshot_id=None, scan_id__isnull=False),
                name="finding_seen_in_one_place",
            ),
            models.CheckConstraint(
                condition=(Q(state=_RESOLVED, resolved_at__isnull=False) & ~Q(resolved_reason=""))
                | (~Q(state=_RESOLVED) & Q(resolved_at=None, resolved_reason="")),
                name="finding_resolved_says_why",
            ),
            models.CheckConstraint(
                condition=(Q(state=_CLOSED, closed_at__isnull=False) & ~Q(closed_reason=""))
                | (~Q(state=_CLOSED) & Q(closed_at=None, closed_reason="")),
                name="finding_closed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(resolved_reason__in=["", REMEDIATED, VERIFIED_CLEARED]), name="finding_resolved_reason"
            ),
            models.CheckConstraint(
                condition=Q(closed_reason__in=["", NOT_ASKED, *sorted(CloseReason)]), name="finding_closed_reason"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["workspace_id", "severity_rank", "-last_seen_at", "id"],
                condition=Q(state__in=LOOKED_AT),
                name="finding_open",
            ),
            models.Index(
                fields=["workspace_id", "environment_id", "severity_rank", "-last_seen_at", "id"],
                name="finding_environment",
            ),
            models.Index(fields=["workspace_id", "environment_id", "detector", "standard_id"], name="finding_detector"),
        ]

    @property
    def seen_in(self) -> str:
        """The capture or scan that showed it last, as a case names its evidence."""
        return f"scan:{self.scan_id}" if self.scan_id else f"snapshot:{self.snapshot_id}"

    @property
    def shown_state(self) -> str:
        """The state as it is to be shown: an accepted risk that does not hold any more is open again.

        Computed by the query that has read the row; a row read otherwise shows what is stored.
        """
        return str(getattr(self, "effective_state", self.state))

    @property
    def stands_still(self) -> bool:
        """Whether work on it has begun, and nobody has done anything with it for long."""
        return stands_still(self.state, self.worked_at or self.updated_at, clock.now())

    @property
    def is_open(self) -> bool:
        """Whether it still asks for something."""
        return self.shown_state in OPEN


class FindingCount(models.Model):
    """How many findings there are of an environment, area, severity and state; kept by the database with each write.

    A page over a million findings would count for a second. `area` is empty in the row that sums all areas up.
    """

    pk = models.CompositePrimaryKey("workspace_id", "environment_id", "area", "severity_rank", "state")
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    area = models.CharField(max_length=64, blank=True)
    severity_rank = models.SmallIntegerField()
    state = models.CharField(max_length=16)
    number = models.IntegerField()


class FindingDay(models.Model):
    """By how much the number of open findings of an environment and severity changed on one day (UTC).

    The day is that of the observation where there is one, else that on which a person did something. Kept by the
    database with each write, so that a trend is the present number less what came later.
    """

    pk = models.CompositePrimaryKey("workspace_id", "environment_id", "day", "severity_rank")
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    day = models.DateField()
    severity_rank = models.SmallIntegerField()
    opened = models.IntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace_id", "day"], name="finding_day")]


class FindingComment(models.Model):
    """What somebody said about a finding. Never changed afterwards."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    author_id = models.CharField(max_length=64)
    author_label = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace_id", "finding", "created_at"], name="comment_by_finding")]


class FindingMention(models.Model):
    """That a comment names somebody who may see the finding, so that they can be told."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    comment = models.ForeignKey(
        FindingComment, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    user = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+")
    mentioned_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "comment", "user"], name="mention_once")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace_id", "mentioned_at"], name="mention_by_time")]


class FindingTerm(models.Model):
    """Within how many days a finding of a severity is to be done in a workspace, where that is not the usual."""

    pk = models.CompositePrimaryKey("workspace_id", "severity")
    workspace_id = models.UUIDField()
    severity = models.CharField(max_length=8)
    days = models.SmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(severity__in=sorted(Severity)), name="term_severity"),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=LONGEST_TERM_DAYS), name="term_days"),
        ]


class Label(models.Model):
    """A word that the people of a workspace put on findings, written as whoever used it first wrote it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    name = models.CharField(max_length=LONGEST_LABEL)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("workspace_id", Lower("name"), name="label_once")]

    def __str__(self) -> str:
        return self.name


class FindingLabel(models.Model):
    """That a finding bears a label."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "finding", "label"], name="label_once_on_finding")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace_id", "label", "finding"], name="finding_by_label")]


class FindingPause(models.Model):
    """A time in which the clock of a finding stood still because its risk was accepted; open without an end."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Prevents a second clock: of two decisions at the same moment one would count its time twice.
            models.UniqueConstraint(
                fields=["workspace_id", "finding"], condition=Q(ended_at=None), name="pause_open_once"
            ),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="pause_order"),
        ]
        indexes: ClassVar = [models.Index(fields=["workspace_id", "finding", "started_at"], name="pause_by_finding")]


class FindingException(models.Model):
    """A risk that somebody asked to accept, and what became of it. Pinned to the value that was seen.

    `pinned_snapshot_id` or `pinned_scan_id` is the look that showed it when it was asked for: the proof of the
    decision, whatever later looks show. Decisions that were asked for before Trueline kept it have neither.
    `warned_at` and `lapsed_at` say when it was written down, once, that it ends soon and that it does not hold any
    more; whether it holds is never read from them.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    status = models.CharField(max_length=16, default=ExceptionStatus.PENDING)
    requested_by = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+", null=True)
    requested_by_label = models.CharField(max_length=200)
    requested_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+", null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    owner = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    compensating_control = models.TextField(blank=True)
    effective_from = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    review_due_at = models.DateTimeField()
    pinned_path = models.TextField(blank=True)
    pinned_value = models.JSONField(null=True)
    pinned_digest = models.CharField(max_length=64)
    pinned_rank = models.SmallIntegerField()
    pinned_snapshot_id = models.UUIDField(null=True)
    pinned_scan_id = models.UUIDField(null=True)
    warned_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], condition=Q(status="active", lapsed_at=None), name="exception_to_write_down"
            ),
            models.Index(fields=["workspace_id", "-requested_at", "-id"], name="exception_by_request"),
        ]
        constraints: ClassVar = [
            # Prevents two people from accepting the same risk at the same moment on different terms.
            models.UniqueConstraint(
                fields=["workspace_id", "finding"], condition=Q(status="active"), name="exception_active_once"
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "finding"], condition=Q(status="pending"), name="exception_pending_once"
            ),
            models.CheckConstraint(condition=Q(status__in=sorted(ExceptionStatus)), name="exception_status"),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | Q(requested_by=None)
                | ~Q(decided_by=F("requested_by"))
                | Q(status="revoked"),
                name="exception_decided_by_another",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="exception_has_reason"),
            models.CheckConstraint(
                condition=Q(effective_from=None) | Q(expires_at__gt=F("effective_from")), name="exception_term"
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_at=None) | (~Q(status="pending") & Q(decided_at__isnull=False)),
                name="exception_decided_says_when",
            ),
        ]


class FindingExceptionDecision(models.Model):
    """One step in the life of an exception. Never changed."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    exception = models.ForeignKey(
        FindingException, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    decision = models.CharField(max_length=16)
    actor_label = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(decision__in=sorted(Decision)), name="decision_kind")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "exception", "decided_at"], name="decision_by_exception")
        ]
