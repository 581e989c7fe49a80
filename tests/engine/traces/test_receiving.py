"""The contract of a receiver: what is taken, what is told to the sender, and what is refused."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from trueline.engine.traces.assembly import assemble
from trueline.engine.traces.errors import UnreadableError
from trueline.engine.traces.otlp_json import MAX_VALUE_DEPTH
from trueline.engine.traces.receiving import (
    LARGEST_BODY_BYTES,
    AgeWindow,
    Form,
    Signal,
    StatusCode,
    TooLargeError,
    answer,
    checked,
    decoded,
    form_of,
    keep_inside,
    refusal,
    unpacked,
)

NOW = 1_800_000_000 * 10**9
TIMES = (0, 1, NOW - 5, NOW, NOW + 5, NOW + 90_000 * 10**9, 2**63 - 1, 2**64 - 1)
TRACE, SPAN = bytes(range(1, 17)), bytes(range(1, 9))


def request(*ids: bytes, started: int = NOW, ended: int = NOW + 5) -> ExportTraceServiceRequest:
    made = ExportTraceServiceRequest()
    scope = made.resource_spans.add().scope_spans.add()
    for span_id in ids:
        span = scope.spans.add(trace_id=TRACE, span_id=span_id, name="chat")
        span.start_time_unix_nano, span.end_time_unix_nano = started, ended
        span.attributes.add(key="empty")  # a key without a value is legal
    return made


def as_json(*ids: bytes, **fields: object) -> bytes:
    spans = [{"traceId": TRACE.hex().upper(), "spanId": one.hex(), "name": "chat", **fields} for one in ids]
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}], "unknown": 1}).encode()


@pytest.mark.parametrize(
    ("content_type", "form"),
    [
        ("application/x-protobuf", Form.PROTOBUF),
        ("Application/JSON; charset=utf-8", Form.JSON),
        ("text/plain", None),
        ("", None),
    ],
)
def test_the_content_type_names_the_form(content_type, form):
    assert form_of(content_type) is form


def test_protobuf_and_json_of_one_trace_give_the_same_spans():
    times = {"startTimeUnixNano": str(NOW), "endTimeUnixNano": NOW + 5, "attributes": [{"key": "empty"}]}
    one = decoded(request(SPAN).SerializeToString(), Form.PROTOBUF, Signal.TRACES)
    other = decoded(as_json(SPAN, **times), Form.JSON, Signal.TRACES)
    assert assemble(one.spans) == assemble(other.spans)


def test_all_taken_is_answered_by_nothing():
    found = decoded(request(SPAN).SerializeToString(), Form.PROTOBUF, Signal.TRACES)
    assert answer(found, Form.PROTOBUF, Signal.TRACES) == b""
    assert answer(found, Form.JSON, Signal.TRACES) == b"{}"


def test_bad_spans_are_counted_and_the_good_ones_stay():
    made = request(SPAN, bytes(8), b"short")
    made.MergeFrom(request(b"\x07" * 8, started=NOW, ended=NOW - 1))
    found = decoded(made.SerializeToString(), Form.PROTOBUF, Signal.TRACES)
    response = ExportTraceServiceResponse.FromString(answer(found, Form.PROTOBUF, Signal.TRACES))
    assert [span.span_id for span in found.spans] == [SPAN.hex()]
    assert response.partial_success.rejected_spans == 3
    assert "the span id is all zero" in response.partial_success.error_message
    told = json.loads(answer(found, Form.JSON, Signal.TRACES))["partialSuccess"]
    assert told == {"rejectedSpans": "3", "errorMessage": response.partial_success.error_message}


def test_log_records_without_a_span_are_told():
    made = ExportLogsServiceRequest()
    made.resource_logs.add().scope_logs.add().log_records.add(event_name="gen_ai.choice")
    found = decoded(made.SerializeToString(), Form.PROTOBUF, Signal.LOGS)
    response = ExportLogsServiceResponse.FromString(answer(found, Form.PROTOBUF, Signal.LOGS))
    assert response.partial_success.rejected_log_records == 1


@pytest.mark.parametrize(
    ("data", "form", "signal"),
    [
        (b"\xff\xff\xff", Form.PROTOBUF, Signal.TRACES),
        (b"{", Form.JSON, Signal.TRACES),
        (b"[]", Form.JSON, Signal.TRACES),
        (b"no text", Form.JSON, Signal.LOGS),
        (as_json(SPAN), Form.JSON, Signal.LOGS),
    ],
)
def test_what_is_no_request_of_its_signal_is_refused(data, form, signal):
    with pytest.raises(UnreadableError):
        decoded(data, form, signal)


def test_an_empty_request_is_taken():
    assert decoded(b"", Form.PROTOBUF, Signal.TRACES).spans == []
    assert decoded(b"{}", Form.JSON, Signal.LOGS).logs == []


def test_a_body_of_several_gzip_members_is_read_whole():
    assert unpacked(gzip.compress(b"one") + gzip.compress(b"two"), "GZIP") == b"onetwo"
    assert unpacked(b"plain", "") == b"plain"


@pytest.mark.parametrize("size", [LARGEST_BODY_BYTES, LARGEST_BODY_BYTES + 1])
def test_the_limit_holds_after_decompression(size):
    bomb = gzip.compress(bytes(size), 1)
    if size > LARGEST_BODY_BYTES:
        with pytest.raises(TooLargeError):
            unpacked(bomb, "gzip")
    else:
        assert len(unpacked(bomb, "gzip")) == size


def test_the_limit_holds_for_the_body_as_sent():
    with pytest.raises(TooLargeError):
        unpacked(b"12345", "", 4)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"x", "gzip"), (gzip.compress(b"abc", mtime=0)[:-9], "gzip"), (b"x", "br")],
    ids=["no gzip", "cut off", "unknown"],
)
def test_a_damaged_or_unknown_encoding_is_refused(body, encoding):
    with pytest.raises(UnreadableError):
        unpacked(body, encoding)


@pytest.mark.parametrize("hours", [-31 * 24, 25])
def test_spans_outside_of_the_age_window_are_told_not_dropped_in_silence(hours):
    made = request(SPAN)
    made.MergeFrom(request(b"\x07" * 8, started=NOW + hours * 3_600 * 10**9, ended=0))
    found = decoded(made.SerializeToString(), Form.PROTOBUF, Signal.TRACES)
    keep_inside(found, AgeWindow(), NOW)
    assert [span.span_id for span in found.spans] == [SPAN.hex()]
    assert sum(found.rejected.values()) == 1


def test_a_refusal_is_a_status_in_the_form_of_the_request():
    assert json.loads(refusal(StatusCode.UNAVAILABLE, "later", Form.JSON)) == {"code": 14, "message": "later"}
    written = refusal(StatusCode.INVALID_ARGUMENT, "x" * 300, Form.PROTOBUF)
    assert written == b"\x08\x03\x12\xac\x02" + b"x" * 300


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_light_check_counts_what_the_decoder_gives(data):
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    ids, times = st.sampled_from([b"", bytes(8), b"12345678", b"x" * 16, bytes(16)]), st.sampled_from(TIMES)
    for _ in range(data.draw(st.integers(0, 4))):
        span = scope.spans.add(trace_id=data.draw(ids), span_id=data.draw(ids), parent_span_id=data.draw(ids))
        span.start_time_unix_nano, span.end_time_unix_nano = data.draw(times), data.draw(times)
        span.events.add(time_unix_nano=data.draw(times))
        if data.draw(st.booleans()):
            span.links.add(trace_id=data.draw(ids), span_id=data.draw(ids))
    body = request.SerializeToString()
    whole = decoded(body, Form.PROTOBUF, Signal.TRACES)
    keep_inside(whole, AgeWindow(), NOW)
    valid, light = checked(body, Form.PROTOBUF, Signal.TRACES, AgeWindow(), NOW)
    assert (valid, light.rejected) == (len(whole.spans), whole.rejected)


def test_the_parser_refuses_what_is_nested_deeper_than_the_decoder_takes():
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(trace_id=b"x" * 16, span_id=b"12345678")
    value = span.attributes.add(key="deep").value
    for _ in range(MAX_VALUE_DEPTH + 1):
        value = value.array_value.values.add()
    with pytest.raises(UnreadableError):
        checked(request.SerializeToString(), Form.PROTOBUF, Signal.TRACES, AgeWindow(), NOW)
