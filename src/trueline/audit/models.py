"""The event table and the head of each chain."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from trueline.audit.rules import BODY_FIELDS, SHORTEST_TERM_DAYS, Outcome, body_of
from trueline.kit import clock, digest, ids


class SealedValue(models.JSONField):
    """A JSON value that is kept letter by letter in its canonical form, so that the database can hash it itself.

    A column of the type jsonb would write numbers and the order of names in its own way.
    """

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django asks with a connection
        """The type of the column: JSON as text."""
        return "json"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002 - the same
        """The canonical form."""
        return digest.canonical(value).decode()

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:  # noqa: ARG002 - the same
        """The value; the driver has read it."""
        return value


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
    before = SealedValue(default=dict)
    after = SealedValue(default=dict)
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


class AuditCheckpoint(models.Model):
    """A signed checkpoint of a trail: what a later check is held against. Appended only."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    size = models.BigIntegerField()
    head = models.CharField(max_length=64)
    root = models.CharField(max_length=64)
    peaks = models.JSONField()
    signed_at = models.DateTimeField()
    envelope = SealedValue()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "size"], name="audit_checkpoint_once"),
        ]


class AuditTerm(models.Model):
    """For how many days a workspace keeps its trail at least; without a row, or without days, for ever."""

    workspace_id = models.UUIDField(primary_key=True)
    days = models.IntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(days=None) | Q(days__gte=SHORTEST_TERM_DAYS), name="audit_term_days")
        ]
