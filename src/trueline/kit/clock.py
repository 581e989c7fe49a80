"""The one clock. Tests settle it; nothing sleeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_settled: ContextVar[datetime | None] = ContextVar("settled_clock", default=None)


def now() -> datetime:
    """The present moment in UTC, or the moment a test has settled."""
    return _settled.get() or datetime.now(UTC)


@contextmanager
def settled(at: datetime) -> Iterator[None]:
    """Hold the clock at one moment."""
    token = _settled.set(at)
    try:
        yield
    finally:
        _settled.reset(token)
