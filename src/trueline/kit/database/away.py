"""Tells a server that cannot be reached from a statement that failed."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

_AWAY = ("08", "57P", "25P03")
"""SQLSTATE of connection errors, of a server that stops, and of a session ended for standing idle in a transaction."""


def is_away(error: BaseException) -> bool:
    """Whether an error says that the server cannot be reached, or has ended the session, and not what was asked."""
    if isinstance(error, InterfaceError):
        return True
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, OperationalError) and (state is None or state.startswith(_AWAY))
