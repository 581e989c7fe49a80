"""The one table of runs. The queue only wakes workers; this is what happened."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from trueline.kit import clock, ids
from trueline.operations.rules import ACTIVE, RunOutcome, State


class OperationRun(models.Model):
    """One piece of work that was asked for, with who asked, what was allowed, and how it went."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField(null=True)
    environment_label = models.CharField(max_length=120, blank=True)
    run_type = models.CharField(max_length=64)
    capability = models.CharField(max_length=64)
    initiator_kind = models.CharField(max_length=8)
    initiator_id = models.CharField(max_length=64)
    initiator_label = models.CharField(max_length=200)
    identity_digest = models.CharField(max_length=64)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=16, default=State.QUEUED)
    outcome = models.CharField(max_length=24, blank=True)
    reason_code = models.CharField(max_length=64, blank=True)
    message = models.CharField(max_length=500, blank=True)
    counts = models.JSONField(default=dict)
    progress_done = models.IntegerField(default=0)
    progress_total = models.IntegerField(null=True)
    progress_label = models.CharField(max_length=200, blank=True)
    attempt = models.IntegerField(default=0)
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    needs_attention = models.BooleanField(default=False)
    queued_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Prevents the double: the same thing asked for twice while the first is still under way.
            models.UniqueConstraint(
                fields=["workspace_id", "identity_digest"],
                condition=Q(state__in=ACTIVE),
                name="run_identity_active_once",
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(State)), name="run_state"),
            models.CheckConstraint(
                condition=Q(state=State.COMPLETED, outcome__in=sorted(RunOutcome), completed_at__isnull=False)
                | (~Q(state=State.COMPLETED) & Q(outcome="", completed_at=None)),
                name="run_outcome_when_completed",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RUNNING) | Q(lease_until__isnull=False, started_at__isnull=False),
                name="run_has_lease_while_running",
            ),
            models.CheckConstraint(
                condition=Q(progress_total=None) | Q(progress_done__lte=F("progress_total")), name="run_progress_fits"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "-queued_at"], name="run_recent"),
            models.Index(fields=["workspace_id", "environment_id", "-queued_at"], name="run_recent_environment"),
            models.Index(fields=["lease_until"], condition=Q(state=State.RUNNING), name="run_leases"),
            models.Index(fields=["queued_at"], condition=Q(state=State.QUEUED), name="run_waiting"),
            models.Index(fields=["workspace_id", "-queued_at"], condition=Q(state__in=ACTIVE), name="run_under_way"),
        ]

    @property
    def is_stalled(self) -> bool:
        """Whether its worker has been silent for longer than its lease. Derived, never stored."""
        return self.state == State.RUNNING and self.lease_until is not None and self.lease_until < clock.now()


def claimable() -> Q:
    """Runs that an attempt may take: queued, or running with a lease that has passed by the database's clock."""
    return Q(state=State.QUEUED) | Q(state=State.RUNNING, lease_until__lt=Now())
