"""States of a review, how whole its evidence is, and what stands in the way of publishing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class ReviewState(StrEnum):
    """Where a review is in its life. What is published never changes; a newer one supersedes it.

    One that has failed has no evidence: measuring it went wrong, and can be tried again.
    """

    FAILED = "failed"
    DRAFT = "draft"
    READY = "ready"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    ARCHIVED = "archived"


_S = ReviewState
REVIEW_MOVES: dict[str, set[str]] = {
    _S.FAILED: {_S.DRAFT, _S.ARCHIVED},
    _S.DRAFT: {_S.READY, _S.ARCHIVED},
    _S.READY: {_S.DRAFT, _S.PUBLISHED, _S.ARCHIVED},
    _S.PUBLISHED: {_S.SUPERSEDED, _S.ARCHIVED},
}
RELEASED = frozenset({_S.PUBLISHED, _S.SUPERSEDED})

PREPARE, PACK = "reviews.prepare", "reviews.pack"
"""Types of run of this room."""


class Completeness(StrEnum):
    """How whole something measured is. What was not read is partial or missing, never complete."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    MISSING = "missing"
    STALE = "stale"


_PRECEDENCE = (Completeness.MISSING, Completeness.STALE, Completeness.PARTIAL, Completeness.COMPLETE)


class Dimension(StrEnum):
    """What evidence is made of: that of a tenant, or that of a system of agents, which has a scan and no capture."""

    FINDINGS = "findings"
    ACCEPTED_RISK = "accepted_risk"
    BASELINE = "baseline"
    COVERAGE = "coverage"
    PERMISSIONS = "permissions"
    OPERATIONS = "operations"
    SCAN = "scan"
    WORLD_MODEL = "world_model"
    SCORE = "score"


REQUIRED = (
    *(Dimension.FINDINGS, Dimension.ACCEPTED_RISK),
    *(Dimension.BASELINE, Dimension.COVERAGE),
    *(Dimension.SCAN, Dimension.WORLD_MODEL),
)
"""What a review needs, as far as evidence of its kind has it."""
FRESH_DAYS: Mapping[str, int] = {**dict.fromkeys(Dimension, 7), Dimension.OPERATIONS: 30}


class Audience(StrEnum):
    """Whom a pack is for. The customer's holds what is on a list, and nothing else; *named* is it with names.

    Names and addresses go out only where somebody who may publish has asked for them, pack by pack.
    """

    INTERNAL = "internal"
    CUSTOMER = "customer"
    NAMED = "named"


TAKES: Mapping[Audience, str] = {
    Audience.INTERNAL: "packs.download",
    Audience.CUSTOMER: "packs.download_released",
    Audience.NAMED: "reviews.publish",
}
"""What somebody must hold to have a pack made."""


class AcknowledgementState(StrEnum):
    """Whether a person has read what is published, as it is now."""

    NOT_AVAILABLE = "not_available"
    REQUIRED = "required"
    ACKNOWLEDGED = "acknowledged"
    REQUIRED_AGAIN = "required_again"


class Blocker(StrEnum):
    """What stands in the way of publishing."""

    NEVER_CAPTURED = "never_captured"
    NO_STANDARD = "no_standard"
    NEVER_SCANNED = "never_scanned"
    NO_WORLD_MODEL = "no_world_model"
    EVIDENCE_STALE = "evidence_stale"
    NO_SUMMARY = "no_summary"


class OutputRefusal(StrEnum):
    """Which condition output for a customer does not meet."""

    NOT_RELEASED = "not_released"
    NOT_CURRENT = "not_current"
    HIDES_GAPS = "hides_gaps"
    HIDES_LIMITS = "hides_limits"
    SHOWS_INTERNALS = "shows_internals"
    PERSONAL_DATA = "personal_data"
    REDACTION_UNKNOWN = "redaction_unknown"
    CLAIMS_TOO_MUCH = "claims_too_much"


