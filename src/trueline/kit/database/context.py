"""Which workspace the present work is for, and whether it may only read.

Held in context variables, so that threads and tasks never share them, and written into the database by
`set_config(..., true)`, which ends with the transaction: nothing can leak through a connection pool.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connections
from psycopg.pq import TransactionStatus

READER = "trueline_reader"
_workspace: ContextVar[UUID | None] = ContextVar("workspace", default=None)
_reads_only: ContextVar[bool] = ContextVar("reads_only", default=False)
_SET = "select set_config('app.workspace_id', %s, true), set_config('role', %s, true)"
_UNABLE = (TransactionStatus.INERROR, TransactionStatus.UNKNOWN)
FOLLOWING_ALIASES = ("default",)


def current_workspace() -> UUID | None:
    """The workspace of the present work, None outside of any."""
    return _workspace.get()


def settings_now() -> tuple[str, tuple[str, str]]:
    """The statement, with its values, that a transaction has to begin with."""
    workspace = _workspace.get()
    return _SET, (str(workspace) if workspace else "", READER if _reads_only.get() else "none")


def _write_through() -> None:
    """Bring a transaction that already runs to the present context."""
    for alias in FOLLOWING_ALIASES:
        wrapper = connections[alias]
        if wrapper.connection is None or not wrapper.in_atomic_block:
            continue
        # A failed transaction, or a lost connection, takes no statement; its settings end with what must follow.
        if wrapper.connection.info.transaction_status not in _UNABLE:
            with wrapper.wrap_database_errors:
                wrapper.connection.execute(*settings_now())


@contextmanager
def within(workspace_id: UUID | None) -> Iterator[None]:
    """Work for one workspace: its rows, and no other's, exist inside the block."""
    token = _workspace.set(workspace_id)
    try:
        _write_through()
        yield
    finally:
        _workspace.reset(token)
        _write_through()


@contextmanager
def reading() -> Iterator[None]:
    """Work as the read-only role: any write raises."""
    token = _reads_only.set(True)
    try:
        _write_through()
        yield
    finally:
        _reads_only.reset(token)
        _write_through()
