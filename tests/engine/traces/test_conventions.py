"""Three generations of gen_ai and OpenInference say the same thing; the normal form is one."""

from __future__ import annotations

import json

import pytest

from tests.engine.traces.senders import Sent, as_json, json_attributes, json_span
from trueline.engine.traces.model import Part, SpanEvent, SpanKind, WireSpan
from trueline.engine.traces.normal_form import normal_form
from trueline.engine.traces.reader import read_bytes

CALL = {"id": "c1", "type": "function", "function": {"name": "search", "arguments": '{"q": "x"}'}}
PARTS_IN = [{"role": "user", "parts": [{"type": "text", "content": "hello"}]}]
PARTS_OUT = [
    {
        "role": "assistant",
        "finish_reason": "tool_call",
        "parts": [
            {"type": "text", "content": "wait"},
            {"type": "tool_call", "id": "c1", "name": "search", "arguments": {"q": "x"}},
        ],
    }
]
BASE = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m-1"}
GENERATION_3 = BASE | {
    "gen_ai.system_instructions": [{"type": "text", "content": "be brief"}],
    "gen_ai.input.messages": PARTS_IN,
    "gen_ai.output.messages": PARTS_OUT,
    "gen_ai.usage.input_tokens": 7,
    "gen_ai.usage.output_tokens": 2,
}
CHAT_IN = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}]
CHAT_OUT = {"role": "assistant", "content": "wait", "tool_calls": [CALL]}
GENERATION_2_EVENTS = (
    ("gen_ai.system.message", {"content": "be brief"}),
    ("gen_ai.user.message", {"content": "hello"}),
    ("gen_ai.choice", {"finish_reason": "tool_call", "message": CHAT_OUT}),
)
GENERATION_1_EVENTS = (
    ("gen_ai.content.prompt", {"gen_ai.prompt": json.dumps(CHAT_IN)}),
    ("gen_ai.content.completion", {"gen_ai.completion": json.dumps([CHAT_OUT])}),
)
OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "m-1",
    "llm.input_messages.0.message.role": "system",
    "llm.input_messages.0.message.content": "be brief",
    "llm.input_messages.1.message.role": "user",
    "llm.input_messages.1.message.contents.0.message_content.type": "text",
    "llm.input_messages.1.message.contents.0.message_content.text": "hello",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "wait",
    "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "search",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"q": "x"}',
    "llm.token_count.prompt": 7,
    "llm.token_count.completion": 2,
}
INDEXED = BASE | {
    "gen_ai.prompt.0.role": "system",
    "gen_ai.prompt.0.content": "be brief",
    "gen_ai.prompt.1.role": "user",
    "gen_ai.prompt.1.content": "hello",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.content": "wait",
    "gen_ai.completion.0.tool_calls.0.id": "c1",
    "gen_ai.completion.0.tool_calls.0.name": "search",
    "gen_ai.completion.0.tool_calls.0.arguments": '{"q": "x"}',
}
STRUCTURED_TEXT = GENERATION_3 | {key: json.dumps(GENERATION_3[key]) for key in GENERATION_3 if "messages" in key}


def span_of(sent: Sent):
    return read_bytes(as_json(sent)).traces[0].spans[0]


@pytest.mark.parametrize(
    "sent",
    [
        Sent(attributes=GENERATION_3),
        Sent(attributes=STRUCTURED_TEXT),
        Sent(attributes=BASE, events=GENERATION_2_EVENTS),
        Sent(attributes=BASE, events=GENERATION_1_EVENTS),
        Sent(attributes=BASE, events=(("gen_ai.client.inference.operation.details", GENERATION_3),)),
        Sent(attributes=OPENINFERENCE),
        Sent(attributes=INDEXED),
    ],
    ids=["generation 3", "as text", "generation 2", "generation 1", "details event", "openinference", "indexed"],
)
def test_every_convention_gives_the_same_messages(sent):
    span = span_of(sent)
    assert (span.kind, span.model) == (SpanKind.LLM, "m-1")
    assert [(message.role, message.text) for message in span.input_messages] == [
        ("system", "be brief"),
        ("user", "hello"),
    ]
    assert [(message.role, message.text) for message in span.output_messages] == [("assistant", "wait")]
    assert span.output_messages[0].parts[-1] == Part("tool_call", "", "search", "c1", {"q": "x"})


def test_usage_is_read_from_both_conventions_and_unknown_counts_stay_unknown():
    usages = [span_of(Sent(attributes=attributes)).usage for attributes in (GENERATION_3, OPENINFERENCE)]
    assert usages[0] == usages[1]
    assert (usages[0].input_tokens, usages[0].cache_read_tokens) == (7, None)
    assert span_of(Sent(attributes=BASE)).usage is None


def test_log_records_join_their_span_and_lost_ones_are_listed():
    record = {
        "traceId": Sent().trace_id,
        "spanId": Sent().span_id,
        "eventName": "gen_ai.client.inference.operation.details",
        "attributes": json_attributes(GENERATION_3),
    }
    document = {
        "resourceSpans": [{"scopeSpans": [{"spans": [json_span(Sent(attributes=BASE))]}]}],
        "resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}],
    }
    assert read_bytes(json.dumps(document).encode()).traces[0].spans[0].input_messages[-1].text == "hello"


@pytest.mark.parametrize(
    ("attributes", "name", "kind"),
    [
        ({"gen_ai.operation.name": "execute_tool", "openinference.span.kind": "LLM"}, "x", SpanKind.TOOL),
        ({"openinference.span.kind": "RETRIEVER", "llm.model_name": "m"}, "x", SpanKind.RETRIEVER),
        ({"gen_ai.operation.name": "search_memory"}, "x", SpanKind.MEMORY),
        ({"gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": "m"}, "x", SpanKind.AGENT),
        ({"traceloop.span.kind": "task"}, "x", SpanKind.CHAIN),
        ({}, "execute_tool search", SpanKind.TOOL),
        ({}, "GET /", SpanKind.OTHER),
    ],
)
def test_the_operation_decides_the_kind_never_the_presence_of_an_attribute(attributes, name, kind):
    assert span_of(Sent(name=name, attributes=attributes)).kind is kind


def test_a_declared_template_is_kept_with_its_variables():
    template = span_of(
        Sent(attributes={"llm.prompt_template.template": "Hi {x}", "llm.prompt_template.variables": '{"x": "Bo"}'})
    ).template
    assert (template.template, template.variables, template.version) == ("Hi {x}", {"x": "Bo"}, None)


def test_a_record_of_a_message_tells_its_role_by_its_name_alone():
    events = (
        SpanEvent("gen_ai.developer.message", 1, {"content": "be brief"}),
        SpanEvent("gen_ai.tool.message", 2, {"content": "42", "id": "c1"}),
    )
    span = normal_form(WireSpan("1" * 32, "1" * 16, None, "chat m", attributes=BASE, events=events))
    assert [(message.role, message.parts) for message in span.input_messages] == [
        ("developer", (Part("text", "be brief"),)),
        ("tool", (Part("tool_call_response", "42", None, "c1"),)),
    ]
