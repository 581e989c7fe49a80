"""Turn clusters into detections: how much each matters, what a decision is pinned to, and what absence says. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trueline.engine.diagnosis.rates import Rate, has_fallen, has_risen
from trueline.evaluations.scanning import ClusterSource, FoundCluster
from trueline.findings.rules import RANK, Detected, Detection, Severity, demand_key

AREA = "agents"
FAILURES, BROKEN = "failure", "broken_rule"
"""The detectors: failed spans of one cause, and runs that broke one rule."""
_OFTEN, _SOMETIMES = 0.2, 0.05
_BY_RANK = {rank: severity for severity, rank in RANK.items()}


@dataclass(frozen=True, slots=True)
class Held:
    """A decision on a cluster that holds or waits: the rate it was made on, and how severe it was then."""

    rate: Rate
    rank: int


@dataclass(frozen=True, slots=True)
class Known:
    """A cluster of earlier scans: its rate when it was seen last, and the runs without it since."""

    rate: Rate
    unseen: int

    @property
    def may_be_there(self) -> bool:
        """Whether the runs without it are too few to say that it is gone."""
        return not has_fallen(self.rate, Rate(0, self.unseen))


def subject_key(cluster_key: str) -> str:
    """How a finding names its cluster."""
    return f"cluster:{cluster_key}"


def severity_of(rate: Rate, *, is_hard: bool) -> Severity:
    """By how many runs it hits; a broken hard rule is one step worse."""
    if rate.share >= _OFTEN:
        return Severity.CRITICAL if is_hard else Severity.HIGH
    if rate.share >= _SOMETIMES:
        return Severity.HIGH if is_hard else Severity.MEDIUM
    return Severity.MEDIUM if is_hard else Severity.LOW


def detection_of(found: FoundCluster, standard_id: str, held: Held | None) -> Detection:
    """A cluster as a finding's detection.

    A decision stays good while the rate has not risen beyond chance: the detection is then pinned to the rate that was
    decided on, at most as severe as it was then. Otherwise it is pinned to what is there now.
    """
    severity, pinned = severity_of(found.rate, is_hard=found.is_hard), found.rate
    if held is not None and not has_risen(held.rate, found.rate):
        pinned = held.rate
        severity = _BY_RANK[max(RANK[severity], held.rank)]
    is_rule = found.source is ClusterSource.RULE
    return Detection(
        detector=BROKEN if is_rule else FAILURES,
        standard_id=standard_id,
        area=AREA,
        object_type=BROKEN if is_rule else FAILURES,
        subject_key=subject_key(found.key),
        subject_name=found.name[:500],
        facet="",
        path="",
        kind="broken" if is_rule else "failing",
        severity=severity,
        expected={"rule": found.rule_key} if is_rule else None,
        observed={
            "hit": found.rate.hit,
            "of": found.rate.of,
            "occurrences": found.occurrences,
            "pinned": {"hit": pinned.hit, "of": pinned.of},
        },
        pin={"cluster": found.key, "hit": pinned.hit, "of": pinned.of},
    )


def detected(  # noqa: PLR0913 - what was seen, what was known, what was decided
    source: ClusterSource,
    standard_id: str,
    found: Iterable[FoundCluster],
    known: Mapping[str, Known],
    held: Mapping[str, Held],
    *,
    is_complete: bool,
) -> Detected:
    """All that a scan says of one kind of clusters.

    Args:
        source: Which kind.
        standard_id: The world model of broken rules, empty for failures.
        found: Clusters of that kind that the scan saw.
        known: Clusters of earlier scans by key.
        held: Decisions by key.
        is_complete: Whether everything handed over was read; a part says nothing about what is gone.
    """
    here = [one for one in found if one.source is source]
    seen = {one.key for one in here}
    unsure = {demand_key(subject_key(key), "") for key, one in known.items() if key not in seen and one.may_be_there}
    return Detected(
        BROKEN if source is ClusterSource.RULE else FAILURES,
        standard_id,
        frozenset({AREA} if is_complete else ()),
        tuple(detection_of(one, standard_id, held.get(one.key)) for one in here),
        unknown=frozenset(unsure),
    )


def pinned_rate(observed: Any) -> Rate | None:
    """The rate that a decision on that observed value is pinned to, None for a value of another kind."""
    pinned = observed.get("pinned") if isinstance(observed, dict) else None
    return Rate(pinned["hit"], pinned["of"]) if isinstance(pinned, dict) else None
