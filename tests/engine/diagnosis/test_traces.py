from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.diagnosis.runs import SECOND, START_NS, exception, span, traces_of, usual_runs
from trueline.engine.diagnosis.attribution import TOP
from trueline.engine.diagnosis.diagnosis import diagnose
from trueline.engine.diagnosis.loops import run_probability
from trueline.engine.traces.reader import read_bytes

STEP = {"openinference.span.kind": "CHAIN"}


def groups(*spans):
    found = diagnose(traces_of(list(spans)))
    return {frozenset(int(member[1], 16) for member in cluster.members) for cluster in found.clusters}


def test_every_kind_of_failure_is_found_and_each_span_is_in_exactly_one_cluster():
    spans = [
        span(1, 1, "boom one"),
        span(1, 2, events=exception("ValueError", "bad date")),
        span(1, 3, attributes={"error.type": "TimeoutError"}),
        span(1, 4, ""),
        span(1, 5),
        span(1, 6, events=(*exception("A", "x"), *exception("B", "y"))),
    ]
    members = [member[1] for cluster in diagnose(traces_of(spans)).clusters for member in cluster.members]
    assert sorted(int(member, 16) for member in members) == [1, 2, 3, 4, 6]


def test_a_wrapper_has_the_cause_of_what_it_wraps():
    told = "page_down() got an unexpected keyword argument ''"
    wrapped = f"Error when executing tool page_down: TypeError: {told}"
    inner = span(1, 2, parent=1, events=exception("TypeError", told))
    outer = span(1, 1, attributes=STEP, events=exception("AgentError", wrapped))
    assert groups(inner, outer) == {frozenset({1, 2})}


def test_a_parent_that_says_nothing_of_its_own_passes_its_child_on():
    child = span(1, 3, "KeyError: 'user_id'", parent=2)
    assert groups(child, span(1, 2, "Tool execution failed", parent=1), span(1, 1, "", attributes=STEP)) == {
        frozenset({1, 2, 3})
    }


def test_a_parent_that_failed_for_its_own_reason_keeps_it():
    child = span(1, 2, "No results found for query: 'a'", parent=1)
    assert groups(child, span(1, 1, "InterpreterError: name 'x' is not defined", attributes=STEP)) == {
        frozenset({1}),
        frozenset({2}),
    }


def test_one_silent_parent_never_joins_the_causes_of_its_children():
    spans = [
        span(1, 1, "Agent run failed", attributes=STEP),
        span(1, 2, "KeyError: 'user_id'", parent=1, at_ns=START_NS),
        span(1, 3, "Connection refused by redis", parent=1, at_ns=START_NS + SECOND),
        span(2, 4, "Agent run failed", attributes=STEP),
        span(2, 5, "KeyError: 'user_id'", parent=4),
    ]
    assert groups(*spans) == {frozenset({1, 3}), frozenset({2, 4, 5})}


def test_the_same_words_from_two_tools_are_two_causes():
    tools = [{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name} for name in ("a_tool", "b_tool")]
    assert len(groups(*(span(1, n + 1, "Request timed out", attributes=held) for n, held in enumerate(tools)))) == 2


def test_a_circle_of_parents_is_no_endless_loop():
    assert groups(span(1, 1, "KeyError: 'a'", parent=2), span(1, 2, "KeyError: 'a'", parent=1)) == {frozenset({1, 2})}


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_diagnosis_is_the_same_in_any_order_and_with_repeats(rng):
    spans = usual_runs(3, count=25, failing=0.3)
    shuffled = [*spans, *rng.sample(spans, 10)]
    rng.shuffle(shuffled)
    assert diagnose(traces_of(shuffled)) == diagnose(traces_of(spans))


