"""Who is whose parent in a trace, and which agent a span belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trueline.engine.traces.model import Span, Trace


def ancestors(span: Span, by_id: Mapping[str, Span]) -> Iterator[Span]:
    """The ancestors of a span from its parent up; a circle of parents ends where it closes."""
    seen = {span.span_id}
    parent_id = span.parent_id
    while parent_id is not None and parent_id not in seen and parent_id in by_id:
        parent = by_id[parent_id]
        yield parent
        seen.add(parent_id)
        parent_id = parent.parent_id


def owning_agents(trace: Trace) -> dict[str, str]:
    """For each span id the agent it belongs to: its own, else that of the nearest ancestor that names one."""
    by_id = {span.wire.span_id: span for span in trace.spans}
    known: dict[str, str | None] = {}
    for own_id, span in by_id.items():
        found = span.agent
        if found or own_id in known:
            known.setdefault(own_id, found)
            continue
        path = [own_id]
        for step in ancestors(span, by_id):
            path.append(step.wire.span_id)
            found = known.get(path[-1]) or step.agent
            if found or path[-1] in known:
                break
        for span_id in path:
            known.setdefault(span_id, found)
    return {span_id: agent for span_id, agent in known.items() if agent}


def named_agents(trace: Trace) -> tuple[str, ...]:
    """Every agent that a trace names, sorted."""
    return tuple(sorted(set(owning_agents(trace).values())))
