"""Reads of what anyone may know of the keys that sign."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from trueline.engine.packs.packing import PublicKey
from trueline.kit import ids
from trueline.kit.database.context import within
from trueline.vault.models import SigningKey


# lint: allow TL003 the keys are the installation's, and published to everyone
def public_keys() -> tuple[PublicKey, ...]:
    """Every key that signs or has signed, the present one first."""
    with within(ids.installation()), transaction.atomic():
        kept = SigningKey.objects.filter(workspace_id=ids.installation()).order_by("-not_before", "-id")
        return tuple(map(as_published, kept))


# lint: allow TL003 turns a row into what is published of it
def as_published(row: SigningKey) -> PublicKey:
    """A key as everyone may have it."""
    ends = stamp(row.not_after) if row.not_after else ""
    return PublicKey(row.name, row.public_pem, stamp(row.not_before), ends)


# lint: allow TL003 writes a moment
def stamp(moment: datetime) -> str:
    """A moment as signed documents have it: UTC, whole seconds, so that later ones sort behind."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
