"""The whole diagnosis of a reading: clusters, systemic patterns, attribution. Pure and deterministic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.engine.diagnosis.attribution import Attribution, attribute, is_failed_run
from trueline.engine.diagnosis.bursts import Systemic, bursts
from trueline.engine.diagnosis.clusters import Cluster, Occurrence, cluster_occurrences
from trueline.engine.diagnosis.containment import causes_of
from trueline.engine.diagnosis.failures import failures_of
from trueline.engine.diagnosis.loops import loops
from trueline.engine.diagnosis.normalizer import normalize
from trueline.engine.traces.graph import named_agents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trueline.engine.traces.model import Trace


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found in a set of traces.

    Attributes:
        clusters: By size, then id; every failed span is a member of exactly one.
        systemic: Bursts, then loops, each by strength.
        attribution: For each failed run, by trace id.
        agents: Every agent that the traces name, sorted.
    """

    clusters: tuple[Cluster, ...]
    systemic: tuple[Systemic, ...]
    attribution: tuple[Attribution, ...]
    agents: tuple[str, ...]


def diagnose(traces: Sequence[Trace]) -> Diagnosis:
    """Diagnose traces as `engine.traces.reader.read` gives them; their order is ignored."""
    ordered = sorted(traces, key=lambda trace: trace.trace_id)
    occurrences: list[Occurrence] = []
    attributions: list[Attribution] = []
    for trace in ordered:
        found, explained = _diagnose_one(trace)
        occurrences.extend(found)
        if explained is not None:
            attributions.append(explained)
    clusters = cluster_occurrences(occurrences)
    cluster_of = {(member[0], member[1]): cluster.id for cluster in clusters for member in cluster.members}
    return Diagnosis(
        clusters=clusters,
        systemic=(*bursts(ordered, clusters), *loops(ordered, cluster_of)),
        attribution=tuple(attributions),
        agents=tuple(sorted({agent for trace in ordered for agent in named_agents(trace)})),
    )


def _diagnose_one(trace: Trace) -> tuple[list[Occurrence], Attribution | None]:
    failures = failures_of(trace)
    causes = causes_of(trace, failures)
    occurrences = [
        Occurrence(
            member=(failure.trace_id, failure.span_id),
            cause=causes[failure.span_id].normalized,
            agent=failure.agent,
            at_ns=failure.at_ns,
        )
        for failure in failures
    ]
    explained = attribute(trace, failures, causes) if is_failed_run(trace, failures) else None
    return occurrences, explained if explained is not None and explained.candidates else None


def cluster_messages(messages: Iterable[tuple[str, str]]) -> tuple[Cluster, ...]:
    """Clusters of bare messages, given as id and text."""
    return cluster_occurrences(Occurrence((message_id,), normalize(text)) for message_id, text in messages)
