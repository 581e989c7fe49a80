"""Loops: an agent that makes the same call again and again, more often in a row than its fellows ever repeat one.

Statistic: the longest run of calls that equal the one before (same tool, same arguments). Null hypothesis: each call
repeats the one before with the rate seen in all other traces (with a prior of one in ten). The probability of a run at
least this long is exact, by recursion over the calls, and adjusted over all traces by Holm's method.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.engine.diagnosis.bursts import Systemic, holm
from trueline.engine.traces.decoding import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trueline.engine.traces.model import Span, Trace

MIN_CALLS = 4
MAX_P = 0.01
_PRIOR_REPEATS, _PRIOR_CALLS = 1.0, 10.0


@dataclass(frozen=True, slots=True)
class Run:
    """The longest run of equal calls in a trace.

    Attributes:
        trace_id: The trace.
        spans: The calls of the run.
        repeats: Calls of the trace that equal the one before.
        pairs: Calls of the trace that have one before.
    """

    trace_id: str
    spans: tuple[Span, ...]
    repeats: int
    pairs: int


def loops(traces: Sequence[Trace], cluster_of: Mapping[tuple[str, str], str]) -> tuple[Systemic, ...]:
    """Every loop, strongest first.

    Args:
        traces: The traces.
        cluster_of: Trace id and span id to the id of the cluster, for failed spans.
    """
    runs = [longest_run(trace) for trace in traces]
    repeats, pairs = sum(run.repeats for run in runs), sum(run.pairs for run in runs)
    long = [run for run in runs if len(run.spans) >= MIN_CALLS]
    p_values = [
        run_probability(
            run.pairs,
            len(run.spans) - 1,
            (repeats - run.repeats + _PRIOR_REPEATS) / (pairs - run.pairs + _PRIOR_CALLS),
        )
        for run in long
    ]
    adjusted = holm(p_values)
    flagged = [
        _pattern(run, p_value, cluster_of) for run, p_value in zip(long, adjusted, strict=True) if p_value <= MAX_P
    ]
    return tuple(sorted(flagged, key=lambda found: (found.p_value, found.traces)))


def longest_run(trace: Trace) -> Run:
    """The longest run of equal tool calls; the first of equals. Calls without known arguments never repeat."""
    calls = [span for span in trace.spans if span.tool is not None]
    best: list[Span] = []
    current: list[Span] = []
    repeats = 0
    for span in calls:
        is_repeat = bool(current) and _call(span) is not None and _call(span) == _call(current[-1])
        repeats += is_repeat
        current = [*current, span] if is_repeat else [span]
        best = current if len(current) > len(best) else best
    return Run(trace.trace_id, tuple(best), repeats, max(len(calls) - 1, 0))


def _call(span: Span) -> tuple[str, str] | None:
    if span.tool is None or span.tool.arguments in (None, "", {}, []):
        return None
    return span.tool.name, as_text(span.tool.arguments)


def run_probability(trials: int, length: int, rate: float) -> float:
    """Probability of at least one run of `length` successes in `trials` trials of a given rate."""
    if length > trials:
        return 0.0
    # none[n]: no run within the first n trials; Feller, An Introduction to Probability Theory, XIII.7.
    none = [1.0] * (length + 1)
    none[length] = 1.0 - rate**length
    for count in range(length + 1, trials + 1):
        none.append(none[count - 1] - (1.0 - rate) * rate**length * none[count - length - 1])
    return min(1.0, max(0.0, 1.0 - none[trials]))


def _pattern(run: Run, p_value: float, cluster_of: Mapping[tuple[str, str], str]) -> Systemic:
    hit = Counter(cluster_of.get((span.trace_id, span.span_id)) for span in run.spans)
    cluster = min(hit, key=lambda name: (-hit[name], name or ""))
    starts = [span.wire.started_ns for span in run.spans if span.wire.started_ns is not None]
    ends = [span.wire.ended_ns for span in run.spans if span.wire.ended_ns is not None]
    return Systemic(
        "loop", cluster, min(starts, default=None), max(ends, default=None), (run.trace_id,), round(p_value, 6)
    )
