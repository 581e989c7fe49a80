"""What is written as OTLP JSON is read as it was; what a file says of a run goes with its spans."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from trueline.engine.traces import otlp_json
from trueline.engine.traces.assembly import assemble
from trueline.engine.traces.cases import carry_metadata
from trueline.engine.traces.files import Limits, decode_bytes
from trueline.engine.traces.model import Decoded, SpanEvent, Status, WireLog, WireSpan
from trueline.engine.traces.otlp_writing import log_request, trace_request

_TEXT = st.text(max_size=12)
_LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), _TEXT)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3), max_leaves=8
)
_ATTRIBUTES = st.dictionaries(_TEXT, _VALUES, max_size=4)
_IDS = st.integers(1, 2**64 - 1)
_TIMES = st.none() | st.integers(1, 2**62)
_EVENTS = st.builds(SpanEvent, name=_TEXT, at_ns=_TIMES, attributes=_ATTRIBUTES)
_SPANS = st.builds(
    WireSpan,
    trace_id=_IDS.map(lambda number: f"{number:032x}"),
    span_id=_IDS.map(lambda number: f"{number:016x}"),
    parent_id=st.none() | _IDS.map(lambda number: f"{number:016x}"),
    name=_TEXT,
    transport=st.sampled_from(["unspecified", "internal", "server", "client"]),
    started_ns=_TIMES,
    status=st.sampled_from(sorted(Status)),
    status_message=_TEXT,
    attributes=_ATTRIBUTES,
    events=st.lists(_EVENTS, max_size=2).map(tuple),
    links=st.just((("a" * 32, "b" * 16),)),
    resource=_ATTRIBUTES,
    scope=_TEXT,
    scope_version=_TEXT,
)


def read_again(request: object) -> Decoded:
    found = Decoded()
    otlp_json.decode(json.loads(json.dumps(request)), found)
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(_SPANS, max_size=4))
def test_spans_are_read_as_they_were(spans: list[WireSpan]) -> None:
    assert read_again(trace_request(spans)).spans == spans


@settings(max_examples=30, deadline=None)
@given(_EVENTS.filter(lambda event: "event.name" not in event.attributes))
def test_log_records_are_read_as_they_were(event: SpanEvent) -> None:
    log = WireLog("a" * 32, "b" * 16, event)
    assert read_again(log_request([log])).logs == [log]


def test_what_a_file_says_of_a_run_comes_with_its_spans() -> None:
    said = {"id": "case-7", "metadata": {"case": "7", "reward": 1.0}, "messages": [{"role": "user", "content": "Hi"}]}
    found = Decoded()
    decode_bytes(json.dumps(said).encode(), Limits(), found)
    (direct,) = assemble(found.spans, metadata=found.metadata)
    carry_metadata(found)
    (carried,) = assemble(read_again(trace_request(found.spans)).spans)
    assert carried.metadata == direct.metadata == {"id": "case-7", "case": "7", "reward": 1.0}
