"""By when a finding is to be done, how near that is, and how long its clock has stood still. Pure.

The clock of a finding stands still while an accepted risk holds; when that ends it goes on with the time that was left.
Pauses are kept as intervals, and every duration is computed from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from trueline.findings.rules import LONGEST_TERM_DAYS, SLA_DAYS, Severity

_LONGEST_LEAD = timedelta(days=3)
_LEAD_SHARE = 5


class Due(StrEnum):
    """How near the day is."""

    ON_TIME = "on_time"
    SOON = "due_soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Pause:
    """One time of standing still; without an end it goes on."""

    started_at: datetime
    ended_at: datetime | None = None


def lead(severity: str, terms: Mapping[Severity, int] = SLA_DAYS) -> timedelta:
    """How long before its day a finding counts as due soon: the last fifth of its term, three days at most.

    Args:
        severity: Its severity.
        terms: Within how many days findings of each severity are to be done there.
    """
    return min(_LONGEST_LEAD, timedelta(days=terms[Severity(severity)]) / _LEAD_SHARE)


def due(due_at: datetime, severity: str, now: datetime, terms: Mapping[Severity, int] = SLA_DAYS) -> Due:
    """How near the day is, for a finding that is open."""
    if due_at <= now:
        return Due.OVERDUE
    return Due.SOON if due_at <= now + lead(severity, terms) else Due.ON_TIME


def are_in_order(terms: Mapping[Severity, int]) -> bool:
    """Whether each severity has as much time as what matters more, or more, and none too little or too much."""
    days = [terms[severity] for severity in Severity]
    return days == sorted(days) and days[0] >= 1 and days[-1] <= LONGEST_TERM_DAYS


def paused(pauses: Iterable[Pause], since: datetime, until: datetime) -> timedelta:
    """How long the clock stood still between two moments. Pauses do not overlap."""
    spans = ((max(one.started_at, since), min(one.ended_at or until, until)) for one in pauses)
    return sum((end - start for start, end in spans if end > start), timedelta())


def elapsed(pauses: Iterable[Pause], since: datetime, until: datetime) -> timedelta:
    """How long the clock ran between two moments: with what it stood still, the whole time."""
    return max(until - since, timedelta()) - paused(pauses, since, until)
