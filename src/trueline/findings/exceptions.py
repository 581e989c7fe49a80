"""Accepted risk: who may decide what, for how long, and whether a decision still holds. Pure.

A decision is pinned to what was decided: the value that was seen and how much it mattered. Whether it holds is computed
from dates and digests whenever it is read; no job has to run for an expiry to count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from trueline.findings.rules import Severity


class ExceptionStatus(StrEnum):
    """What people decided. Expiry is not among it: nobody decides that, the date does."""

    PENDING = "pending"
    ACTIVE = "active"
    REJECTED = "rejected"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Validity(StrEnum):
    """What the decision is worth at this moment."""

    PENDING = "pending"
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    STALE = "stale"
    REJECTED = "rejected"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Decision(StrEnum):
    """One step in the life of an exception. The last two nobody decides: they are found, and written down once."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    STALE = "stale"


STATUS_MOVES: dict[str, set[str]] = {
    ExceptionStatus.PENDING: {ExceptionStatus.ACTIVE, ExceptionStatus.REJECTED, ExceptionStatus.REVOKED},
    ExceptionStatus.ACTIVE: {ExceptionStatus.REVOKED, ExceptionStatus.SUPERSEDED},
}
LONGEST_DAYS: Mapping[Severity, int] = {
    Severity.CRITICAL: 30,
    Severity.HIGH: 90,
    Severity.MEDIUM: 180,
    Severity.LOW: 365,
    Severity.INFO: 365,
}
EXPIRING_DAYS = 14
HOLDS = frozenset({Validity.VALID, Validity.EXPIRING})


@dataclass(frozen=True, slots=True)
class Pin:
    """What a decision was made on.

    Attributes:
        digest: Digest of the observed value.
        rank: Rank of the severity, 1 for critical.
    """

    digest: str
    rank: int


def validity(  # noqa: PLR0913 - all that a decision's worth depends on
    status: str, expires_at: datetime, pinned: Pin, seen: Pin, now: datetime, *, has_lapsed: bool = False
) -> Validity:
    """What a decision is worth at a moment, given what was pinned and what is seen.

    Another value, or a higher severity, makes it stale; the date makes it expired. Stale comes first: it is the news.
    What has lapsed once stays so: a value that comes back was not decided on again, and its finding is open.
    """
    if status != ExceptionStatus.ACTIVE:
        return Validity(status)
    if pinned.digest != seen.digest or seen.rank < pinned.rank:
        return Validity.STALE
    if expires_at <= now:
        return Validity.EXPIRED
    if has_lapsed:
        return Validity.STALE
    return Validity.EXPIRING if expires_at - now <= timedelta(days=EXPIRING_DAYS) else Validity.VALID


def lapse_of(expires_at: datetime, pinned: Pin, seen: Pin) -> Decision:
    """By what a decision that does not hold any more has ended: another value or a higher severity, else its date."""
    worth = validity(ExceptionStatus.ACTIVE, expires_at, pinned, seen, expires_at)
    return Decision.STALE if worth is Validity.STALE else Decision.EXPIRED


def latest_expiry(severity: str, now: datetime) -> datetime:
    """The furthest date that a risk of that severity may be accepted until."""
    return now + timedelta(days=LONGEST_DAYS[Severity(severity)])
