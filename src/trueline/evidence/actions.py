"""Store documents."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from trueline.evidence.models import Document
from trueline.evidence.rules import Packed

_BATCH = 500


# lint: allow TL015 the event of the capture names the actor
def keep(workspace_id: UUID, documents: Iterable[Packed]) -> None:
    """Store what is not there yet, inside the caller's transaction, whose event tells of it.

    In the order of digests: two captures that bring the same documents in another order would wait for each other.
    """
    rows = [
        Document(workspace_id=workspace_id, digest=item.digest, size_bytes=item.size_bytes, body=item.body)
        for _digest, item in sorted({item.digest: item for item in documents}.items())
    ]
    Document.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