def test_ids_stay_when_only_a_part_has_arrived():
    spans = usual_runs(4, count=60, failing=0.3)
    whole = {member: cluster.id for cluster in diagnose(traces_of(spans)).clusters for member in cluster.members}
    part = diagnose(traces_of(spans[: len(spans) // 2]))
    assert {whole[member] == cluster.id for cluster in part.clusters for member in cluster.members} == {True}


def call(trace: int, number: int, arguments: str, message: str | None = None):
    held = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "search",
        "gen_ai.tool.call.arguments": arguments,
    }
    return span(trace, number, message, attributes=held, at_ns=START_NS + number * SECOND)


def test_a_loop_of_equal_calls_is_found_with_its_cluster_and_different_calls_are_none():
    others = [call(trace, trace * 100 + n, f'{{"q": {n}}}') for trace in range(2, 12) for n in range(8)]
    looping = [call(1, n + 1, '{"q": 1}', "No results found for query: 'x'") for n in range(7)]
    found = [pattern for pattern in diagnose(traces_of([*others, *looping])).systemic if pattern.kind == "loop"]
    assert [(pattern.traces, pattern.cluster is None) for pattern in found] == [((f"{1:032x}",), False)]
    assert diagnose(traces_of(others)).systemic == ()


def test_calls_without_arguments_are_no_loop():
    assert diagnose(traces_of([call(1, n + 1, "") for n in range(9)])).systemic == ()


@pytest.mark.parametrize(("trials", "length", "rate"), [(6, 3, 0.5), (9, 2, 0.3), (3, 3, 0.9), (2, 3, 0.9)])
def test_the_probability_of_a_run_is_exact(trials, length, rate):
    total = 0.0
    for outcome in range(2**trials):
        bits = [(outcome >> place) & 1 for place in range(trials)]
        if "1" * length in "".join(map(str, bits)):
            total += rate ** sum(bits) * (1 - rate) ** (trials - sum(bits))
    assert run_probability(trials, length, rate) == pytest.approx(total)


def attribution_of(messages, **document):
    traces = read_bytes(json.dumps({"messages": messages, **document}).encode()).traces
    return diagnose(traces).attribution


def said(name: str, content: str):
    return {"role": "assistant", "name": name, "content": content}


def test_the_author_of_the_first_executed_code_leads_the_ranking_with_reasons():
    messages = [
        said("Lead_Expert", "Let us look."),
        said("Coder_Expert", "```python\nx\n```"),
        {
            "role": "tool",
            "name": "terminal",
            "content": "exitcode: 1 (failed)\nCode output: NameError: name 'x' is not defined",
        },
        said("Check_Expert", "I agree with this result, it is the answer to the question."),
    ]
    (entry,) = attribution_of(messages)
    assert (entry.candidates[0].agent, entry.candidates[0].step) == ("Coder_Expert", 1)
    assert len(entry.candidates[0].reasons) == 2
    assert 1 < len(entry.candidates) <= TOP
    assert len({candidate.agent for candidate in entry.candidates}) > 1


def test_a_run_that_succeeded_is_not_explained():
    messages = [said("a", "Done, this is the whole answer that was asked for.")]
    assert attribution_of(messages, metadata={"reward": 1.0}) == ()
    assert len(attribution_of(messages, metadata={"reward": 0.0})) == 1


def test_an_annotation_in_the_file_is_never_read_by_the_diagnosis():
    messages = [said("a", "First answer, long enough to count."), said("b", "Second answer, long enough to count too.")]
    plain = attribution_of(messages)
    assert attribution_of(messages, metadata={"mistake_agent": "b", "mistake_step": "1"}) == plain


def test_in_a_tree_the_model_call_before_the_failure_is_named():
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "worker"}
    llm = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
    spans = [
        span(1, 1, attributes=agent),
        span(1, 2, parent=1, attributes=llm, at_ns=START_NS + SECOND),
        span(1, 3, parent=1, attributes=llm, at_ns=START_NS + 5 * SECOND),
        span(1, 4, "KeyError: 'user_id'", parent=1, at_ns=START_NS + 7 * SECOND),
        span(1, 5, parent=1, attributes=llm, at_ns=START_NS + 9 * SECOND),
    ]
    random.Random(1).shuffle(spans)
    (entry,) = diagnose(traces_of(spans)).attribution
    assert (int(entry.candidates[0].span_id, 16), entry.candidates[0].agent, entry.candidates[0].step) == (
        3,
        "worker",
        2,
    )
