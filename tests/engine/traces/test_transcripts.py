from __future__ import annotations

import json

from trueline.engine.traces.graph import owning_agents
from trueline.engine.traces.model import SpanKind, Status
from trueline.engine.traces.reader import read_bytes

MESSAGES = [
    {"role": "user", "content": "Find it", "at": "2026-01-01T10:00:00Z"},
    {"role": "assistant", "name": "planner", "content": None,
     "tool_calls": [{"id": "c1", "function": {"name": "search", "arguments": '{"q": 1}'}}]},
    {"role": "tool", "tool_call_id": "c1", "content": "Error: quota exceeded"},
    {"role": "assistant", "name": "writer", "content": "Sorry"},
]  # fmt: skip


def trace_of(document):
    reading = read_bytes(json.dumps(document).encode())
    assert reading.unread == ()
    return reading.traces[0]


def test_each_message_becomes_a_span_whose_step_is_its_index():
    spans = [span for span in trace_of({"messages": MESSAGES}).spans if span.step is not None]
    by_step = {span.step: span for span in spans}
    assert [by_step[step].kind for step in range(4)] == [SpanKind.MESSAGE, SpanKind.LLM, SpanKind.TOOL, SpanKind.LLM]
    assert [by_step[step].agent for step in (1, 3)] == ["planner", "writer"]


def test_a_tool_result_belongs_to_the_message_that_called_it():
    trace = trace_of({"messages": MESSAGES})
    tool = next(span for span in trace.spans if span.tool is not None)
    caller = next(span for span in trace.spans if span.span_id == tool.parent_id)
    assert (tool.tool.name, tool.tool.arguments, caller.step) == ("search", {"q": 1}, 1)
    assert owning_agents(trace)[tool.span_id] == "planner"
    assert (tool.wire.status, tool.wire.status_message) == (Status.ERROR, "Error: quota exceeded")


def test_a_declared_error_is_a_failure_with_its_type():
    messages = [{"role": "tool", "content": "", "error": {"type": "Timeout", "message": "late"}}]
    span = next(span for span in trace_of(messages).spans if span.tool is not None)
    assert (span.wire.status, span.error_type, span.wire.status_message) == (Status.ERROR, "Timeout", "late")


def test_the_same_transcript_has_the_same_ids_and_another_run_has_others():
    first, again = trace_of({"id": "7", "messages": MESSAGES}), trace_of({"messages": MESSAGES, "id": "7"})
    other = trace_of({"id": "7", "messages": [*MESSAGES, {"role": "user", "content": "Why?"}]})
    assert first == again
    assert first.trace_id != other.trace_id
    assert trace_of({"trace_id": "AB" * 16, "messages": MESSAGES}).trace_id == "ab" * 16


def test_a_tau_bench_run_keeps_case_seed_and_reward():
    trace = trace_of([{"task_id": 3, "trial": 1, "reward": 0.0, "info": {"x": 1}, "traj": MESSAGES}])
    assert {key: trace.metadata[key] for key in ("case", "seed", "reward")} == {"case": 3, "seed": 1, "reward": 0.0}


def test_a_failure_log_names_its_agents_and_its_executed_programs():
    history = [
        {"role": "human", "content": "Do it"},
        {"role": "Orchestrator (-> Surfer)", "content": "Go"},
        {"role": "assistant", "name": "Coder_Expert", "content": "```python\nx\n```"},
        {"role": "user", "name": "Computer_terminal", "content": "exitcode: 1 (failed)\nCode output: NameError: x"},
        {"role": "user", "name": "Computer_terminal", "content": "exitcode: 0 (succeeded)\nCode output: 4"},
    ]  # fmt: skip
    trace = trace_of({"question": "?", "history": history, "mistake_agent": "Coder_Expert", "mistake_step": "2"})
    by_step = {span.step: span for span in trace.spans if span.step is not None}
    assert [by_step[step].agent for step in (1, 2)] == ["Orchestrator", "Coder_Expert"]
    assert [by_step[step].wire.status for step in (3, 4)] == [Status.ERROR, Status.UNSET]
    assert by_step[3].wire.status_message == "NameError: x"
