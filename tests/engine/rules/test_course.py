from __future__ import annotations

import json

from trueline.engine.rules.course import Called, Said, Speaker, course_of
from trueline.engine.traces.reader import read_bytes

TRANSCRIPT = {
    "id": "case-1",
    "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Where is my order?"},
        {
            "role": "assistant",
            "content": "Let me look.",
            "tool_calls": [{"id": "c1", "function": {"name": "look", "arguments": '{"order": "A"}'}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": '{"status": "open"}'},
        {"role": "assistant", "content": "It is open."},
    ],
}


def course(document):
    return course_of(read_bytes(json.dumps(document).encode()).traces[0])


def test_a_transcript_becomes_what_was_said_and_called_in_order():
    events = course(TRANSCRIPT).events
    assert [event.speaker if isinstance(event, Said) else event.tool for event in events] == [
        Speaker.SYSTEM,
        Speaker.USER,
        Speaker.AGENT,
        "look",
        Speaker.AGENT,
    ]
    called = events[3]
    assert isinstance(called, Called)
    assert (called.arguments, called.result, called.failed) == ({"order": "A"}, {"status": "open"}, False)
    assert (called.with_text, called.siblings, called.agent) == (True, 1, "assistant")


def test_a_result_that_is_an_error_is_a_failed_call():
    broken = json.loads(json.dumps(TRANSCRIPT))
    broken["messages"][3]["content"] = "Error: order not found"
    assert course(broken).calls[0].failed


def test_what_the_trace_does_not_tell_is_unknown_and_not_zero():
    told = course(TRANSCRIPT)
    assert (told.cost, told.tokens, told.seconds) == (None, None, None)
    assert told.steps == 5
