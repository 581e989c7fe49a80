"""OTLP in JSON, decoded by hand: the generic protobuf JSON parser is eleven times slower and refuses hex ids.

Accepted: hex ids of any case (and base64), enums as integers or names, int64 as number or string, camelCase and
snake_case field names, unknown fields, missing fields. One bad span never drops its batch.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from trueline.engine.traces import identifiers
from trueline.engine.traces.errors import UnreadableError
from trueline.engine.traces.model import Decoded, Json, SpanEvent, WireLog, WireSpan
from trueline.engine.traces.records import log_event

MAX_VALUE_DEPTH = 64
_SPECIAL_DOUBLES = frozenset({"NaN", "Infinity", "-Infinity"})


def is_trace_document(document: Json) -> bool:
    """Whether a JSON document looks like an export request of traces or logs."""
    return isinstance(document, Mapping) and any(
        key in document for key in ("resourceSpans", "resource_spans", "resourceLogs", "resource_logs")
    )


def decode(document: Mapping[str, Json], into: Decoded) -> None:
    """Add every span and log record of an export request to `into`; count those left out, with their reason."""
    for group in _objects(document, "resourceSpans", "resource_spans"):
        resource = _attributes(_field(group, "resource") or {})
        for scope_group in _scope_groups(group):
            _decode_scope(scope_group, resource, into)
    for group in _objects(document, "resourceLogs", "resource_logs"):
        for scope_group in _objects(group, "scopeLogs", "scope_logs", "instrumentationLibraryLogs"):
            for record in _entries(scope_group, "logRecords", "log_records"):
                _collect(into, into.logs.append, _log, record)


def _scope_groups(group: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    return _objects(group, "scopeSpans", "scope_spans", "instrumentationLibrarySpans")


def _decode_scope(scope_group: Mapping[str, Json], resource: Mapping[str, Json], into: Decoded) -> None:
    scope = _field(scope_group, "scope", "instrumentationLibrary") or {}
    name, version = _text(_field(scope, "name")), _text(_field(scope, "version"))
    for span in _entries(scope_group, "spans"):
        _collect(into, into.spans.append, lambda item: _span(item, resource, name, version), span)


def _collect(
    into: Decoded, keep: Callable[[Any], None], build: Callable[[Mapping[str, Json]], Any], item: Json
) -> None:
    if not isinstance(item, Mapping):
        into.reject("it is no object")
        return
    try:
        keep(build(item))
    except UnreadableError as error:
        into.reject(str(error))


def _span(span: Mapping[str, Json], resource: Mapping[str, Json], scope: str, version: str) -> WireSpan:
    started = identifiers.nanoseconds(_field(span, "startTimeUnixNano", "start_time_unix_nano"), "start time")
    ended = identifiers.nanoseconds(_field(span, "endTimeUnixNano", "end_time_unix_nano"), "end time")
    identifiers.check_order(started, ended)
    status = _field(span, "status") or {}
    return WireSpan(
        trace_id=_trace_id(span),
        span_id=_span_id(span),
        parent_id=_parent_id(span),
        name=_text(_field(span, "name")),
        transport=identifiers.transport_of(_field(span, "kind")),
        started_ns=started,
        ended_ns=ended,
        status=identifiers.status_of(_field(status, "code")),
        status_message=_text(_field(status, "message")),
        attributes=_attributes(span),
        events=tuple(_event(event) for event in _objects(span, "events")),
        links=tuple(_links(span)),
        resource=resource,
        scope=scope,
        scope_version=version,
    )


def _trace_id(item: Mapping[str, Json]) -> str:
    return identifiers.hex_id(_field(item, "traceId", "trace_id"), identifiers.TRACE_ID_BYTES, "trace id")


def _span_id(item: Mapping[str, Json]) -> str:
    return identifiers.hex_id(_field(item, "spanId", "span_id"), identifiers.SPAN_ID_BYTES, "span id")


def _parent_id(span: Mapping[str, Json]) -> str | None:
    value = _field(span, "parentSpanId", "parent_span_id")
    # Some senders write zeros where the specification wants the field left out.
    if not value or not str(value).strip("0"):
        return None
    return identifiers.hex_id(value, identifiers.SPAN_ID_BYTES, "parent span id")


def _event(event: Mapping[str, Json]) -> SpanEvent:
    at_ns = identifiers.nanoseconds(_field(event, "timeUnixNano", "time_unix_nano"), "event time")
    return SpanEvent(name=_text(_field(event, "name")), at_ns=at_ns, attributes=_attributes(event))


def _links(span: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for link in _objects(span, "links"):
        yield _trace_id(link), _span_id(link)


def _log(record: Mapping[str, Json]) -> WireLog:
    at_ns = identifiers.nanoseconds(_field(record, "timeUnixNano", "time_unix_nano"), "log time")
    observed = identifiers.nanoseconds(_field(record, "observedTimeUnixNano", "observed_time_unix_nano"), "log time")
    body = _field(record, "body")
    event = log_event(
        name=_text(_field(record, "eventName", "event_name")),
        at_ns=at_ns if at_ns is not None else observed,
        attributes=_attributes(record),
        body=any_value(body) if body is not None else None,
    )
    return WireLog(_trace_id(record), _span_id(record), event)


def _attributes(holder: Json) -> dict[str, Json]:
    return {
        item["key"]: any_value(item.get("value"))
        for item in _objects(holder, "attributes")
        if isinstance(item.get("key"), str)
    }


def any_value(value: Json, depth: int = 0) -> Json:
    """The plain value of an AnyValue; None when it carries none.

    Raises:
        UnreadableError: It is nested too deeply.
    """
    if depth > MAX_VALUE_DEPTH:
        raise UnreadableError(f"an attribute is nested more than {MAX_VALUE_DEPTH} levels deep")
    if not isinstance(value, Mapping):
        return value
    for key, content in value.items():
        reader = _VALUE_READERS.get(key)
        if reader is not None:
            return reader(content, depth)
    return None


def _int_value(content: Json, _depth: int) -> Json:
    number = identifiers.whole_number(content)
    return content if number is None else number


def _double_value(content: Json, _depth: int) -> Json:
    if isinstance(content, str) and content not in _SPECIAL_DOUBLES:
        try:
            return float(content)
        except ValueError:
            return content
    return content


def _array_value(content: Json, depth: int) -> Json:
    values = content.get("values") if isinstance(content, Mapping) else content
    return [any_value(item, depth + 1) for item in values] if isinstance(values, list) else []


def _map_value(content: Json, depth: int) -> Json:
    return {
        item["key"]: any_value(item.get("value"), depth + 1)
        for item in _objects(content, "values")
        if isinstance(item.get("key"), str)
    }


def _bytes_value(content: Json, _depth: int) -> Json:
    # Bytes stay base64: the same text that the protobuf decoder gives for the same bytes.
    return content if isinstance(content, str) else base64.b64encode(b"").decode()


_VALUE_READERS: dict[str, Callable[[Json, int], Json]] = {
    "stringValue": lambda content, _depth: content,
    "string_value": lambda content, _depth: content,
    "boolValue": lambda content, _depth: content,
    "bool_value": lambda content, _depth: content,
    "intValue": _int_value,
    "int_value": _int_value,
    "doubleValue": _double_value,
    "double_value": _double_value,
    "arrayValue": _array_value,
    "array_value": _array_value,
    "kvlistValue": _map_value,
    "kvlist_value": _map_value,
    "bytesValue": _bytes_value,
    "bytes_value": _bytes_value,
}


def _field(item: Json, *names: str) -> Json:
    if isinstance(item, Mapping):
        for name in names:
            if name in item:
                return item[name]
    return None


def _objects(item: Json, *names: str) -> Iterator[Mapping[str, Json]]:
    values = _field(item, *names)
    if isinstance(values, list):
        yield from (value for value in values if isinstance(value, Mapping))


def _entries(item: Json, *names: str) -> list[Json]:
    """The entries of a list, whatever they are; a value that is no list counts as one entry."""
    values = _field(item, *names)
    if values is None:
        return []
    return values if isinstance(values, list) else [values]


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ("" if value is None else str(value))
