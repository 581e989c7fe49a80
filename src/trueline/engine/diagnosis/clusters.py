"""Clusters of failures by root cause, with the severities of one cause as variants below it."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.engine.diagnosis.concepts import title_of
from trueline.engine.diagnosis.normalizer import cluster_id
from trueline.engine.diagnosis.similarity import merged_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trueline.engine.diagnosis.normalizer import Fingerprint, Normalized
    from trueline.engine.diagnosis.quantities import Quantity

Member = tuple[str, ...]
"""What identifies an occurrence: trace id and span id, or the id of a message."""

_UNKNOWN_CAUSE = "Failure without a message"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One failure with its cause.

    Attributes:
        member: What identifies it.
        cause: The text that tells the cause, read.
        agent: The agent it belongs to, None when unknown.
        at_ns: When, nanoseconds since 1970, None when unknown.
    """

    member: Member
    cause: Normalized
    agent: str | None = None
    at_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One severity of a cause.

    Attributes:
        id: Stable id made of the cluster, the quantity and its unit.
        quantity: The value in the unit's base, None for occurrences without a quantity.
        unit: Seconds `s`, a currency code, `tokens`, `percent`, `bytes`, `http_status`, `count`; None without.
        members: Sorted.
    """

    id: str
    quantity: float | None
    unit: str | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """All failures of one root cause.

    Attributes:
        id: Stable: made of the cause's fingerprint and the version of the normaliser.
        concept: Its name in the lexicon, empty when it is not there.
        root_cause: The cause for a person.
        label: The commonest wording, masked.
        agents: Agents with such a failure, sorted.
        occurrences: Sorted by member.
        variants: By unit and quantity; empty when no occurrence carries a quantity.
    """

    id: str
    concept: str
    root_cause: str
    label: str
    agents: tuple[str, ...]
    occurrences: tuple[Occurrence, ...]
    variants: tuple[Variant, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        return tuple(occurrence.member for occurrence in self.occurrences)


def cluster_occurrences(occurrences: Iterable[Occurrence]) -> tuple[Cluster, ...]:
    """Clusters by size, then by id. Every occurrence is a member of exactly one. The order of the input is ignored."""
    everything = tuple(occurrences)
    weights = Counter(occurrence.cause.fingerprint for occurrence in everything)
    joined = merged_keys(weights)
    by_key = {fingerprint.key: fingerprint for fingerprint in weights}
    groups: dict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in everything:
        groups[joined[occurrence.cause.fingerprint.key]].append(occurrence)
    clusters = (_cluster(by_key[key], sorted(group, key=_by_member)) for key, group in groups.items())
    return tuple(sorted(clusters, key=lambda cluster: (-len(cluster.occurrences), cluster.id)))


def _by_member(occurrence: Occurrence) -> Member:
    return occurrence.member


def _cluster(fingerprint: Fingerprint, occurrences: Sequence[Occurrence]) -> Cluster:
    made = cluster_id(fingerprint.key)
    wordings = Counter(occurrence.cause.wording for occurrence in occurrences)
    label = min(wordings, key=lambda wording: (-wordings[wording], len(wording), wording))
    return Cluster(
        id=made,
        concept=fingerprint.concept,
        root_cause=describe(fingerprint),
        label=label or _UNKNOWN_CAUSE,
        agents=tuple(sorted({occurrence.agent for occurrence in occurrences if occurrence.agent})),
        occurrences=tuple(occurrences),
        variants=_variants(made, occurrences),
    )


def describe(fingerprint: Fingerprint) -> str:
    """The cause for a person: "Timeout: payments", or type and masked message."""
    targets = ", ".join(sorted(fingerprint.targets))
    if fingerprint.concept:
        title = title_of(fingerprint.concept)
        return f"{title}: {targets}" if targets else title
    said = ": ".join(part for part in (fingerprint.type, fingerprint.template) if part) or _UNKNOWN_CAUSE
    return f"{said} ({fingerprint.context})" if fingerprint.context else said


def _variants(cluster: str, occurrences: Sequence[Occurrence]) -> tuple[Variant, ...]:
    by_quantity: dict[tuple[str, float] | None, list[Member]] = defaultdict(list)
    for occurrence in occurrences:
        by_quantity[_scale(occurrence.cause.severity)].append(occurrence.member)
    if set(by_quantity) == {None}:
        return ()
    ordered = sorted(by_quantity.items(), key=lambda item: (item[0] is None, item[0] or ("", 0.0)))
    return tuple(_variant(cluster, scale, members) for scale, members in ordered)


def _scale(quantity: Quantity | None) -> tuple[str, float] | None:
    return None if quantity is None else (quantity.unit, quantity.value)


def _variant(cluster: str, scale: tuple[str, float] | None, members: Sequence[Member]) -> Variant:
    basis = f"{cluster}|" + ("" if scale is None else f"{scale[0]}|{scale[1]:g}")
    made = "v" + hashlib.sha256(basis.encode()).hexdigest()[:15]
    return Variant(made, None if scale is None else scale[1], None if scale is None else scale[0], tuple(members))
