"""Nested spans: a trace as one JSON object whose spans hold their children, the form of the TRAIL files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from trueline.engine.traces import identifiers
from trueline.engine.traces.errors import UnreadableError
from trueline.engine.traces.model import Decoded, Json, SpanEvent, WireLog, WireSpan
from trueline.engine.traces.records import log_event

_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d{1,9})\d*)?S)?)?"
)
MAX_TREE_DEPTH = 10_000


def is_nested_document(document: Json) -> bool:
    """Whether a JSON document is a trace of nested spans."""
    spans = document.get("spans") if isinstance(document, Mapping) else None
    if not isinstance(spans, list):
        return False
    return not spans or any(isinstance(span, Mapping) and "span_id" in span for span in spans)


def decode(document: Mapping[str, Json], into: Decoded) -> None:
    """Add every span of the tree and the log records on it to `into`; count those left out, with their reason."""
    trace_id = document.get("trace_id")
    pending: list[tuple[Mapping[str, Json], str | None, int]]
    pending = [(span, None, 0) for span in reversed(_mappings(document, "spans"))]
    while pending:
        span, parent_id, depth = pending.pop()
        span_id = _collect(span, trace_id, parent_id, into)
        if depth >= MAX_TREE_DEPTH:
            into.reject(f"the spans are nested more than {MAX_TREE_DEPTH} levels deep")
            continue
        pending.extend((child, span_id, depth + 1) for child in reversed(_mappings(span, "child_spans")))


def _collect(span: Mapping[str, Json], trace_id: Json, parent_id: str | None, into: Decoded) -> str | None:
    """The span's id, so that children find their parent; None when the span was left out."""
    try:
        wire = _span(span, trace_id, parent_id)
    except UnreadableError as error:
        into.reject(str(error))
        return None
    into.spans.append(wire)
    into.logs.extend(_logs(span, wire))
    return wire.span_id


def _span(span: Mapping[str, Json], trace_id: Json, parent_id: str | None) -> WireSpan:
    started = identifiers.iso_nanoseconds(span.get("timestamp"))
    lasted = duration_nanoseconds(span.get("duration"))
    ended = started + lasted if started is not None and lasted is not None else None
    identifiers.check_order(started, ended)
    return WireSpan(
        trace_id=identifiers.hex_id(span.get("trace_id") or trace_id, identifiers.TRACE_ID_BYTES, "trace id"),
        span_id=identifiers.hex_id(span.get("span_id"), identifiers.SPAN_ID_BYTES, "span id"),
        parent_id=_parent_id(span.get("parent_span_id")) or parent_id,
        name=str(span.get("span_name") or ""),
        transport=identifiers.transport_of(span.get("span_kind")),
        started_ns=started,
        ended_ns=ended,
        status=identifiers.status_of(span.get("status_code")),
        status_message=str(span.get("status_message") or ""),
        attributes=_mapping(span, "span_attributes"),
        events=tuple(_event(event) for event in _mappings(span, "events")),
        links=(),
        resource=_mapping(span, "resource_attributes"),
        scope=str(span.get("scope_name") or ""),
        scope_version=str(span.get("scope_version") or ""),
    )


def _parent_id(value: Json) -> str | None:
    return identifiers.hex_id(value, identifiers.SPAN_ID_BYTES, "parent span id") if value else None


def _event(event: Mapping[str, Json]) -> SpanEvent:
    lowered = {str(key).lower(): value for key, value in event.items()}
    attributes = lowered.get("attributes")
    return SpanEvent(
        name=str(lowered.get("name") or ""),
        at_ns=identifiers.iso_nanoseconds(lowered.get("timestamp")),
        attributes=attributes if isinstance(attributes, Mapping) else {},
    )


def _logs(span: Mapping[str, Json], wire: WireSpan) -> Iterator[WireLog]:
    for record in _mappings(span, "logs"):
        event = log_event(
            name="",
            at_ns=identifiers.iso_nanoseconds(record.get("timestamp")),
            attributes=_mapping(record, "log_attributes"),
            body=record.get("body"),
        )
        yield WireLog(wire.trace_id, wire.span_id, event)


def duration_nanoseconds(value: Json) -> int | None:
    """Nanoseconds of an ISO 8601 duration such as `PT1M48.75533S`; None when it is not one."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    seconds = int(found["days"] or 0) * 86_400 + int(found["hours"] or 0) * 3_600
    seconds += int(found["minutes"] or 0) * 60 + int(found["seconds"] or 0)
    total = seconds * 1_000_000_000 + int((found["fraction"] or "0").ljust(9, "0"))
    return -total if found["sign"] else total


def _mapping(holder: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    value = holder.get(key)
    return value if isinstance(value, Mapping) else {}


def _mappings(holder: Mapping[str, Json], key: str) -> list[Mapping[str, Json]]:
    value = holder.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
