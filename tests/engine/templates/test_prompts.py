from __future__ import annotations

import json

from trueline.engine.templates.prompts import Material, material_of
from trueline.engine.traces.reader import read_bytes

SYSTEM, ASKED, SEEN = (
    "You plan journeys with great care.",
    "Plan a journey to the sea.",
    "The observation of a tool call.",
)


def span(span_id: str, parent: str, start: int, **attributes: object) -> dict[str, object]:
    return {
        "traceId": "ab" * 16,
        "spanId": span_id * 16,
        "parentSpanId": parent * 16,
        "name": "span",
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + 5),
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()],
    }


def llm(
    span_id: str, start: int, *messages: tuple[str, str], said: str = "I will look for trains."
) -> dict[str, object]:
    def plain(role: str, text: str) -> dict[str, object]:
        return {"role": role, "parts": [{"type": "text", "content": text}]}

    return span(
        span_id,
        "1",
        start,
        **{
            "gen_ai.operation.name": "chat",
            "gen_ai.input.messages": json.dumps([plain(role, text) for role, text in messages]),
            "gen_ai.output.messages": json.dumps([plain("assistant", said)]),
        },
    )


def material(*spans: dict[str, object]) -> Material:
    agent = span("1", "", 1, **{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"})
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [agent, *spans]}]}]}
    reading = read_bytes(json.dumps(document).encode())
    assert reading.unread == ()
    return material_of(reading.traces)


def test_a_model_call_gives_the_prompts_that_frame_it_and_not_its_memory():
    conversation = [
        ("system", SYSTEM),
        ("user", ASKED),
        ("assistant", "Looking."),
        ("user", SEEN),
        ("assistant", "Found."),
    ]
    found = material(llm("2", 10, *conversation))
    assert [(each.role, each.text, each.agent) for each in found.prompts] == [
        ("system", SYSTEM, "planner"),
        ("user", ASKED, "planner"),
    ]


def test_a_question_at_the_end_of_a_conversation_frames_the_call_too():
    found = material(llm("2", 10, ("system", SYSTEM), ("user", ASKED), ("assistant", "Looking."), ("user", SEEN)))
    assert [each.text for each in found.prompts] == [SYSTEM, ASKED, SEEN]


def test_a_prompt_repeated_at_every_step_counts_once():
    steps = [llm(str(number), 10 * number, ("system", SYSTEM), ("user", ASKED)) for number in (2, 3, 4)]
    assert [each.text for each in material(*steps).prompts] == [SYSTEM, ASKED]


def test_what_an_agent_says_is_kept_with_its_time():
    said = material(llm("2", 10, ("user", ASKED))).said["ab" * 16]
    assert [(each.speaker, each.text, each.said_at) for each in said] == [("planner", "I will look for trains.", 15)]
