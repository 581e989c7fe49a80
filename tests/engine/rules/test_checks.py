from __future__ import annotations

import pytest

from tests.engine.rules.worlds import call, model, rule, run, verdict
from trueline.engine.rules.checks import Judgement
from trueline.engine.rules.course import Course, Said, Speaker
from trueline.engine.rules.evaluation import evaluate_rule, evaluate_runs
from trueline.engine.rules.model import RuleVerdict

PASSED, FAILED, NA, UNSCORED = RuleVerdict.PASSED, RuleVerdict.FAILED, RuleVerdict.NOT_APPLICABLE, RuleVerdict.UNSCORED
LOOKED = call("look", {"status": "open"}, order="A")
ORDER = "{order: {first: look, then: close, same: order}}"
GIVEN = (
    "{calls: {of: close, given: {order: {from: look, for: {order: call.order}}}, require: 'order.status == \"open\"'}}"
)


@pytest.mark.parametrize(
    ("check", "steps", "expected"),
    [
        (ORDER, [LOOKED, call("close", order="A")], PASSED),
        (ORDER, [LOOKED, call("close", order="B")], FAILED),
        (ORDER, [call("close", order="A"), LOOKED], FAILED),
        (ORDER, [call("look", "Error: no", order="A"), call("close", order="A")], FAILED),
        (ORDER, [LOOKED, call("close")], UNSCORED),
        (ORDER, [LOOKED], NA),
        (GIVEN, [LOOKED, call("close", order="A")], PASSED),
        (GIVEN, [call("look", {"status": "shut"}, order="A"), call("close", order="A")], FAILED),
        (GIVEN, [call("close", order="A")], UNSCORED),
        (GIVEN, [LOOKED, call("look", {"status": "shut"}, order="A"), call("close", order="A")], FAILED),
        ("{must_call: [look, find]}", [LOOKED], PASSED),
        ("{must_call: look}", [call("close")], FAILED),
        ("{must_call: look}", [call("look", "Error: no")], FAILED),
        ("{never_call: wipe}", [LOOKED], PASSED),
        ("{never_call: wipe}", [call("wipe")], FAILED),
        (
            "{arguments: {of: pay, schema: {required: [sum], properties: {sum: {type: number, maximum: 10}}}}}",
            [call("pay", sum=9)],
            PASSED,
        ),
        (
            "{arguments: {of: pay, schema: {required: [sum], properties: {sum: {type: number, maximum: 10}}}}}",
            [call("pay", sum=11)],
            FAILED,
        ),
        ("{arguments: {of: pay, schema: {required: [sum]}}}", [call("pay")], FAILED),
        ("{answer: {schema: {type: object, required: [a]}}}", [{"agent": '```json\n{"a": 1}\n```'}], PASSED),
        ("{answer: {schema: {type: object, required: [a]}}}", [{"agent": '{"b": 1}'}], FAILED),
        ("{answer: {schema: {type: object}}}", [{"agent": "the answer is 1"}], FAILED),
        ("{answer: {schema: {type: object}}}", [{"user": "hello"}], UNSCORED),
        (
            "{claims: {pattern: '\\$([0-9,.]+[0-9])'}}",
            [call("price", {"usd": 1250}), {"agent": "It costs $1,250."}],
            PASSED,
        ),
        (
            "{claims: {pattern: '\\$([0-9,.]+[0-9])'}}",
            [call("price", {"usd": 1250}), {"agent": "It costs $250."}],
            FAILED,
        ),
        ("{claims: {pattern: '\\$([0-9,.]+[0-9])'}}", [{"agent": "It costs $99"}, call("price", 99)], FAILED),
        ("{claims: {pattern: '\\$([0-9]+)'}}", [{"agent": "It is free."}], NA),
        (
            "{done_claims: {says: has been closed, needs: close}}",
            [call("close"), {"agent": "It has been closed."}],
            PASSED,
        ),
        (
            "{done_claims: {says: has been closed, needs: close}}",
            [{"agent": "It has been closed."}, call("close")],
            FAILED,
        ),
        ("{forbidden_text: {patterns: ['\\bguarantee']}}", [{"agent": "We GUARANTEE it."}], FAILED),
        (
            "{forbidden_text: {patterns: ['\\bguarantee']}}",
            [{"user": "Do you guarantee it?"}, {"agent": "No."}],
            PASSED,
        ),
        ("{forbidden_text: {patterns: secret}}", [call("mail", body="the secret word")], FAILED),
        ("{limits: {steps: 2}}", [LOOKED, LOOKED], PASSED),
        ("{limits: {steps: 1}}", [LOOKED, LOOKED], FAILED),
        ("{limits: {calls_of: {look: 1}}}", [LOOKED, LOOKED], FAILED),
        ("{limits: {cost_usd: 1}}", [LOOKED], UNSCORED),
        ("{messages: {by: agent, forbid: 'count(message.text) > 10'}}", [{"agent": "far too long a text"}], FAILED),
        ("{messages: {by: agent, forbid: 'count(message.text) > 10'}}", [{"user": "far too long a text"}], NA),
        ("{run: {where: 'called(\"look\") > 0', require: 'called(\"close\") > 0'}}", [LOOKED], FAILED),
        ("{run: {where: 'called(\"look\") > 0', require: 'called(\"close\") > 0'}}", [call("close")], NA),
        ("{calls: {of: '*', require: [call.alone, not call.with_text]}}", [{**LOOKED, "alongside": 1}], FAILED),
        ("{calls: {of: '*', require: [call.alone, not call.with_text]}}", [{**LOOKED, "agent": "Wait."}], FAILED),
        ("{calls: {of: close, require: 'call.agent in [\"boss\"]'}}", [{**call("close"), "as": "clerk"}], FAILED),
        (
            "{calls: {of: close, require: 'spoke(\"checker\") > 0'}}",
            [{"agent": "Fine.", "as": "checker"}, call("close")],
            PASSED,
        ),
        (
            "{calls: {of: close, require: 'spoke(\"checker\") > 0'}}",
            [call("close"), {"agent": "Fine.", "as": "checker"}],
            FAILED,
        ),
        ("{calls: {of: close, where: 'call.order == \"Z\"', require: call.alone}}", [call("close", order="A")], NA),
        ("{judged: {question: Is it kind}}", [{"agent": "Hello."}], UNSCORED),
    ],
)
def test_each_kind_of_check_gives_its_verdict(check, steps, expected):
    assert verdict(check, *steps).verdict is expected


