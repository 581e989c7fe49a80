"""Spans as senders write them: one description, rendered as OTLP in JSON, OTLP in protobuf, or nested spans."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

STARTED_NS = 1_767_225_600_000_000_000
STATUSES = {"unset": 0, "ok": 1, "error": 2}


@dataclass(frozen=True)
class Sent:
    """A span before it is written in a form."""

    trace: int = 1
    span: int = 1
    parent: int = 0
    name: str = "work"
    status: str = "unset"
    message: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    events: tuple[tuple[str, dict[str, Any]], ...] = ()
    started_ns: int = STARTED_NS
    lasted_ns: int = 1_000_000_000

    @property
    def trace_id(self) -> str:
        return f"{self.trace:032x}"

    @property
    def span_id(self) -> str:
        return f"{self.span:016x}"


def json_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [json_value(item) for item in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": json_attributes(value)}}
    return {} if value is None else {"stringValue": value}


def json_attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": json_value(value)} for key, value in values.items()]


def json_span(sent: Sent) -> dict[str, Any]:
    return {
        "traceId": sent.trace_id,
        "spanId": sent.span_id,
        "parentSpanId": f"{sent.parent:016x}" if sent.parent else "",
        "name": sent.name,
        "kind": 1,
        "startTimeUnixNano": str(sent.started_ns),
        "endTimeUnixNano": str(sent.started_ns + sent.lasted_ns),
        "attributes": json_attributes(sent.attributes),
        "events": [
            {"name": name, "timeUnixNano": str(sent.started_ns), "attributes": json_attributes(values)}
            for name, values in sent.events
        ],
        "status": {"code": STATUSES[sent.status], "message": sent.message},
    }


def json_request(*spans: dict[str, Any]) -> bytes:
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}).encode()


def as_json(*spans: Sent) -> bytes:
    return json_request(*(json_span(span) for span in spans))


def proto_value(value: Any) -> AnyValue:
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=[proto_value(item) for item in value]))
    if isinstance(value, dict):
        return AnyValue(kvlist_value=KeyValueList(values=proto_attributes(value)))
    return AnyValue() if value is None else AnyValue(string_value=value)


def proto_attributes(values: dict[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=key, value=proto_value(value)) for key, value in values.items()]


def proto_span(sent: Sent) -> Span:
    return Span(
        trace_id=bytes.fromhex(sent.trace_id),
        span_id=bytes.fromhex(sent.span_id),
        parent_span_id=sent.parent.to_bytes(8, "big") if sent.parent else b"",
        name=sent.name,
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=sent.started_ns,
        end_time_unix_nano=sent.started_ns + sent.lasted_ns,
        attributes=proto_attributes(sent.attributes),
        events=[
            Span.Event(name=name, time_unix_nano=sent.started_ns, attributes=proto_attributes(values))
            for name, values in sent.events
        ],
        status=Status(code=STATUSES[sent.status], message=sent.message),
    )


def as_protobuf(*spans: Sent) -> bytes:
    scope = ScopeSpans(spans=[proto_span(span) for span in spans])
    return ExportTraceServiceRequest(resource_spans=[ResourceSpans(scope_spans=[scope])]).SerializeToString()


def as_nested(*spans: Sent) -> bytes:
    """The first span is the root, all others are its children."""
    root, *children = (_nested(span) for span in spans)
    root["child_spans"] = children
    return json.dumps({"trace_id": spans[0].trace_id, "spans": [root]}).encode()


def _nested(sent: Sent) -> dict[str, Any]:
    moment = datetime.fromtimestamp(sent.started_ns // 10**9, tz=UTC).isoformat().replace("+00:00", "Z")
    return {
        "timestamp": moment,
        "span_id": sent.span_id,
        "parent_span_id": f"{sent.parent:016x}" if sent.parent else None,
        "span_name": sent.name,
        "span_kind": "Internal",
        "span_attributes": sent.attributes,
        "duration": f"PT{sent.lasted_ns // 10**9}S",
        "status_code": sent.status.title(),
        "status_message": sent.message,
        "events": [{"Name": name, "Timestamp": moment, "Attributes": values} for name, values in sent.events],
        "child_spans": [],
    }
