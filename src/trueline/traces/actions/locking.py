"""One process at a time changes the files of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from uuid import UUID

# Between two statements a fold may work on many spans on a busy machine; losing the connection then, it would begin the
# same fold again and lose it again.
_PATIENCE = "set local idle_in_transaction_session_timeout = '5min'"
_LOCK = "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


# lint: allow TL015 a lock changes nothing
def try_lock(environment_id: UUID) -> bool:
    """Be the only one until the transaction ends; the server lets go for a process that is killed."""
    with connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        cursor.execute(_LOCK, [f"traces {environment_id}"])
        return bool(cursor.fetchone()[0])
