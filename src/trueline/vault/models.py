"""The data keys, each wrapped by a key that is not in the database."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from trueline.kit import clock, ids


class DataKey(models.Model):
    """The key that seals a workspace's secrets, wrapped. The installation has one of its own, under its own id."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    kek_name = models.CharField(max_length=64)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    wrapped_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            # Prevents two first secrets at once from making two keys, of which one would be lost.
            models.UniqueConstraint(fields=["workspace_id"], name="data_key_once")
        ]
