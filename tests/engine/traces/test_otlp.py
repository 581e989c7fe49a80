from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.traces.senders import Sent, as_json, as_nested, as_protobuf, json_request, json_span
from trueline.engine.traces.identifiers import iso_nanoseconds
from trueline.engine.traces.model import SpanKind, Status
from trueline.engine.traces.nested import duration_nanoseconds
from trueline.engine.traces.reader import read_bytes

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
AGENT = Sent(span=1, name="invoke_agent planner", attributes={"gen_ai.operation.name": "invoke_agent"})
TOOL = Sent(
    span=2,
    parent=1,
    name="execute_tool search",
    status="error",
    message="boom",
    attributes={
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "search",
        "n": 3,
        "deep": {"a": [1, True]},
    },
    events=(("exception", {"exception.type": "ValueError", "exception.message": "boom"}),),
)


def only_span(data: bytes):
    reading = read_bytes(data)
    assert reading.unread == ()
    return reading.traces[0].spans[0]


def test_json_protobuf_and_nested_spans_give_the_same_normal_form():
    forms = [read_bytes(render(AGENT, TOOL)) for render in (as_json, as_protobuf, as_nested)]
    assert forms[0].traces == forms[1].traces
    assert [
        (s.span_id, s.parent_id, s.kind, s.wire.status, s.tool, s.attributes) for s in forms[0].traces[0].spans
    ] == [(s.span_id, s.parent_id, s.kind, s.wire.status, s.tool, s.attributes) for s in forms[2].traces[0].spans]
    assert forms[0].traces[0].spans[0].agent == "planner"


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=4))
def test_any_attributes_are_the_same_from_json_and_protobuf(attributes):
    sent = Sent(attributes=attributes)
    assert only_span(as_json(sent)).attributes == only_span(as_protobuf(sent)).attributes == attributes


def test_ids_in_any_case_and_in_base64_are_one_id():
    lower = json_span(Sent(trace=0xABCDEF, span=0xABCDEF))
    upper = lower | {"traceId": lower["traceId"].upper(), "spanId": lower["spanId"].upper()}
    encoded = lower | {
        "traceId": base64.b64encode(bytes.fromhex(lower["traceId"])).decode(),
        "spanId": base64.b64encode(bytes.fromhex(lower["spanId"])).decode(),
    }
    assert len(read_bytes(json_request(lower, upper, encoded)).traces[0].spans) == 1


@pytest.mark.parametrize("code", [2, "2", "STATUS_CODE_ERROR"])
@pytest.mark.parametrize("kind", [3, "3", "SPAN_KIND_CLIENT"])
def test_enumerations_are_read_as_numbers_and_as_names(code, kind):
    span = only_span(json_request(json_span(Sent()) | {"status": {"code": code}, "kind": kind}))
    assert (span.wire.status, span.wire.transport) == (Status.ERROR, "client")


def test_missing_and_unknown_fields_are_no_reason_to_lose_a_span():
    span = only_span(json_request({"traceId": "a" * 32, "spanId": "b" * 16, "novelty": {"x": [1]}}))
    assert (span.wire.started_ns, span.wire.transport, span.name) == (None, "unspecified", "")


def test_times_are_read_as_text_and_as_number():
    as_number = json_span(Sent()) | {"startTimeUnixNano": 5, "endTimeUnixNano": 7}
    assert only_span(json_request(as_number)).wire.ended_ns == 7


def test_one_bad_span_never_drops_the_batch_and_each_reason_is_counted():
    bad = [
        json_span(Sent()) | {"traceId": "0" * 32},
        json_span(Sent()) | {"spanId": "abc"},
        json_span(Sent(lasted_ns=-5)),
        json_span(Sent(lasted_ns=-5)),
        7,
    ]
    reading = read_bytes(json_request(json_span(Sent(span=9)), *bad))
    assert [span.span_id for span in reading.traces[0].spans] == [f"{9:016x}"]
    assert sorted(entry.reason for entry in reading.unread) == [
        "1 left out: it is no object",
        "1 left out: the span id is not 8 bytes",
        "1 left out: the trace id is all zero",
        "2 left out: the span ends before it starts",
    ]


def test_a_parent_of_zeros_is_no_parent():
    assert only_span(json_request(json_span(Sent()) | {"parentSpanId": "0" * 16})).parent_id is None


def test_protobuf_with_length_prefixes_is_read_message_by_message():
    frames = b"".join(struct.pack(">I", len(data)) + data for data in (as_protobuf(AGENT), as_protobuf(TOOL)))
    assert read_bytes(frames).span_count == 2


def test_json_lines_keep_what_can_be_read():
    reading = read_bytes(as_json(AGENT) + b"\n" + as_json(TOOL) + b"\n{broken")
    assert reading.span_count == 2
    assert [entry.reason for entry in reading.unread] == ["1 left out: a line is not valid JSON"]


def test_the_later_and_fuller_of_two_versions_of_a_span_stays_whatever_the_order():
    early, late = Sent(lasted_ns=1), Sent(lasted_ns=9, attributes={"a": 1})
    assert read_bytes(as_json(early, late)).traces == read_bytes(as_json(late, early)).traces
    assert only_span(as_json(early, late)).attributes == {"a": 1}


def test_spans_of_nested_files_hang_below_each_other():
    spans = read_bytes(as_nested(AGENT, TOOL)).traces[0].spans
    assert [(span.kind, span.parent_id) for span in spans] == [(SpanKind.AGENT, None), (SpanKind.TOOL, AGENT.span_id)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT1M48.75533S", 108_755_330_000),
        ("P1DT2H", 93_600_000_000_000),
        ("PT0.000000001S", 1),
        ("1s", None),
        (5, None),
    ],
)
def test_durations_are_read_exactly(text, expected):
    assert duration_nanoseconds(text) == expected


def test_a_time_without_zone_is_utc():
    assert iso_nanoseconds("1970-01-01T00:00:01.5") == iso_nanoseconds("1970-01-01T01:00:01.5+01:00") == 1_500_000_000


@pytest.mark.parametrize("sign", ["{", "["])
def test_a_protobuf_request_whose_length_is_the_code_of_a_brace_is_no_json(sign):
    sizes = {len(as_protobuf(Sent(name="n" * size))): size for size in range(80)}
    data = as_protobuf(Sent(name="n" * sizes[ord(sign) + 2]))
    assert data[:2] == b"\n" + sign.encode()
    assert only_span(data).name.startswith("n")
