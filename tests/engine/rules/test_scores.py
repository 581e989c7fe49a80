from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.rules.worlds import call, model, rule, run
from trueline.engine.rules.authority import authority_ref
from trueline.engine.rules.composite import composite_score
from trueline.engine.rules.document import Evaluation, evaluation_document, evaluation_lines
from trueline.engine.rules.evaluation import evaluate_runs
from trueline.engine.scores import Score, Unscored

RULES = rule(
    "{never_call: wipe}",
    rule_id="no-wipe",
    extra="{hard: true, weight: 3, dimension: safety}".strip("{}").replace(", ", "\n    "),
) + rule("{calls: {of: look, forbid: call.failed}}", rule_id="no-fail", extra="dimension: care")
SCORING = "scoring: {rubric: {safety: 1, care: 1}, blend: 0.6, hard_cap: 0.49}"
MODEL = model(RULES, extra=SCORING)


def score(*runs, built=MODEL):
    return composite_score(built, evaluate_runs(built, list(runs)), resamples=300)


def test_the_blend_is_the_weighted_sum_of_both_scores():
    run_score = score(run(call("look", "Error: no"))).runs[0]
    assert run_score.world_model == Score(pytest.approx(3 / 4))
    assert run_score.rubric == Score(pytest.approx(1 / 2))
    assert run_score.blended == Score(pytest.approx(0.6 * 3 / 4 + 0.4 * 1 / 2))


def test_a_broken_hard_rule_caps_the_blend_and_is_named():
    run_score = score(run(call("wipe"), call("look"), call("look"))).runs[0]
    assert run_score.broken_hard_rules == ("no-wipe",)
    assert run_score.blended == Score(pytest.approx(0.6 * 1 / 4 + 0.4 * 1 / 2))
    generous = model(
        rule("{never_call: wipe}", rule_id="w", extra="hard: true")
        + rule("{must_call: look}", rule_id="l", extra="weight: 9")
    )
    assert score(run(call("wipe"), call("look")), built=generous).runs[0].blended == Score(0.49)


def test_a_run_on_which_nothing_can_be_decided_is_unscored_and_not_zero():
    built = model(rule("{calls: {of: look, forbid: call.failed}}"))
    composite = score(run(), run(call("look")), built=built)
    assert isinstance(composite.runs[0].blended, Unscored)
    assert (composite.blended.value, composite.blended.n, composite.blended.unscored) == (Score(1.0), 1, 1)


def test_an_average_over_nothing_is_unscored():
    built = model(rule("{calls: {of: look, forbid: call.failed}}"))
    assert isinstance(score(run(), built=built).blended.value, Unscored)


@given(st.lists(st.sampled_from(["look", "wipe", "fail"]), max_size=5), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_scores_stay_between_zero_and_one_and_the_interval_holds_the_mean(tools, count):
    steps = [call("look", "Error: no") if tool == "fail" else call(tool) for tool in tools]
    composite = score(*[run(*steps[:n]) for n in range(count)])
    low, high = composite.blended.interval
    assert 0 <= low <= composite.blended.value.value + 1e-9
    assert composite.blended.value.value - 1e-9 <= high <= 1


def test_the_snapshot_holds_the_weights_and_the_document_every_verdict():
    courses = [run(call("wipe"))]
    results = evaluate_runs(MODEL, courses)
    document = evaluation_document(Evaluation(MODEL, courses, results, composite_score(MODEL, results, resamples=100)))
    assert document["score"]["snapshot"] == {
        "blend": 0.6,
        "hard_cap": 0.49,
        "weights": {"no-wipe": 3.0, "no-fail": 1.0},
        "rubric": {"care": 1, "safety": 1},
    }
    assert [(each["rule"], each["verdict"]) for each in document["verdicts"]] == [
        ("no-wipe", "failed"),
        ("no-fail", "not_applicable"),
    ]
    assert any("no-wipe (hard)" in line for line in evaluation_lines(document))


def test_the_authority_handle_changes_with_an_enshrined_rule_and_with_nothing_else():
    def handle(text, status="enshrined", order=1):
        rules = [
            rule("{never_call: x}", rule_id="a", status=status),
            rule("{never_call: y}", rule_id="b", status="enshrined"),
        ]
        return authority_ref(model("".join(rules[::order]).replace("Rule a", text)))

    assert handle("Rule a") == handle("Rule a", order=-1)
    assert handle("Rule a") != handle("Rule another")
    assert handle("Rule a", "candidate") == handle("Rule another", "candidate")
