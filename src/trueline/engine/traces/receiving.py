"""The contract of an OTLP receiver over HTTP, without the HTTP: bodies in, spans and answers out.

Follows the OTLP specification: one bad span never drops its batch, what was left out is told with its number, and a
request that cannot be read at all is answered by a google.rpc.Status in the form that the request had.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TypeVar

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from trueline.engine.traces import otlp_json, otlp_protobuf
from trueline.engine.traces.errors import UnreadableError
from trueline.engine.traces.files import as_json_text, parse_json
from trueline.engine.traces.model import Decoded, WireLog, WireSpan

LARGEST_BODY_BYTES = 20 * 1024 * 1024
"""What the specification recommends, for the body as sent and again after decompression."""
_CHUNK = 1 << 16
_MOST_REASONS = 5
_HOUR_NS = 3_600 * 10**9


class Form(Enum):
    """How a request is written; its answer is written in the same form."""

    PROTOBUF = "application/x-protobuf"
    JSON = "application/json"


class Signal(Enum):
    """What a request carries."""

    TRACES = "spans"
    LOGS = "log records"


class StatusCode(IntEnum):
    """The codes of google.rpc.Status that a receiver answers with."""

    INVALID_ARGUMENT = 3
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    UNAVAILABLE = 14
    UNAUTHENTICATED = 16


class TooLargeError(UnreadableError):
    """The body is larger than a receiver takes, as sent or after decompression."""


@dataclass(frozen=True, slots=True)
class AgeWindow:
    """Which start times are taken, so that a broken clock cannot fill a store with days that nobody looks at.

    Attributes:
        days_back: How old a span may be.
        hours_ahead: How far a sender's clock may be ahead.
    """

    days_back: int = 30
    hours_ahead: int = 24

    def holds(self, at_ns: int | None, now_ns: int) -> bool:
        """Whether that time is inside; an unknown time is, for nothing speaks against it."""
        if at_ns is None:
            return True
        return now_ns - self.days_back * 24 * _HOUR_NS <= at_ns <= now_ns + self.hours_ahead * _HOUR_NS


def form_of(content_type: str) -> Form | None:
    """The form that a content type names, None for one that no receiver takes."""
    named = content_type.partition(";")[0].strip().lower()
    return next((form for form in Form if form.value == named), None)


def unpacked(body: bytes, encoding: str, most_bytes: int = LARGEST_BODY_BYTES) -> bytes:
    """The body without its content encoding (gzip, identity or none); never holds more than the limit.

    Raises:
        TooLargeError: It is larger than the limit, as sent or after decompression.
        UnreadableError: The encoding is unknown, or the gzip is damaged.
    """
    if len(body) > most_bytes:
        raise TooLargeError(f"the body is larger than {most_bytes} bytes")
    named = encoding.strip().lower()
    if named in ("", "identity"):
        return body
    if named != "gzip":
        raise UnreadableError("the content encoding is neither gzip nor identity")
    try:
        return _gunzipped(body, most_bytes)
    except zlib.error as error:
        raise UnreadableError("the gzip body is damaged") from error


def _gunzipped(body: bytes, most_bytes: int) -> bytes:
    held = bytearray()
    while body:
        engine = zlib.decompressobj(wbits=31)
        rest = body
        while rest and not engine.eof:
            held += engine.decompress(rest, min(_CHUNK, most_bytes + 1 - len(held)))
            if len(held) > most_bytes:
                raise TooLargeError(f"the body is larger than {most_bytes} bytes after decompression")
            rest = engine.unconsumed_tail
        if not engine.eof:
            raise UnreadableError("the gzip body ends too early")
        body = engine.unused_data  # a gzip body may have several members
    return bytes(held)


def decoded(data: bytes, form: Form, signal: Signal) -> Decoded:
    """What a request carries: every span or log record that is valid, and the number left out for each reason.

    Raises:
        UnreadableError: It is no export request of that signal in that form.
    """
    into = Decoded()
    if form is Form.PROTOBUF:
        decode = otlp_protobuf.decode_traces if signal is Signal.TRACES else otlp_protobuf.decode_logs
        decode(data, into)
        return into
    text = as_json_text(data)
    document = parse_json(text) if text is not None else None
    wanted = "resourceSpans" if signal is Signal.TRACES else "resourceLogs"
    if not isinstance(document, dict) or (otlp_json.is_trace_document(document) and not _has(document, wanted)):
        raise UnreadableError(f"the body is no JSON export request of {signal.value}")
    if not all(isinstance(document[name], list) for name in _names(wanted) if name in document):
        raise UnreadableError(f"{wanted} of the body is no list")
    otlp_json.decode(document, into)
    return into


def checked(data: bytes, form: Form, signal: Signal, window: AgeWindow, now_ns: int) -> tuple[int, Decoded]:
    """How many spans or log records are valid and inside the window, and what was left out, for the answer.

    The same as `decoded` and `keep_inside`, without the content where that is dear.

    Raises:
        UnreadableError: It is no export request of that signal in that form.
    """
    if form is Form.PROTOBUF and signal is Signal.TRACES:
        found = Decoded()
        valid = otlp_protobuf.check_traces(data, lambda at_ns: window.holds(at_ns, now_ns), _outside(window), found)
        return valid, found
    found = decoded(data, form, signal)
    keep_inside(found, window, now_ns)
    return len(found.spans) + len(found.logs), found


def _outside(window: AgeWindow) -> str:
    return f"older than {window.days_back} days or more than {window.hours_ahead} hours ahead"


def _has(document: dict[str, object], name: str) -> bool:
    return any(one in document for one in _names(name))


def _names(name: str) -> tuple[str, str]:
    return name, name.replace("S", "_s").replace("L", "_l")


def keep_inside(found: Decoded, window: AgeWindow, now_ns: int) -> None:
    """Leave out, and count, what is outside of the age window."""
    found.spans[:] = _inside(found, found.spans, [span.started_ns for span in found.spans], window, now_ns)
    found.logs[:] = _inside(found, found.logs, [log.event.at_ns for log in found.logs], window, now_ns)


_Kept = TypeVar("_Kept", WireSpan, WireLog)


def _inside(
    found: Decoded, items: Iterable[_Kept], times: Iterable[int | None], window: AgeWindow, now_ns: int
) -> list[_Kept]:
    kept = []
    for item, at_ns in zip(items, times, strict=True):
        if window.holds(at_ns, now_ns):
            kept.append(item)
        else:
            found.reject(_outside(window))
    return kept


def rejection(found: Decoded) -> tuple[int, str]:
    """How many were left out, and why: the most frequent reasons first, a few of them by name."""
    reasons = sorted(found.rejected.items(), key=lambda reason: (-reason[1], reason[0]))
    told = [f"{count}: {reason}" for reason, count in reasons[:_MOST_REASONS]]
    if len(reasons) > _MOST_REASONS:
        told.append(f"and {len(reasons) - _MOST_REASONS} other reasons")
    return sum(found.rejected.values()), "; ".join(told)


def answer(found: Decoded, form: Form, signal: Signal) -> bytes:
    """The body of a 200: empty when all was taken, else `partial_success` with the number left out and why."""
    count, message = rejection(found)
    if form is Form.JSON:
        field = "rejectedSpans" if signal is Signal.TRACES else "rejectedLogRecords"
        partial = {"partialSuccess": {field: str(count), "errorMessage": message}} if count else {}
        return json.dumps(partial).encode()
    response = ExportTraceServiceResponse() if signal is Signal.TRACES else ExportLogsServiceResponse()
    if count:
        field = "rejected_spans" if signal is Signal.TRACES else "rejected_log_records"
        setattr(response.partial_success, field, count)
        response.partial_success.error_message = message
    return bytes(response.SerializeToString())


def refusal(code: StatusCode, message: str, form: Form) -> bytes:
    """The body of a 4xx or 5xx: a google.rpc.Status, written by hand since it has two fields only."""
    if form is Form.JSON:
        return json.dumps({"code": int(code), "message": message}).encode()
    text = message.encode()
    return bytes((0x08, code, 0x12)) + _varint(len(text)) + text


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
