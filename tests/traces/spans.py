"""Export requests as senders write them."""

from __future__ import annotations

import json
import time
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

SECOND = 10**9


def trace_id(number: int) -> bytes:
    return (0xA000 + number).to_bytes(16, "big")


def span_id(number: int) -> bytes:
    return (0xB000 + number).to_bytes(8, "big")


def request(*spans: dict[str, Any]) -> Any:
    """A request of spans given as {trace, span, parent, name, at, lasts, status, attributes}."""
    made = ExportTraceServiceRequest()
    group = made.resource_spans.add()
    _set(group.resource.attributes, {"service.name": "shop"})
    scope = group.scope_spans.add()
    for given in spans:
        span = scope.spans.add()
        span.trace_id, span.span_id = trace_id(given.get("trace", 1)), span_id(given.get("span", 1))
        if "parent" in given:
            span.parent_span_id = span_id(given["parent"])
        span.name = given.get("name", "step")
        span.start_time_unix_nano = given.get("at", time.time_ns())
        span.end_time_unix_nano = span.start_time_unix_nano + given.get("lasts", SECOND)
        span.status.code = given.get("status", 0)
        _set(span.attributes, given.get("attributes", {}))
    return made


def logs(trace: int, span: int, name: str, body: str) -> bytes:
    made = ExportLogsServiceRequest()
    record = made.resource_logs.add().scope_logs.add().log_records.add()
    record.trace_id, record.span_id = trace_id(trace), span_id(span)
    record.time_unix_nano = time.time_ns()
    record.event_name = name
    record.body.string_value = body
    return bytes(made.SerializeToString())


def protobuf(*spans: dict[str, Any]) -> bytes:
    return bytes(request(*spans).SerializeToString())


def as_json(*spans: dict[str, Any]) -> bytes:
    """The same request in OTLP JSON."""

    def one(given: dict[str, Any]) -> dict[str, Any]:
        at = given.get("at", time.time_ns())
        return {
            "traceId": trace_id(given.get("trace", 1)).hex(),
            "spanId": span_id(given.get("span", 1)).hex(),
            "name": given.get("name", "step"),
            "startTimeUnixNano": str(at),
            "endTimeUnixNano": str(at + given.get("lasts", SECOND)),
        }

    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [one(given) for given in spans]}]}]}).encode()


def _set(into: Any, values: dict[str, Any]) -> None:
    for key, value in values.items():
        pair = into.add()
        pair.key = key
        if isinstance(value, int):
            pair.value.int_value = value
        else:
            pair.value.string_value = value
