"""Spans and log records of any order, repeated or in pieces, to traces: each span once, the same whatever the order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trueline.engine.traces.decoding import as_text
from trueline.engine.traces.model import Json, Span, SpanEvent, Trace, WireLog, WireSpan
from trueline.engine.traces.normal_form import normal_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SpanKey = tuple[str, str]
_LATEST = 2**63


def assemble(
    spans: Iterable[WireSpan], logs: Iterable[WireLog] = (), metadata: Mapping[str, Mapping[str, Json]] | None = None
) -> tuple[Trace, ...]:
    """Traces ordered by id, spans ordered by start, step and id.

    Args:
        spans: Spans; of two with the same ids the more complete one stays.
        logs: Log records; each becomes an event of its span, those of unknown spans are ignored.
        metadata: What files say about runs, by trace id.
    """
    known = unique_spans(spans)
    by_trace: dict[str, list[Span]] = {}
    events = _events_by_span(logs)
    for key, wire in known.items():
        by_trace.setdefault(wire.trace_id, []).append(normal_form(_with_events(wire, events.get(key, ()))))
    told = metadata or {}
    return tuple(
        Trace(trace_id, tuple(sorted(by_trace[trace_id], key=_position)), told.get(trace_id, {}))
        for trace_id in sorted(by_trace)
    )


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
    if not fresh:
        return wire
    return replace(wire, events=wire.events + tuple(fresh[key] for key in sorted(fresh)))


def _event_key(event: SpanEvent) -> tuple[int, str, str]:
    return event.at_ns or -1, event.name, as_text(dict(event.attributes))


def _position(span: Span) -> tuple[int, int, str]:
    started = span.wire.started_ns
    return _LATEST if started is None else started, -1 if span.step is None else span.step, span.span_id
