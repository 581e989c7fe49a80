"""The graph of a system of agents, read off its spans: its agents, whom they call, their tools and models.

Only parents and children say who calls whom. Where a source names none (a transcript), agents stand side by side: order
alone is no call.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from trueline.engine.traces.graph import ancestors, owning_agents
from trueline.engine.traces.model import SpanKind, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trueline.engine.traces.model import Span, Trace

LONGEST_NAME = 200


class PartKind(StrEnum):
    """What a part of the graph is."""

    AGENT = "agent"
    CALLS = "calls"
    USES_TOOL = "uses_tool"
    ASKS_MODEL = "asks_model"


PartKey = tuple[PartKind, str, str]
"""Kind, agent, and whom or what it reaches; the latter is empty for an agent itself."""


@dataclass(frozen=True, slots=True)
class GraphPart:
    """An agent, or one way from it to another agent, a tool or a model.

    Attributes:
        agent: The agent; empty for a call that comes from outside, and for a tool or model that nobody is known to use.
        target: The called agent, the tool or the model; empty for an agent itself.
        runs: Traces in which it was seen.
        calls: How often; for an agent how often it was entered.
        failed: How many of them failed.
        seconds: Sum of their durations, None when no span tells.
        tokens: Input and output of its model calls, None when no span tells.
        cost: US dollars of its model calls, None when no span tells.
    """

    kind: PartKind
    agent: str
    target: str
    runs: int
    calls: int
    failed: int
    seconds: float | None
    tokens: int | None
    cost: float | None

    @property
    def key(self) -> PartKey:
        """What it is, whatever its numbers."""
        return self.kind, self.agent, self.target


@dataclass(slots=True)
class _Sum:
    """What is counted of one part."""

    runs: set[str] = field(default_factory=set)
    spans: list[Span] = field(default_factory=list)
    models: list[Span] = field(default_factory=list)


def agent_graph(traces: Iterable[Trace]) -> tuple[GraphPart, ...]:
    """Every part that the traces show, agents first, then by name. The order of traces does not matter."""
    sums: dict[PartKey, _Sum] = defaultdict(_Sum)
    for trace in traces:
        for key, span, is_entered in _seen(trace):
            held = sums[key]
            held.runs.add(trace.trace_id)
            if is_entered:
                held.spans.append(span)
            if span.kind is SpanKind.LLM:
                held.models.append(span)
    order = list(PartKind)
    return tuple(_part(key, sums[key]) for key in sorted(sums, key=lambda key: (order.index(key[0]), *key[1:])))


def _seen(trace: Trace) -> Iterator[tuple[PartKey, Span, bool]]:
    """Each part that a span shows, and whether the span is a call of it (else it only adds to the agent's numbers)."""
    owners = {span_id: name[:LONGEST_NAME] for span_id, name in owning_agents(trace).items()}
    by_id = {span.span_id: span for span in trace.spans}
    outer = {span.parent_id for span in trace.spans if span.kind is SpanKind.LLM}
    for span in trace.spans:
        agent = owners.get(span.span_id, "")
        if agent:
            caller = _caller(span, by_id, owners)
            is_entered = caller != agent
            if is_entered:
                yield (PartKind.CALLS, caller, agent), span, True
            if is_entered or _is_model(span, outer):
                yield (PartKind.AGENT, agent, ""), span, is_entered
        if span.tool is not None:
            yield (PartKind.USES_TOOL, agent, span.tool.name[:LONGEST_NAME]), span, True
        if _is_model(span, outer) and span.model:
            yield (PartKind.ASKS_MODEL, agent, span.model[:LONGEST_NAME]), span, True


def _is_model(span: Span, outer: set[str | None]) -> bool:
    """A model call that holds no other: an outer one repeats the usage of the inner ones."""
    return span.kind is SpanKind.LLM and span.span_id not in outer


def _caller(span: Span, by_id: Mapping[str, Span], owners: Mapping[str, str]) -> str:
    """The agent above, empty for a call from outside."""
    return next((owners[above.span_id] for above in ancestors(span, by_id) if above.span_id in owners), "")


def _part(key: PartKey, held: _Sum) -> GraphPart:
    durations = [_seconds(span) for span in held.spans]
    tokens = [_tokens(span) for span in held.models]
    costs = sorted(span.cost for span in held.models if span.cost is not None)
    return GraphPart(
        *key,
        runs=len(held.runs),
        calls=len(held.spans),
        failed=sum(span.wire.status is Status.ERROR for span in held.spans),
        seconds=_total(durations),
        tokens=None if (told := _total(tokens)) is None else int(told),
        cost=sum(costs) if costs else None,
    )


def _seconds(span: Span) -> float | None:
    started, ended = span.wire.started_ns, span.wire.ended_ns
    return None if started is None or ended is None else (ended - started) / 1e9


def _tokens(span: Span) -> float | None:
    usage = span.usage
    if usage is None or (usage.input_tokens is None and usage.output_tokens is None):
        return None
    return (usage.input_tokens or 0) + (usage.output_tokens or 0)


def _total(values: Iterable[float | None]) -> float | None:
    """Added in the order of size: floating point would give another sum for another order."""
    told = sorted(value for value in values if value is not None)
    return sum(told) if told else None