@dataclass(frozen=True, slots=True)
class Measured:
    """One dimension of evidence.

    Attributes:
        state: How whole it was when it was measured; `stale` is never stored, time makes it so.
        source: What it was read from, a stable code.
        measured_at: When the outside system showed it, None when it never did.
        digest: Digest of its content, which lies with the documents.
        reason: Why it is not complete, a stable code; empty when it is.
    """

    dimension: Dimension
    state: Completeness
    source: str
    measured_at: datetime | None
    digest: str
    reason: str = ""

    def fresh_until(self) -> datetime | None:
        """Until when it counts as present."""
        return self.measured_at + timedelta(days=FRESH_DAYS[self.dimension]) if self.measured_at else None

    def state_at(self, now: datetime) -> Completeness:
        """How whole it is at a moment."""
        until = self.fresh_until()
        if self.state is Completeness.MISSING or until is None:
            return Completeness.MISSING
        return Completeness.STALE if now > until else self.state


def overall(states: Iterable[Completeness]) -> Completeness:
    """How whole several dimensions are together: the worst of them. Of nothing it is missing."""
    found = set(states)
    return next((state for state in _PRECEDENCE if state in found), Completeness.MISSING)


def whole_evidence(dimensions: Iterable[Measured], now: datetime) -> Completeness:
    """How whole evidence is at a moment, by the dimensions that a review needs."""
    return overall(one.state_at(now) for one in dimensions if one.dimension in REQUIRED)


_OF_TENANT = ((Dimension.COVERAGE, Blocker.NEVER_CAPTURED), (Dimension.BASELINE, Blocker.NO_STANDARD))
_OF_SYSTEM = ((Dimension.SCAN, Blocker.NEVER_SCANNED), (Dimension.WORLD_MODEL, Blocker.NO_WORLD_MODEL))


def blockers(dimensions: Iterable[Measured], summary: str, now: datetime) -> tuple[Blocker, ...]:
    """What stands in the way of publishing a review, the weightiest first."""
    states = {one.dimension: one.state_at(now) for one in dimensions}
    needed = _OF_SYSTEM if Dimension.SCAN in states else _OF_TENANT
    found = [lack for name, lack in needed if states.get(name, Completeness.MISSING) is Completeness.MISSING]
    if Completeness.STALE in {state for name, state in states.items() if name in REQUIRED}:
        found.append(Blocker.EVIDENCE_STALE)
    if not summary.strip():
        found.append(Blocker.NO_SUMMARY)
    return tuple(found)


def output_refusals(document: Mapping[str, Any], *, is_released: bool, is_current: bool) -> tuple[OutputRefusal, ...]:
    """Which of the eight conditions for a customer's eyes a document does not meet; empty when it meets all.

    Args:
        document: As `document.for_customer` gives it.
        is_released: Whether its review was published.
        is_current: Whether it is whole and not out of date.
    """
    redaction = document.get("redaction") or {}
    held = {
        OutputRefusal.NOT_RELEASED: is_released,
        OutputRefusal.NOT_CURRENT: is_current,
        OutputRefusal.HIDES_GAPS: _tells_all_gaps(document),
        OutputRefusal.HIDES_LIMITS: "blind_spots" in document,
        OutputRefusal.SHOWS_INTERNALS: document.get("audience") in (Audience.CUSTOMER, Audience.NAMED),
        OutputRefusal.PERSONAL_DATA: _tells_of_personal_data(document),
        OutputRefusal.REDACTION_UNKNOWN: bool(redaction.get("method")),
        OutputRefusal.CLAIMS_TOO_MUCH: bool(document.get("is_no_certification")),
    }
    return tuple(name for name, holds in held.items() if not holds)


def _tells_of_personal_data(document: Mapping[str, Any]) -> bool:
    """Whether it has none, or is the edition for which somebody has decided so."""
    personal = (document.get("redaction") or {}).get("personal_data")
    is_named = document.get("audience") == Audience.NAMED
    return bool(personal == "left_out" or (is_named and personal == "included_by_decision"))


def _tells_all_gaps(document: Mapping[str, Any]) -> bool:
    """Whether every dimension that is not complete stands among the blind spots."""
    told = {spot.get("dimension") for spot in document.get("blind_spots", ())}
    dimensions = document.get("evidence", {}).get("dimensions", ())
    return all(one["state"] == Completeness.COMPLETE or one["dimension"] in told for one in dimensions)
