"""Bursts: one cause that hits several runs within a short time, more than the runs' own times explain.

Scan statistic: the largest number of distinct traces in a window of fixed length, over a few lengths. Null hypothesis:
the same number of traces, drawn at random from all traces, each hit at the time of one of its spans drawn at random.
So a cause that is everywhere, or runs that all ran at the same time, are no burst. The p value of the best window is
calibrated over all lengths by the same draws, and then over all causes by Holm's method (Holm 1979).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trueline.engine.diagnosis.concepts import RATE_CONCEPTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from trueline.engine.diagnosis.clusters import Cluster
    from trueline.engine.traces.model import Trace

MIN_TRACES = 3
MAX_P = 0.03
MAX_BURSTS = 5
WINDOWS_SECONDS = (30.0, 120.0, 600.0, 3_600.0)
FEW_DRAWS = 999
MAX_DRAWS = 199_999
WORTH_A_SECOND_LOOK = 0.05
_DRAWN_VALUES = 4_000_000
_REDRAWS = 40
_NS = 1e9


@dataclass(frozen=True, slots=True)
class Systemic:
    """A pattern over several runs, or within one run over several steps.

    Attributes:
        kind: `rate_limit_burst`, `correlated_failures` or `loop`.
        cluster: Id of the cluster; None for a loop of calls that did not fail.
        from_ns: First event, nanoseconds since 1970, None when the times are unknown.
        to_ns: Last event.
        traces: The traces, sorted.
        p_value: Probability of a pattern at least as strong without a common cause, adjusted for the number of looks.
    """

    kind: str
    cluster: str | None
    from_ns: int | None
    to_ns: int | None
    traces: tuple[str, ...]
    p_value: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    cluster: Cluster
    p_value: float
    window: tuple[int, int]
    traces: tuple[str, ...]


def bursts(traces: Sequence[Trace], clusters: Sequence[Cluster]) -> tuple[Systemic, ...]:
    """Every burst, strongest first. Deterministic: the draws are seeded by the cluster's id."""
    exposure = _exposure(traces)
    candidates = [found for cluster in clusters for found in _candidates(cluster, exposure)]
    adjusted = holm([candidate.p_value for candidate in candidates])
    flagged = [
        Systemic(_kind(candidate.cluster), candidate.cluster.id, *candidate.window, candidate.traces, round(p_value, 6))
        for candidate, p_value in zip(candidates, adjusted, strict=True)
        if p_value <= MAX_P and len(candidate.traces) >= MIN_TRACES
    ]
    return tuple(sorted(flagged, key=lambda found: (found.p_value, found.cluster or "")))


def _kind(cluster: Cluster) -> str:
    return "rate_limit_burst" if cluster.concept in RATE_CONCEPTS else "correlated_failures"


def _exposure(traces: Sequence[Trace]) -> tuple[NDArray[np.float64], ...]:
    """For each trace the times at which something could have failed, in seconds."""
    times = (
        np.array([span.wire.started_ns / _NS for span in trace.spans if span.wire.started_ns is not None])
        for trace in traces
    )
    return tuple(held for held in times if held.size)


def _candidates(cluster: Cluster, exposure: tuple[NDArray[np.float64], ...]) -> Iterator[_Candidate]:
    """The best window of a cause; where it is a burst, the best one of what is left, and so on."""
    events = sorted(
        (occurrence.at_ns, occurrence.member[0]) for occurrence in cluster.occurrences if occurrence.at_ns is not None
    )
    for _ in range(MAX_BURSTS):
        found = _candidate(cluster, events, exposure)
        if found is None:
            return
        yield found
        if found.p_value > MAX_P:
            return
        events = [event for event in events if event[1] not in found.traces]