def test_a_failure_names_its_place_and_its_reason():
    result = verdict(ORDER, {"user": "Close A"}, call("close", order="A"))
    failed = [finding for finding in result.findings if finding.verdict is FAILED]
    assert (failed[0].step, failed[0].span_id) == (1, "step-1")
    assert result.reason == "close without an earlier look for order 'A'"


def test_one_failure_outweighs_what_passed_and_what_is_unknown():
    result = verdict(
        GIVEN,
        LOOKED,
        call("close", order="A"),
        call("close", order="X"),
        call("look", {"status": "shut"}, order="B"),
        call("close", order="B"),
    )
    assert [finding.verdict for finding in result.findings] == [PASSED, UNSCORED, FAILED]
    assert result.verdict is FAILED


def test_a_forbidden_text_is_not_repeated_in_the_reason():
    assert "hunter2" not in verdict("{forbidden_text: {patterns: 'pass\\w+'}}", {"agent": "password hunter2"}).reason


def test_values_of_the_model_are_known_by_name():
    values = "values: {fee: {gold: 0, other: 5}}"
    check = "{calls: {of: pay, require: 'call.sum == fee[call.tier]'}}"
    assert verdict(check, call("pay", sum=5, tier="other"), values=values).verdict is PASSED
    assert verdict(check, call("pay", sum=5, tier="gold"), values=values).verdict is FAILED


def test_the_same_thing_done_in_two_runs_fails_in_the_second():
    built = model(rule("{across_runs: {of: refund, per: call.order, at_most: 1}}"))
    runs = [run(call("refund", order="A")), run(call("refund", order="B")), run(call("refund", order="A")), run(LOOKED)]
    assert [each.results[0].verdict for each in evaluate_runs(built, runs)] == [PASSED, PASSED, FAILED, NA]


def test_a_failed_refund_counts_for_nothing_across_runs():
    built = model(rule("{across_runs: {of: refund, per: call.order, at_most: 1}}"))
    runs = [run(call("refund", "Error: no", order="A")), run(call("refund", order="A"))]
    assert [each.results[0].verdict for each in evaluate_runs(built, runs)] == [NA, PASSED]


class YesJudge:
    """Says yes when the agent said hello; gives no answer to a silent run."""

    def __call__(self, question: str, course: Course) -> Judgement:
        said = [event.text for event in course.events if isinstance(event, Said) and event.speaker is Speaker.AGENT]
        return Judgement("Hello" in said[0], question, 12, 0.001) if said else Judgement(None, "the agent said nothing")


@pytest.mark.parametrize(
    ("steps", "expected"), [([{"agent": "Hello"}], PASSED), ([{"agent": "What?"}], FAILED), ([], UNSCORED)]
)
def test_a_judged_rule_goes_through_the_one_port(steps, expected):
    built = model(rule("{judged: {question: Is it kind}}"))
    assert evaluate_rule(built, built.rules[0], run(*steps), judge=YesJudge()).verdict is expected


def test_rules_that_are_not_in_force_are_not_evaluated():
    statuses = ["candidate", "provisional", "pending_approval", "enshrined", "retired"]
    built = model(
        "".join(rule("{never_call: x}", rule_id=f"r-{status.split('_')[0]}", status=status) for status in statuses)
    )
    assert [each.rule_id for each in evaluate_runs(built, [run()])[0].results] == ["r-provisional", "r-enshrined"]
