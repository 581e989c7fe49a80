"""Spans and log records of any order, repeated or in pieces, to traces: each span once, the same whatever the order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trueline.engine.traces.cases import with_case
from trueline.engine.traces.decoding import as_text
from trueline.engine.traces.model import Json, Span, SpanEvent, Trace, WireLog, WireSpan
from trueline.engine.traces.normal_form import normal_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SpanKey = tuple[str, str]
_LATEST = 2**63


def assemble(
    spans: Iterable[WireSpan],
    logs: Iterable[WireLog] = (),
    metadata: Mapping[str, Mapping[str, Json]] | None = None,
    form: Callable[[WireSpan], Span] = normal_form,
) -> tuple[Trace, ...]:
    """Traces ordered by id, spans ordered by start, step and id.

    Args:
        spans: Spans; of two with the same ids the more complete one stays.
        logs: Log records; each becomes an event of its span, those of unknown spans are ignored.
        metadata: What files say about runs, by trace id.
        form: How a span is brought to normal form; `outline` where nobody reads what was said.
    """
    known = unique_spans(spans)
    by_trace: dict[str, list[Span]] = {}
    events = _events_by_span(logs)
    for key, wire in known.items():
        whole = _with_events(wire, events[key]) if key in events else wire
        by_trace.setdefault(wire.trace_id, []).append(form(whole))
    told = metadata or {}
    return tuple(
        _trace(trace_id, sorted(by_trace[trace_id], key=_position), told.get(trace_id, {}))
        for trace_id in sorted(by_trace)
    )


def _trace(trace_id: str, spans: list[Span], told: Mapping[str, Json]) -> Trace:
    return Trace(trace_id, tuple(spans), with_case(told, spans))


def unique_spans(spans: Iterable[WireSpan]) -> dict[SpanKey, WireSpan]:
    """Each span once. Of two versions the one that ended, then the one that says more, then the greater text stays."""
    known: dict[SpanKey, WireSpan] = {}
    for wire in spans:
        key = (wire.trace_id, wire.span_id)
        held = known.get(key)
        known[key] = wire if held is None else _fuller(held, wire)
    return known


def _fuller(one: WireSpan, other: WireSpan) -> WireSpan:
    if one == other:
        return one
    return max(one, other, key=_completeness)


def _completeness(wire: WireSpan) -> tuple[int, int, str]:
    said = as_text([dict(wire.attributes), wire.status, wire.status_message, wire.name, wire.parent_id])
    return wire.ended_ns or -1, len(wire.attributes) + len(wire.events), said


def _events_by_span(logs: Iterable[WireLog]) -> dict[SpanKey, list[SpanEvent]]:
    grouped: dict[SpanKey, list[SpanEvent]] = {}
    for log in logs:
        grouped.setdefault((log.trace_id, log.span_id), []).append(log.event)
    return grouped


def _with_events(wire: WireSpan, extra: Iterable[SpanEvent]) -> WireSpan:
    fresh = {_event_key(event): event for event in extra}
    return replace(wire, events=wire.events + tuple(fresh[key] for key in sorted(fresh)))


def _event_key(event: SpanEvent) -> tuple[int, str, str]:
    return event.at_ns or -1, event.name, as_text(dict(event.attributes))


def _position(span: Span) -> tuple[int, int, str]:
    wire, step = span.wire, span.step
    return _LATEST if wire.started_ns is None else wire.started_ns, -1 if step is None else step, wire.span_id