def _candidate(
    cluster: Cluster, events: Sequence[tuple[int, str]], exposure: tuple[NDArray[np.float64], ...]
) -> _Candidate | None:
    """The best window with its p value; None when too few traces with a known time have the cause."""
    hit = len({trace_id for _, trace_id in events})
    if hit < MIN_TRACES or len(exposure) < hit:
        return None
    best = [_densest(events, seconds) for seconds in WINDOWS_SECONDS]
    observed = np.array([len(set(trace_ids)) for _, _, trace_ids in best], dtype=np.int64)
    if observed.max() < MIN_TRACES:
        return _Candidate(cluster, 1.0, best[0][:2], ())
    p_value, chosen = _calibrated(observed, _null_counts(cluster.id, hit, exposure, FEW_DRAWS))
    if p_value <= WORTH_A_SECOND_LOOK:
        many = int(np.clip(_DRAWN_VALUES // hit, FEW_DRAWS, MAX_DRAWS))
        p_value, chosen = _calibrated(observed, _null_counts(cluster.id, hit, exposure, many))
    start, end, trace_ids = best[chosen]
    return _Candidate(cluster, p_value, (start, end), tuple(sorted(set(trace_ids))))


def _densest(events: Sequence[tuple[int, str]], seconds: float) -> tuple[int, int, tuple[str, ...]]:
    """The window with most distinct traces; of equals the shortest, then the first. It ends at its last event."""
    width = int(seconds * _NS)
    counts: dict[str, int] = defaultdict(int)
    best: tuple[int, int, int, int] | None = None
    left = 0
    for right, (at_ns, trace_id) in enumerate(events):
        counts[trace_id] += 1
        while at_ns - events[left][0] > width or counts[events[left][1]] > 1:
            _forget(counts, events[left][1])
            left += 1
        key = (-len(counts), at_ns - events[left][0], left, right)
        best = key if best is None or key < best else best
    assert best is not None
    first, last = best[2], best[3]
    return events[first][0], events[last][0], tuple(trace_id for _, trace_id in events[first : last + 1])


def _forget(counts: dict[str, int], trace_id: str) -> None:
    counts[trace_id] -= 1
    if not counts[trace_id]:
        del counts[trace_id]


def _null_counts(seed: str, hit: int, exposure: tuple[NDArray[np.float64], ...], draws: int) -> NDArray[np.int64]:
    """Largest numbers of traces per window length under the null, shape (draws, lengths)."""
    rng = np.random.default_rng(int(hashlib.sha256(seed.encode()).hexdigest()[:16], 16))
    flat = np.concatenate(exposure)
    sizes = np.array([held.size for held in exposure])
    offsets = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    picked = _distinct(rng, draws, hit, len(exposure))
    times = flat[offsets[picked] + (rng.random(picked.shape) * sizes[picked]).astype(np.int64)]
    times.sort(axis=1)
    return np.stack([_largest(times, seconds) for seconds in WINDOWS_SECONDS], axis=1)


def _distinct(rng: np.random.Generator, draws: int, size: int, population: int) -> NDArray[np.int64]:
    """Samples without replacement, shape (draws or fewer, size)."""
    if size * size < population:
        picked = rng.integers(population, size=(draws, size))
        for _ in range(_REDRAWS):
            repeated = (np.diff(np.sort(picked, axis=1), axis=1) == 0).any(axis=1)
            if not repeated.any():
                break
            picked[repeated] = rng.integers(population, size=(int(repeated.sum()), size))
        return picked
    rows = int(np.clip(_DRAWN_VALUES // population, min(draws, FEW_DRAWS), draws))
    ranked = rng.random((rows, population)).argpartition(size - 1, axis=1)
    return np.asarray(ranked[:, :size], dtype=np.int64)


def _largest(times: NDArray[np.float64], seconds: float) -> NDArray[np.int64]:
    """For each row of sorted times the largest number within a window."""
    largest = np.ones(times.shape[0], dtype=np.int64)
    for size in range(2, times.shape[1] + 1):
        fits = ((times[:, size - 1 :] - times[:, : times.shape[1] - size + 1]) <= seconds).any(axis=1)
        if not fits.any():
            break
        largest[fits] = size
    return largest


def _calibrated(observed: NDArray[np.int64], null: NDArray[np.int64]) -> tuple[float, int]:
    """The p value of the best window length, and its place. Lengths with too few traces do not count."""
    draws = null.shape[0]
    single = (1 + (null >= observed).sum(axis=0)) / (draws + 1)
    single[observed < MIN_TRACES] = 1.0
    # For each draw the p value that its own best length would have had among the draws.
    order = np.sort(null, axis=0)
    own = np.stack(
        [
            (draws - np.searchsorted(order[:, column], null[:, column], side="left")) / draws
            for column in range(null.shape[1])
        ],
        axis=1,
    )
    own[null < MIN_TRACES] = 1.0
    best = float(single.min())
    chosen = int(single.argmin())
    return min(1.0, float((1 + (own.min(axis=1) <= best).sum()) / (draws + 1))), chosen


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment: p values that hold for all of them together."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted = [1.0] * len(p_values)
    running = 0.0
    for rank, place in enumerate(order):
        running = max(running, min(1.0, p_values[place] * (len(p_values) - rank)))
        adjusted[place] = running
    return adjusted
