"""Connections of environments, and files that people have handed over."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from trueline.connections.rules import ConnectionKind, UploadState
from trueline.kit import clock, ids


class Connection(models.Model):
    """How one environment is read, by which provider."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    kind = models.CharField(max_length=16, default=ConnectionKind.EXPORT)
    provider_key = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace_id", "environment_id", "provider_key", "kind"], name="connection_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=sorted(ConnectionKind)), name="connection_kind"),
        ]


class Upload(models.Model):
    """An exported file that a person handed over on the page."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    name = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=16, default=UploadState.RECEIVED)
    received_at = models.DateTimeField(default=clock.now)
    received_by_label = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=sorted(UploadState)), name="upload_state")
        ]


class UploadChunk(models.Model):
    """A piece of an upload, until it has been read."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    position = models.IntegerField()
    body = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "upload", "position"], name="upload_chunk_once")
        ]
