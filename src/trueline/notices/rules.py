"""What can be told to whom, when, and how a delivery moves. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class DestinationKind(StrEnum):
    """How a destination is reached."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    SLACK = "slack"
    TEAMS = "teams"


class EventType(StrEnum):
    """What can be told outside. Stable: receivers know them."""

    FINDING_OPENED = "finding.opened"
    FINDING_REOPENED = "finding.reopened"
    FINDING_RESOLVED = "finding.resolved"
    CAPTURE_FINISHED = "capture.finished"
    RUN_FAILED = "run.failed"
    EXCEPTION_REQUESTED = "exception.requested"
    EXCEPTION_DECIDED = "exception.decided"


TEST = "test"
DIGEST = "digest"
REVIEW_WAITING, REVIEW_RELEASED = "review.waiting", "review.released"


class Cause(StrEnum):
    """Why a person is told of a finding."""

    ASSIGNED = "assigned"
    REOPENED = "reopened"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    APPROVAL_WANTED = "approval_wanted"
    MENTIONED = "mentioned"


class Rhythm(StrEnum):
    """How often a person gets a digest."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


class DeliveryStatus(StrEnum):
    """How far one message to one receiver is."""

    QUEUED = "queued"
    DEFERRED = "deferred"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    CANCELED = "canceled"


_S = DeliveryStatus
_ENDS = {_S.SENT, _S.FAILED, _S.CANCELED}
DELIVERY_MOVES: dict[str, set[str]] = {
    _S.QUEUED: {_S.SENDING, _S.CANCELED},
    _S.DEFERRED: {_S.SENDING, _S.CANCELED},
    _S.SENDING: {_S.QUEUED, *_ENDS},
    _S.SENT: {_S.QUEUED},
    _S.FAILED: {_S.QUEUED},
    _S.SUPPRESSED: {_S.QUEUED},
    _S.CANCELED: {_S.QUEUED},
}
"""Whatever has ended can be sent again when somebody asks; only what was claimed can be sent."""
WAITING = (_S.QUEUED, _S.DEFERRED)

MINIMUM_SEVERITY = "high"
COOLDOWN_HOURS = 6
LEASE_SECONDS = 60
"""Longer than the limit of time of any one sending."""
BACK_OFF_MINUTES = (1, 5, 30, 120, 360, 720)
MOST_ATTEMPTS = len(BACK_OFF_MINUTES) + 1
"""About a day in sum. Then it counts as failed, and somebody may send it again."""
FAILED_DAYS = 30
"""So long does a message that was not delivered ask for somebody; after that nobody waits for it."""
OVERLAP_HOURS = 24
"""How long the secret before a rotation still signs, beside the new one."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which a rule waits; over midnight when it ends before it begins. Equal times mean never."""

    start: time
    end: time
    zone: str


def after_quiet(quiet: Quiet, now: datetime) -> datetime | None:
    """The moment at which the quiet hours end that hold now; None outside of them.

    The end is what the wall clock of the zone shows, so a night in which the clocks change is as long as it is. An end
    that the clock skips counts as the moment at which it would have been.
    """
    local = now.astimezone(ZoneInfo(quiet.zone))
    clock = local.time().replace(tzinfo=None)
    over_midnight = quiet.end < quiet.start
    is_quiet = (clock >= quiet.start or clock < quiet.end) if over_midnight else quiet.start <= clock < quiet.end
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and clock >= quiet.start else 0)
    end = datetime.combine(day, quiet.end, ZoneInfo(quiet.zone)).astimezone(UTC)
    if end <= now:  # the hour before the end comes twice, and this is its second time
        end = datetime.combine(day, quiet.end, ZoneInfo(quiet.zone)).replace(fold=1).astimezone(UTC)
    return end


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None when it was the last."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + timedelta(minutes=BACK_OFF_MINUTES[attempts - 1])


def digest_period(rhythm: str, hour: int, weekday: int, local: datetime) -> str:
    """The name of the period whose digest is due at a local time; empty when none is due yet.

    Args:
        rhythm: Daily or weekly; never is never due.
        hour: From which hour of the day on.
        weekday: On which day of a week it is due first, 0 for Monday.
        local: The present time in the reader's zone.
    """
    if rhythm == Rhythm.DAILY and local.hour >= hour:
        return local.strftime("%Y-%m-%d")
    year, week, day = local.isocalendar()
    if rhythm == Rhythm.WEEKLY and (day - 1, local.hour) >= (weekday, hour):
        return f"{year}-W{week:02}"
    return ""


def header_safe(text: str) -> str:
    """Text for one line of a mail's head: no line break, no control character, no turn of the reading direction."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(kept.split())[:200]


def is_severe_enough(severity: str, least: str, ranks: Mapping[str, int]) -> bool:
    """Whether something matters as much as a rule asks for; of what no severity is known, yes."""
    return not severity or ranks.get(severity, 0) <= ranks[least]
