"""States of a finding, its severity and its identity. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from trueline.kit import digest


class FindingState(StrEnum):
    """Where a finding is in its work."""

    NEW = "new"
    TRIAGED = "triaged"
    IN_PROGRESS = "in_progress"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    CLOSED = "closed"
    RISK_ACCEPTED = "risk_accepted"


OPEN = (FindingState.NEW, FindingState.TRIAGED, FindingState.IN_PROGRESS, FindingState.REOPENED)
LOOKED_AT = (*OPEN, FindingState.RISK_ACCEPTED)
"""States among which open findings are found: an accepted risk counts as open once its decision does not hold."""
_TERMINAL = {FindingState.RESOLVED, FindingState.CLOSED, FindingState.RISK_ACCEPTED}
MOVES: dict[str, set[str]] = {
    FindingState.NEW: {FindingState.TRIAGED, *_TERMINAL},
    FindingState.REOPENED: {FindingState.TRIAGED, *_TERMINAL},
    FindingState.TRIAGED: {FindingState.IN_PROGRESS, *_TERMINAL},
    FindingState.IN_PROGRESS: set(_TERMINAL),
    FindingState.RESOLVED: {FindingState.REOPENED},
    FindingState.CLOSED: {FindingState.REOPENED},
    FindingState.RISK_ACCEPTED: {FindingState.REOPENED},
}


class Severity(StrEnum):
    """How much it matters."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


RANK = {Severity.CRITICAL: 1, Severity.HIGH: 2, Severity.MEDIUM: 3, Severity.LOW: 4, Severity.INFO: 5}
LONGEST_TERM_DAYS = 1095
SLA_DAYS = {Severity.CRITICAL: 3, Severity.HIGH: 14, Severity.MEDIUM: 30, Severity.LOW: 90, Severity.INFO: 365}

VERIFIED_CLEARED = "verified_cleared"
"""A later, complete capture shows it gone. Another thing than `remediated`, which is somebody's word."""


NOT_ASKED = "not_asked"
"""Closed by itself: its standard no longer asks for it, or its environment is held to that standard no more."""


def demand_key(subject_key: str, path: str) -> str:
    """How a demand is named to the database, which puts it together the same way."""
    return f"{subject_key}\x1f{path}"


@dataclass(frozen=True, slots=True)
class Detection:
    """Something a detector saw. The same cause gives the same fingerprint, capture after capture.

    Attributes:
        detector: Code of the detector.
        standard_id: The baseline profile it was held against, as text; empty for none.
        subject_key: Who it is about, stable across captures: type and id.
        path: Which value of the subject, with its facet in front; empty for the whole object.
        expected: What should be, JSON, None when nothing was expected.
        observed: What is, JSON, None when nothing is there.
        pin: What a decision is pinned to, where that is not everything observed: a rate moves with every look, and
            only a rise is news. None for what is observed.
    """

    detector: str
    standard_id: str
    area: str
    object_type: str
    subject_key: str
    subject_name: str
    facet: str
    path: str
    kind: str
    severity: Severity
    expected: Any
    observed: Any
    pin: Any = None

    def fingerprint(self, environment_id: UUID) -> str:
        """Identity of the finding: environment, detector, standard, subject and path; never its value or name."""
        parts = (str(environment_id), self.detector, self.standard_id, self.subject_key, self.facet, self.path)
        return digest.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass"))

    @property
    def demand(self) -> str:
        """What it is about within its standard, whatever its object is called."""
        return demand_key(self.subject_key, self.path)

    def observed_digest(self) -> str:
        """Digest of the observed value; a decision is pinned to it."""
        return digest.sha256(digest.quick(self.observed if self.pin is None else self.pin))


@dataclass(frozen=True, slots=True)
class Detected:
    """All that one detector says of one snapshot.

    Attributes:
        covered: Areas in which absence means gone. A finding of any other area is never cleared.
        unknown: Demands that nobody could tell of; their findings are never cleared, whatever the area.
        asked: Every demand that there is, None when the detector knows none. An open finding of any other is closed
            as not asked for any more: it is neither open for ever nor repaired.
    """

    detector: str
    standard_id: str
    covered: frozenset[str]
    detections: tuple[Detection, ...]
    unknown: frozenset[str] = frozenset()
    asked: frozenset[str] | None = None

    def severities(self) -> Mapping[Severity, int]:
        """How many of each severity."""
        return count(item.severity for item in self.detections)


def count(severities: Iterable[Severity]) -> dict[Severity, int]:
    """How often each severity occurs; every severity has its number."""
    found = dict.fromkeys(Severity, 0)
    for item in severities:
        found[item] += 1
    return found
