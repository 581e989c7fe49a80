"""When reviews of a cycle are due, and what has become of each. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

from trueline.reviews.rules import FRESH_DAYS, Dimension, ReviewState


class Interval(StrEnum):
    """How often a review is due."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    EVERY_MONTHS = "every_months"
    EVERY_DAYS = "every_days"


class TurnState(StrEnum):
    """What has become of one date of a cycle. Derived, never stored."""

    PREPARING = "preparing"
    UNPREPARED = "unprepared"
    WAITING = "waiting"
    RELEASED = "released"
    OVERTAKEN = "overtaken"
    PUT_AWAY = "put_away"


_MONTHS = {Interval.MONTHLY: 1, Interval.QUARTERLY: 3}
LEAST_DAYS, MOST_DAYS, MOST_MONTHS = 7, 366, 24
MOST_LEAD_DAYS = FRESH_DAYS[Dimension.FINDINGS]
"""Evidence that was taken earlier would be out of date on the day on which the review is due."""


@dataclass(frozen=True, slots=True)
class Dates:
    """When reviews are due.

    Attributes:
        every: So many days or months, for an interval of one's own.
        day_of_month: In a month that is shorter, its last day. Not for an interval in days.
        starts_on: No review is due before; an interval in days counts from here.
        hour: Of the day, by the clock of the time zone, at which work on a review begins.
        lead_days: So many days before it is due a review is prepared.
    """

    interval: Interval
    every: int
    day_of_month: int
    starts_on: date
    hour: int
    lead_days: int
    time_zone: str

    def due_on_or_after(self, day: date) -> date:
        """The first date on which a review is due, not before a day."""
        return next(due for due in self._from(day) if due >= max(day, self.starts_on))

    def due_after(self, day: date) -> date:
        """The date that follows."""
        return self.due_on_or_after(day + timedelta(days=1))

    def prepared_at(self, due_on: date) -> datetime:
        """When a review that is due on a date is prepared. An hour that the clock skips is the one it would be."""
        return self._at(due_on - timedelta(days=self.lead_days))

    def due_at(self, due_on: date) -> datetime:
        """When a review that is due on a date is to be there."""
        return self._at(due_on)

    def latest(self, first: date, now: datetime) -> tuple[date, int]:
        """Of the dates from the first on whose time to prepare has come, the latest; and how many came before it."""
        due_on, skipped = first, 0
        while self.prepared_at(following := self.due_after(due_on)) <= now:
            due_on, skipped = following, skipped + 1
        return due_on, skipped

    def _from(self, day: date) -> Iterator[date]:
        """Dates of the cycle, from a little before a day on."""
        if self.interval == Interval.EVERY_DAYS:
            passed = max((day - self.starts_on).days // self.every, 0)
            return (self.starts_on + timedelta(days=self.every * number) for number in count(passed))
        step = _MONTHS.get(self.interval, self.every)
        first = self._first()
        passed = max((day.year - first.year) * 12 + day.month - first.month, 0) // step
        return (self._in_month(first, step * number) for number in count(passed))

    def _first(self) -> date:
        """The month in which the first review is due, as its first day."""
        month = self.starts_on.replace(day=1)
        return month if self._in_month(month, 0) >= self.starts_on else _months_on(month, 1)

    def _in_month(self, first: date, months: int) -> date:
        month = _months_on(first, months)
        return month.replace(day=min(self.day_of_month, monthrange(month.year, month.month)[1]))

    def _at(self, day: date) -> datetime:
        return datetime.combine(day, time(self.hour), ZoneInfo(self.time_zone)).astimezone(UTC)


def _months_on(month: date, months: int) -> date:
    year, rest = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(year, rest + 1, 1)


def turn_state(review_state: str, *, is_newest: bool, is_under_way: bool) -> TurnState:
    """What has become of a date.

    Args:
        review_state: Of its review; empty when it has none.
        is_newest: Whether no later date works on the same review.
        is_under_way: Whether a worker prepares it, or will.
    """
    if not review_state:
        return TurnState.PREPARING if is_under_way else TurnState.UNPREPARED
    if not is_newest:
        return TurnState.OVERTAKEN
    return {
        ReviewState.FAILED: TurnState.UNPREPARED,
        ReviewState.PUBLISHED: TurnState.RELEASED,
        ReviewState.SUPERSEDED: TurnState.RELEASED,
        ReviewState.ARCHIVED: TurnState.PUT_AWAY,
    }.get(ReviewState(review_state), TurnState.WAITING)
