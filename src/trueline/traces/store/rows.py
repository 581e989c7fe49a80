"""Spans and log records as rows of files, and back. Pure.

Facts are narrow columns that questions over many spans ask for. A body is the whole span or log record as it was kept,
which the view of one trace needs. They lie in files of their own, since the first are read whole and the second hardly.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from trueline.engine.traces.model import SpanEvent, Status, WireLog, WireSpan
from trueline.traces.rules import storable_count, storable_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trueline.engine.traces.model import Json, Span

SPAN, LOG = "span", "log"
FACTS = (
    *("trace_id", "span_id", "name", "kind", "agent", "tool", "model", "status", "started_ns", "ended_ns"),
    *("input_tokens", "output_tokens", "cost", "error_type"),
)
BODIES = ("trace_id", "record", "span_id", "body")
Row = tuple[Any, ...]


@dataclass(slots=True)
class Rows:
    """What goes into the files of one day."""

    facts: list[Row] = field(default_factory=list)
    bodies: list[Row] = field(default_factory=list)

    def add_span(self, span: Span, wire: WireSpan, agent: str | None) -> None:
        """Add a span.

        Args:
            span: Its normal form, into which log records may have gone.
            wire: The span itself, which comes back.
            agent: The agent that it belongs to, as far as is known now.
        """
        self.facts.append(_facts(span, wire, agent))
        self.bodies.append((wire.trace_id, SPAN, wire.span_id, _body(wire)))

    def add_log(self, log: WireLog) -> None:
        """Add a log record that belongs to a span."""
        self.bodies.append((log.trace_id, LOG, log.span_id, log_body(log)))


def _facts(span: Span, wire: WireSpan, agent: str | None) -> Row:
    usage = span.usage
    return (
        wire.trace_id,
        wire.span_id,
        storable_text(wire.name),
        span.kind.value,
        _text(agent),
        _text(span.tool.name if span.tool else None),
        _text(span.model),
        wire.status.value,
        wire.started_ns,
        wire.ended_ns,
        storable_count(usage.input_tokens) if usage else None,
        storable_count(usage.output_tokens) if usage else None,
        span.cost,
        _text(span.error_type),
    )


def log_body(log: WireLog) -> str:
    """What a log record says, as it is kept."""
    return packed(_event(log.event))


def span_of(row: Mapping[str, Any]) -> WireSpan:
    """The span of a row, as it was kept."""
    body = json.loads(row["body"])
    return WireSpan(
        trace_id=row["trace_id"],
        span_id=row["span_id"],
        parent_id=body["parent"],
        name=body["name"],
        status=Status(body["status"]),
        started_ns=body["from"],
        ended_ns=body["to"],
        transport=body["transport"],
        status_message=body["said"],
        attributes=body["attributes"],
        events=tuple(_event_of(event) for event in body["events"]),
        links=tuple((trace_id, span_id) for trace_id, span_id in body["links"]),
        resource=body["resource"],
        scope=body["scope"][0],
        scope_version=body["scope"][1],
    )


def log_of(row: Mapping[str, Any]) -> WireLog:
    """The log record of a row."""
    return WireLog(row["trace_id"], row["span_id"], _event_of(json.loads(row["body"])))


def packed(value: Json) -> str:
    """JSON that every reader takes; what cannot be UTF-8 is escaped."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a whole number over 64 bits, or half of a character
        return json.dumps(value, default=str)


def _body(wire: WireSpan) -> str:
    return packed(
        {
            "name": wire.name,
            "parent": wire.parent_id,
            "status": wire.status.value,
            "from": wire.started_ns,
            "to": wire.ended_ns,
            "transport": wire.transport,
            "said": wire.status_message,
            "attributes": wire.attributes,
            "events": [_event(event) for event in wire.events],
            "links": wire.links,
            "resource": wire.resource,
            "scope": (wire.scope, wire.scope_version),
        }
    )


def _event(event: SpanEvent) -> list[Json]:
    return [event.name, event.at_ns, event.attributes]


def _event_of(kept: list[Json]) -> SpanEvent:
    name, at_ns, attributes = kept
    return SpanEvent(name, at_ns, attributes)


def _text(text: str | None) -> str | None:
    return None if text is None else storable_text(text)
