"""The event table and the head of each chain."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from trueline.audit.rules import BODY_FIELDS, Outcome, body_of
from trueline.kit import clock, ids


class AuditEvent(models.Model):
    """One thing that was done. Holds ids and labels, no keys, so that it outlives what it tells of."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    sequence = models.BigIntegerField()
    recorded_at = models.DateTimeField(default=clock.now)
    action = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=200)
    on_behalf_of = models.CharField(max_length=200, blank=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64, blank=True)
    subject_label = models.CharField(max_length=300, blank=True)
    environment_id = models.UUIDField(null=True)
    environment_label = models.CharField(max_length=120, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    outcome = models.CharField(max_length=8, default=Outcome.SUCCESS)
    request_id = models.CharField(max_length=64, blank=True)
    body_digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "sequence"], name="audit_sequence_once"),
            models.CheckConstraint(condition=Q(outcome__in=sorted(Outcome)), name="audit_outcome"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "subject_type", "subject_id"], name="audit_by_subject"),
            models.Index(fields=["workspace_id", "environment_id", "sequence"], name="audit_by_environment"),
        ]

    def body(self) -> dict[str, Any]:
        """The part of the event that its hash covers, as JSON values."""
        return body_of({name: getattr(self, name) for name in BODY_FIELDS})


class AuditHead(models.Model):
    """The end of one workspace's chain. Its row lock puts the writers of a workspace in order."""

    workspace_id = models.UUIDField(primary_key=True)
    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)
