"""What a list of traces shows of one trace: a line that depends on its spans only, never on how they arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.engine.traces.graph import ancestors, named_agents
from trueline.engine.traces.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trueline.engine.traces.model import Span, Trace


@dataclass(frozen=True, slots=True)
class TraceSummary:
    """One trace in a line; None means that no span says it.

    Attributes:
        trace_id: 32 hex digits.
        name: Name of the root that began first, else of the first span: pieces may arrive before their root.
        started_ns: The earliest start.
        ended_ns: The latest end.
        spans: How many spans are known.
        failed_spans: How many of them have the status error.
        status: Of the root when it says one, else error when any span failed, else unset.
        agents: Every agent that the trace names, sorted.
        input_tokens: Over the innermost spans that tell their usage: an agent repeats that of its calls.
        output_tokens: The same.
        cost: In US dollars, the same way.
    """

    trace_id: str
    name: str
    started_ns: int | None
    ended_ns: int | None
    spans: int
    failed_spans: int
    status: Status
    agents: tuple[str, ...]
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None

    @property
    def duration_ns(self) -> int | None:
        """From the earliest start to the latest end; None when either is unknown."""
        return None if self.started_ns is None or self.ended_ns is None else self.ended_ns - self.started_ns


def summary(trace: Trace) -> TraceSummary:
    """The summary of a trace that `assembly.assemble` made, and that has a span at least."""
    root = _root(trace)
    failed = sum(span.wire.status is Status.ERROR for span in trace.spans)
    used = _innermost(trace, (span for span in trace.spans if span.usage is not None))
    priced = _innermost(trace, (span for span in trace.spans if span.cost is not None))
    return TraceSummary(
        trace_id=trace.trace_id,
        name=root.name,
        started_ns=min((at for span in trace.spans if (at := span.wire.started_ns) is not None), default=None),
        ended_ns=max((at for span in trace.spans if (at := span.wire.ended_ns) is not None), default=None),
        spans=len(trace.spans),
        failed_spans=failed,
        status=_status(root, failed),
        agents=named_agents(trace),
        input_tokens=_total(span.usage.input_tokens for span in used if span.usage is not None),
        output_tokens=_total(span.usage.output_tokens for span in used if span.usage is not None),
        cost=_cost(priced),
    )


def _root(trace: Trace) -> Span:
    """Spans are in the order of their start, so the first without a parent is the root that began first."""
    return next((span for span in trace.spans if span.parent_id is None), trace.spans[0])


def _status(root: Span, failed: int) -> Status:
    if root.parent_id is None and root.wire.status is not Status.UNSET:
        return root.wire.status
    return Status.ERROR if failed else Status.UNSET


def _innermost(trace: Trace, telling: Iterable[Span]) -> list[Span]:
    """Those spans that have no other of them below: what a caller tells again of its calls is counted once."""
    found = {span.wire.span_id: span for span in telling}
    outer: set[str] = set()
    by_id = {span.wire.span_id: span for span in trace.spans} if found else {}
    for span in found.values():
        for above in ancestors(span, by_id):
            if above.wire.span_id in outer:
                break
            outer.add(above.wire.span_id)
    return [span for span_id, span in found.items() if span_id not in outer]


def _total(counts: Iterable[int | None]) -> int | None:
    told = [count for count in counts if count is not None]
    return sum(told) if told else None


def _cost(priced: Iterable[Span]) -> float | None:
    """Added in the order of size: floating point would give another sum for another order."""
    told = sorted(span.cost for span in priced if span.cost is not None)
    return sum(told) if told else None
