"""Tables of what was received and where it lies."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from trueline.engine.traces.model import Status
from trueline.engine.traces.receiving import AgeWindow, Form, Signal
from trueline.engine.traces.redaction import ContentClass
from trueline.kit import clock, ids
from trueline.traces.rules import KEEP_DAYS


class TracePolicy(models.Model):
    """What of the traces of one environment is kept, and for how long. Without one, the defaults hold."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    content = models.CharField(max_length=16, default=ContentClass.REDACTED)
    keep_days = models.IntegerField(default=KEEP_DAYS)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "environment_id"], name="trace_policy_once"),
            models.CheckConstraint(condition=Q(content__in=sorted(ContentClass)), name="trace_policy_content"),
            models.CheckConstraint(condition=Q(keep_days__gte=1, keep_days__lte=3650), name="trace_policy_days"),
        ]


class ReceivedBatch(models.Model):
    """One request of a sender, acknowledged once this row was committed, until it is folded into files.

    `body` is what was sent, packed and then sealed for this row: it may hold secrets that nobody has taken out yet.
    What began more than `days_back` before it was received is left out of the files, as its sender was told.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    signal = models.CharField(max_length=16)
    form = models.CharField(max_length=32)
    packing = models.CharField(max_length=8)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    items = models.IntegerField()
    days_back = models.IntegerField(default=AgeWindow().days_back)
    received_at = models.DateTimeField(default=clock.now)
    set_aside_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # A sender that did not hear the answer sends the same again: that is one batch.
            models.UniqueConstraint(
                fields=["workspace_id", "environment_id", "signal", "digest"], name="received_batch_once"
            ),
            models.CheckConstraint(
                condition=Q(signal__in=sorted(one.name.lower() for one in Signal)), name="received_batch_signal"
            ),
            models.CheckConstraint(condition=Q(form__in=sorted(one.value for one in Form)), name="received_batch_form"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "environment_id", "received_at", "id"], name="received_batch_order")
        ]


class TraceFile(models.Model):
    """An immutable Parquet file of spans of one environment and one day. Its name is its id."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    day = models.DateField()
    spans = models.IntegerField()
    logs = models.IntegerField(default=0)
    size_bytes = models.BigIntegerField()
    made_at = models.DateTimeField(default=clock.now)
    replaced_by = models.UUIDField(null=True)
    replaced_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(replaced_by=None, replaced_at=None)
                | Q(replaced_by__isnull=False, replaced_at__isnull=False),
                name="trace_file_replaced",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["workspace_id", "environment_id", "day"],
                condition=Q(replaced_at=None, removed_at=None),
                name="trace_file_live",
            ),
            models.Index(fields=["workspace_id", "replaced_by"], name="trace_file_replacing"),
        ]


class Trace(models.Model):
    """The index of one trace: its line in a list, and the files that hold its spans."""

    id = models.UUIDField(primary_key=True, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    trace_id = models.CharField(max_length=32)
    name = models.TextField(default="")
    status = models.CharField(max_length=8, default=Status.UNSET)
    started_at = models.DateTimeField(null=True)
    duration_ns = models.BigIntegerField(null=True)
    spans = models.IntegerField(default=0)
    failed_spans = models.IntegerField(default=0)
    agents = ArrayField(models.TextField(), default=list)
    input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    cost = models.FloatField(null=True)
    file_ids = ArrayField(models.UUIDField(), default=list)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "environment_id", "trace_id"], name="trace_once"),
            models.CheckConstraint(condition=Q(status__in=sorted(Status)), name="trace_status"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "environment_id", "-started_at", "-id"], name="trace_newest")
        ]


class TraceImport(models.Model):
    """What one run has taken from a file that a person or program handed over.

    `unread` holds the first of what could not be read, each as `{path, reason}`; `unread_count` counts all of it.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    run_id = models.UUIDField()
    name = models.CharField(max_length=200)
    files_count = models.IntegerField()
    traces_count = models.IntegerField()
    spans_count = models.IntegerField()
    unread_count = models.IntegerField()
    unread = models.JSONField(default=list)
    imported_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace_id", "run_id"], name="trace_import_once")]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "environment_id", "-imported_at", "-id"], name="trace_import_newest")
        ]
