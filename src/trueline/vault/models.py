"""The data keys, each wrapped by a key that is not in the database, and the signing keys, each sealed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

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


class SigningKey(models.Model):
    """A key that signs packs and checkpoints; its private part is sealed. One signs, the others are kept to be shown.

    They belong to the installation, under whose id they stand: one published list serves whoever gets a pack of it.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    name = models.CharField(max_length=71)
    public_pem = models.TextField()
    sealed = models.BinaryField()
    not_before = models.DateTimeField(default=clock.now)
    not_after = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "name"], name="signing_key_once"),
            # Prevents two first signatures at once from making two keys that both sign.
            models.UniqueConstraint(fields=["workspace_id"], condition=Q(not_after=None), name="signing_key_in_use"),
        ]
