"""Identifiers that sort by the time of their making, so that new rows land together in an index."""

from __future__ import annotations

import os
import time
import uuid

_RANDOM_BITS = 74
_NIL = uuid.UUID(int=0)


def new() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big") & ((1 << _RANDOM_BITS) - 1)
    high, low = tail >> 62, tail & ((1 << 62) - 1)
    return uuid.UUID(int=(milliseconds << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)


def installation() -> uuid.UUID:
    """The id under which events of the installation itself, of no workspace, are kept."""
    return _NIL
