"""How much is taken, how it is kept and for how long. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

MEGABYTE = 1 << 20
MOST_WAITING_BYTES = 1024 * MEGABYTE
"""Bytes of one environment that wait to be filed; beyond, a sender is asked to come back."""
BUSY_RETRY_SECONDS = 2
FULL_RETRY_SECONDS = 30

FOLD_SPANS = 60_000
FOLD_BYTES = 64 * MEGABYTE
"""What one fold takes at once, so that its memory is bounded and its transaction short."""

FILES_OF_A_TIER = 8
TIER_BASE_SPANS = 4_000
LARGEST_MERGE_SPANS = 500_000
REPLACED_KEPT_SECONDS = 600
"""How long the bytes of a replaced file stay, for whoever is reading it."""
ORPHAN_SECONDS = 3_600
"""A file that no row names is one that a killed process left behind, once it is this old."""

IMPORT_SPANS = 2_000
IMPORT_BYTES = 8 * MEGABYTE
"""What one batch of an import holds, so that many of them make one fold."""
MOST_UNREAD = 200
"""So many things that could not be read are kept word by word; of the others only how many."""

SEALED_IN = "traces_receivedbatch"
"""The table whose bodies are sealed; the name is part of the seal."""

ACTIVITY_DAYS = 7
KEEP_DAYS = 90
LONGEST_NAME = 300
MOST_AGENTS = 50
_DAY_NS = 86_400 * 10**9
_LARGEST_COUNT = 2**62


def trace_key(environment_id: UUID, trace_id: str) -> UUID:
    """The id of a trace in one environment: the same however often and in which pieces it is received."""
    return uuid5(environment_id, trace_id)


def day_of(started_ns: int | None, otherwise: date) -> date:
    """The UTC day of a span, by which files are parted; another day for a span that does not say when it began."""
    if started_ns is None:
        return otherwise
    return date.fromordinal(date(1970, 1, 1).toordinal() + started_ns // _DAY_NS)


def moment_of(at_ns: int | None) -> datetime | None:
    """A time in nanoseconds as a date and time."""
    return None if at_ns is None else datetime.fromtimestamp(at_ns / 10**9, tz=UTC)


def nanoseconds_of(moment: datetime) -> int:
    """A date and time in nanoseconds since 1970."""
    return int(moment.timestamp()) * 10**9 + moment.microsecond * 1_000


def storable_count(count: int | None) -> int | None:
    """A count as a column can hold it; an absurd one is unknown, never cut to another number."""
    return count if count is not None and 0 <= count <= _LARGEST_COUNT else None


def storable_text(text: str) -> str:
    """A text that PostgreSQL and Parquet take: without NUL, without halves of a character."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\N{REPLACEMENT CHARACTER}")


def tier_of(spans: int) -> int:
    """Files of one tier are of like size; so many of them become one file of the next."""
    tier = 0
    while spans > TIER_BASE_SPANS:
        spans //= FILES_OF_A_TIER
        tier += 1
    return tier
