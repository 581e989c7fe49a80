"""The one way into the store: a batch is sealed, and kept until it is folded into files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from django.db import connection

from trueline.kit import ids
from trueline.traces.rules import SEALED_IN
from trueline.vault.actions import Place, seal

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from trueline.kit.scope import Scope
    from trueline.traces.batches import Batch

_INSERT = """
insert into traces_receivedbatch
  (id, workspace_id, environment_id, signal, form, packing, body, digest, size_bytes, items, days_back, received_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (workspace_id, environment_id, signal, digest) do nothing
"""


# lint: allow TL015 a step of receive and of keep_import
def keep_batch(scope: Scope, environment_id: UUID, batch: Batch, now: datetime) -> None:
    """Keep a batch, once, inside the caller's transaction."""
    batch_id = ids.new()
    sealed = seal(scope.workspace_id, Place(SEALED_IN, batch_id, "body"), batch.body)
    place = batch_id, scope.workspace_id, environment_id
    written = batch.signal.name.lower(), batch.form.value, batch.packing, sealed
    # Bound by the server: Django's own cursor would write the body into the statement, in hexadecimal.
    with psycopg.Cursor(connection.connection) as cursor:
        told = batch.digest, batch.size_bytes, batch.items, batch.days_back, now
        cursor.execute(_INSERT, [*place, *written, *told])
