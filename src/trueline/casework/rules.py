"""What can wait in the inbox, in which lane, and how its order is explained. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Lane(StrEnum):
    """Where an item waits; each is in exactly one."""

    NEEDS_TRIAGE = "needs_triage"
    REQUIRES_DECISION = "requires_decision"
    EVIDENCE_REQUIRED = "evidence_required"
    RISK_REVIEW = "risk_exception_review"
    BLOCKED = "blocked"


class Source(StrEnum):
    """What kind of record an item was derived from."""

    FINDING = "finding"
    MINE = "mine"
    EXCEPTION = "exception"
    RUN = "run"
    COVERAGE = "coverage"
    ENVIRONMENT = "environment"
    CONNECTION = "connection"
    DELIVERY = "delivery"
    REVIEW = "review"


class SnoozeFor(StrEnum):
    """For how long somebody puts an item off."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class ViewPlace(StrEnum):
    """A list whose views can be kept."""

    AUDIT = "audit"
    DECISIONS = "decisions"
    FINDINGS = "findings"
    RUNS = "runs"


MOST_VIEWS = 20
"""So many views of one list somebody keeps at most: more would be a list of their own to search in."""
SNOOZE_DAYS = {SnoozeFor.DAY: 1, SnoozeFor.WEEK: 7, SnoozeFor.MONTH: 30}
MOST_WAITING = 100
"""The rail counts so far; a greater number says nothing more to a person."""
MOST_COUNTED = 100_000
"""Findings that a page counts at most, shared out over its environments; past that it says "more than"."""
LEAST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the inbox begins: the order's three fields of the row before it."""

    priority: int
    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits. A reading of a record; nothing of it is kept.

    Attributes:
        kind: The state that made it wait, such as `new`, `expired` or `failed`.
        ref: A second record that it is about: of an exception its finding.
        priority: 1 for the most urgent to 5.
        at: When it is, or was, due; the longest waiting comes first among equals.
        areas: Which areas are lost; empty for everything else.
    """

    source: Source
    lane: Lane
    kind: str
    id: UUID
    environment_id: UUID | None
    ref: UUID | None
    priority: int
    at: datetime
    areas: tuple[str, ...]
    is_seen: bool

    @property
    def key(self) -> str:
        """What a person's mark names it by."""
        return item_key(self.source, self.id)

    @property
    def place(self) -> Place:
        """Where it stands in the order."""
        return Place(self.priority, self.at, self.id)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many items of a lane wait in an environment; at least so many when there is more than was counted."""

    lane: Lane
    environment_id: UUID | None
    number: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One page of what waits, and the counts beside it."""

    items: tuple[Item, ...]
    counts: tuple[Counted, ...]
    has_previous: bool
    has_next: bool


def item_key(source: str, item_id: UUID) -> str:
    """What a mark names an item by. A finding keeps its name whoever works on it, so that a mark stays."""
    named = Source.FINDING if source == Source.MINE else source
    return f"{named}:{item_id}"


def most_counted(environments: int) -> int:
    """How many findings of one environment are counted at most, so that a page never counts more than its share."""
    return max(LEAST_COUNTED, MOST_COUNTED // max(environments, 1))
