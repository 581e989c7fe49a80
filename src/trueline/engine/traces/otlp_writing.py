"""Spans and log records as OTLP JSON, so that what came in another form is received like what a sender sends.

What `otlp_json` reads of it is what was written: ids, times, and attributes of any depth that it accepts.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from trueline.engine.traces.identifiers import transport_number
from trueline.engine.traces.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trueline.engine.traces.model import Json, SpanEvent, WireLog, WireSpan

_CODES = {Status.UNSET: 0, Status.OK: 1, Status.ERROR: 2}
_WIDEST_INT = 2**63


def trace_request(spans: Iterable[WireSpan]) -> dict[str, Json]:
    """An export request of these spans; neighbours of one resource and scope share it."""
    groups = groupby(spans, key=lambda span: (span.resource, span.scope, span.scope_version))
    return {"resourceSpans": [_group(resource, name, version, spans) for (resource, name, version), spans in groups]}


def log_request(logs: Iterable[WireLog]) -> dict[str, Json]:
    """An export request of these log records."""
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [_log(one) for one in logs]}]}]}


def _group(resource: Mapping[str, Json], name: str, version: str, spans: Iterable[WireSpan]) -> dict[str, Json]:
    scope = {"name": name, "version": version}
    scoped = [{"scope": scope, "spans": [_span(span) for span in spans]}]
    return {"resource": {"attributes": _attributes(resource)}, "scopeSpans": scoped}


def _span(span: WireSpan) -> dict[str, Json]:
    return {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "parentSpanId": span.parent_id or "",
        "name": span.name,
        "kind": transport_number(span.transport),
        "startTimeUnixNano": span.started_ns,
        "endTimeUnixNano": span.ended_ns,
        "status": {"code": _CODES[span.status], "message": span.status_message},
        "attributes": _attributes(span.attributes),
        "events": [_event(event) for event in span.events],
        "links": [{"traceId": trace_id, "spanId": span_id} for trace_id, span_id in span.links],
    }


def _event(event: SpanEvent) -> dict[str, Json]:
    return {"name": event.name, "timeUnixNano": event.at_ns, "attributes": _attributes(event.attributes)}


def _log(log: WireLog) -> dict[str, Json]:
    told = _event(log.event)
    return {"eventName": told.pop("name"), **told, "traceId": log.trace_id, "spanId": log.span_id}


def _attributes(values: Mapping[str, Json]) -> list[Json]:
    return [{"key": str(key), "value": _value(value)} for key, value in values.items()]


def _value(value: Any) -> dict[str, Json]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        # Beyond 64 bits there is no integer in OTLP; as a number of decimals it would be another one.
        return {"intValue": str(value)} if -_WIDEST_INT <= value < _WIDEST_INT else {"stringValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, Mapping):
        return {"kvlistValue": {"values": _attributes(value)}}
    if isinstance(value, (list, tuple)):
        return {"arrayValue": {"values": [_value(item) for item in value]}}
    return {} if value is None else {"stringValue": str(value)}
