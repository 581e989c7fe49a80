"""Documents by their content."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from trueline.kit import clock


class Document(models.Model):
    """Bytes that a system showed, redacted, compressed, kept once for each workspace.

    Deduplicated inside a workspace only: across workspaces it would tell one that another has the same.
    """

    pk = models.CompositePrimaryKey("workspace_id", "digest")
    workspace_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    size_bytes = models.IntegerField()
    body = models.BinaryField()
    stored_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = []
