"""OTLP in protobuf, decoded by the generated classes of opentelemetry-proto."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from trueline.engine.traces import identifiers
from trueline.engine.traces.errors import UnreadableError
from trueline.engine.traces.model import Decoded, Json, SpanEvent, WireLog, WireSpan
from trueline.engine.traces.otlp_json import MAX_VALUE_DEPTH
from trueline.engine.traces.records import log_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Proto = Any
"""A generated protobuf message; the package ships no types."""
_PLAIN = frozenset({"string_value", "int_value", "bool_value"})


def decode_traces(data: bytes, into: Decoded) -> None:
    """Add every span of an ExportTraceServiceRequest to `into`; count those left out, with their reason.

    Raises:
        UnreadableError: The bytes are no such message.
    """
    request = _parsed(ExportTraceServiceRequest(), data)
    for group in request.resource_spans:
        resource = _attributes(group.resource.attributes)
        for scope_group in group.scope_spans:
            for span in scope_group.spans:
                _collect_span(span, resource, scope_group.scope, into)


def check_traces(data: bytes, is_inside: Callable[[int | None], bool], outside: str, into: Decoded) -> int:
    """How many spans `decode_traces` would give that began inside; counts the others with the same reasons.

    Reads ids and times only, at a quarter of the cost. Attributes cannot be a reason: the parser itself refuses a value
    that is nested deeper than half of what the decoder takes.

    Raises:
        UnreadableError: The bytes are no such message.
    """
    request, valid = _parsed(ExportTraceServiceRequest(), data), 0
    for group in request.resource_spans:
        for scope_group in group.scope_spans:
            for span in scope_group.spans:
                try:
                    started = _checked(span)
                except UnreadableError as error:
                    into.reject(str(error))
                    continue
                if is_inside(started):
                    valid += 1
                else:
                    into.reject(outside)
    return valid


def _checked(span: Proto) -> int | None:
    started = identifiers.nanoseconds(span.start_time_unix_nano, "start time")
    ended = identifiers.nanoseconds(span.end_time_unix_nano, "end time")
    identifiers.check_order(started, ended)
    identifiers.raw_id(span.trace_id, identifiers.TRACE_ID_BYTES, "trace id")
    identifiers.raw_id(span.span_id, identifiers.SPAN_ID_BYTES, "span id")
    _parent_id(span.parent_span_id)
    for event in span.events:
        identifiers.nanoseconds(event.time_unix_nano, "event time")
    for link in span.links:
        _link(link)
    return started


def decode_logs(data: bytes, into: Decoded) -> None:
    """The same for an ExportLogsServiceRequest."""
    request = _parsed(ExportLogsServiceRequest(), data)
    for group in request.resource_logs:
        for scope_group in group.scope_logs:
            for record in scope_group.log_records:
                _collect_log(record, into)


def _parsed(message: Proto, data: bytes) -> Proto:
    try:
        message.ParseFromString(data)
    except (DecodeError, RuntimeError) as error:
        raise UnreadableError("the file is no OTLP protobuf message") from error
    return message


def _collect_span(span: Proto, resource: dict[str, Json], scope: Proto, into: Decoded) -> None:
    try:
        into.spans.append(_span(span, resource, scope))
    except UnreadableError as error:
        into.reject(str(error))


def _collect_log(record: Proto, into: Decoded) -> None:
    try:
        into.logs.append(_log(record))
    except UnreadableError as error:
        into.reject(str(error))


def _span(span: Proto, resource: dict[str, Json], scope: Proto) -> WireSpan:
    started = identifiers.nanoseconds(span.start_time_unix_nano, "start time")
    ended = identifiers.nanoseconds(span.end_time_unix_nano, "end time")
    identifiers.check_order(started, ended)
    status = span.status
    return WireSpan(
        trace_id=identifiers.raw_id(span.trace_id, identifiers.TRACE_ID_BYTES, "trace id"),
        span_id=identifiers.raw_id(span.span_id, identifiers.SPAN_ID_BYTES, "span id"),
        parent_id=_parent_id(span.parent_span_id),
        name=span.name,
        transport=identifiers.transport_of(span.kind),
        started_ns=started,
        ended_ns=ended,
        status=identifiers.status_of(status.code),
        status_message=status.message,
        attributes=_attributes(span.attributes),
        events=tuple(map(_event, span.events)),
        links=tuple(map(_link, span.links)),
        resource=resource,
        scope=scope.name,
        scope_version=scope.version,
    )


def _parent_id(raw: bytes) -> str | None:
    return identifiers.raw_id(raw, identifiers.SPAN_ID_BYTES, "parent span id") if any(raw) else None


def _link(link: Proto) -> tuple[str, str]:
    return _link_id(link.trace_id, 16), _link_id(link.span_id, 8)


def _link_id(raw: bytes, size: int) -> str:
    return identifiers.raw_id(raw, size, "trace id" if size == identifiers.TRACE_ID_BYTES else "span id")


def _event(event: Proto) -> SpanEvent:
    at_ns = identifiers.nanoseconds(event.time_unix_nano, "event time")
    return SpanEvent(name=event.name, at_ns=at_ns, attributes=_attributes(event.attributes))


def _log(record: Proto) -> WireLog:
    at_ns = identifiers.nanoseconds(record.time_unix_nano or record.observed_time_unix_nano, "log time")
    event = log_event(
        name=record.event_name,
        at_ns=at_ns,
        attributes=_attributes(record.attributes),
        body=any_value(record.body) if record.HasField("body") else None,
    )
    trace_id = identifiers.raw_id(record.trace_id, identifiers.TRACE_ID_BYTES, "trace id")
    return WireLog(trace_id, identifiers.raw_id(record.span_id, identifiers.SPAN_ID_BYTES, "span id"), event)


def _attributes(pairs: Iterable[Proto]) -> dict[str, Json]:
    return {pair.key: any_value(pair.value) for pair in pairs}


def any_value(value: Proto, depth: int = 0) -> Json:
    """The plain value of an AnyValue, equal to what the JSON decoder gives for the same value.

    Raises:
        UnreadableError: It is nested too deeply.
    """
    kind = value.WhichOneof("value")
    if kind is None or kind in _PLAIN:
        return getattr(value, kind) if kind else None
    if depth > MAX_VALUE_DEPTH:
        raise UnreadableError(f"an attribute is nested more than {MAX_VALUE_DEPTH} levels deep")
    content = getattr(value, kind)
    if kind == "array_value":
        return [any_value(item, depth + 1) for item in content.values]
    if kind == "kvlist_value":
        return {pair.key: any_value(pair.value, depth + 1) for pair in content.values}
    if kind == "bytes_value":
        return base64.b64encode(content).decode()
    if kind == "double_value" and not math.isfinite(content):
        return "NaN" if math.isnan(content) else ("Infinity" if content > 0 else "-Infinity")
    return content
