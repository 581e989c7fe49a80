from __future__ import annotations

import random

import pytest

from trueline.engine.comparison.document import comparison_document
from trueline.engine.comparison.estimates import Settings
from trueline.engine.comparison.objectives import Direction, Objective, Role, choose_objectives, parse_objective
from trueline.engine.comparison.results import CaseResult, case_result
from trueline.engine.comparison.verdict import Verdict, compare_results
from trueline.engine.scores import EngineError, Score, Unscored

QUICK = Settings(resamples=1_000)


def results(rate: float, *, cases: int = 120, seeds: int = 3, salt: int = 0, **extra: float) -> list[CaseResult]:
    rng = random.Random(salt)
    return [
        case_result({"case": f"c{case}", "seed": seed, "correct": rng.random() < rate, **extra})
        for case in range(cases)
        for seed in range(seeds)
    ]


def gate(comparison, name):
    return next(each for each in comparison.gates if each.name == name)


def test_a_clear_gain_over_several_seeds_is_an_improvement():
    comparison = compare_results(results(0.5), results(0.8, salt=1), settings=QUICK)
    assert comparison.verdict is Verdict.IMPROVE
    assert gate(comparison, "better:correct").decided
    assert comparison.estimates[0].interval[0] > 0


def test_a_clear_loss_is_a_regression():
    assert compare_results(results(0.8), results(0.5, salt=1), settings=QUICK).verdict is Verdict.REGRESS


def test_the_same_results_twice_are_no_change_with_p_one():
    comparison = compare_results(results(0.7), results(0.7), settings=QUICK)
    assert comparison.verdict is Verdict.NO_CHANGE
    assert comparison.estimates[0].p_value == 1.0
    assert comparison.estimates[0].interval == (0.0, 0.0)


def test_a_small_noisy_difference_is_inconclusive_not_no_change():
    comparison = compare_results(
        results(0.5, cases=40, seeds=2), results(0.55, cases=40, seeds=2, salt=3), settings=QUICK
    )
    assert comparison.verdict is Verdict.INCONCLUSIVE
    assert "gain as well as a loss" in comparison.reason


def test_a_single_seed_is_too_little_however_large_the_gain():
    comparison = compare_results(results(0.2, seeds=1), results(0.9, seeds=1, salt=1), settings=QUICK)
    assert comparison.verdict is Verdict.INCONCLUSIVE
    assert "single seed" in comparison.reason
    assert gate(comparison, "enough_seeds:correct").decided
    assert comparison.estimates[0].test.value == "mcnemar_exact"


def test_few_cases_are_too_little():
    comparison = compare_results(results(0.2, cases=12), results(0.9, cases=12, salt=1), settings=QUICK)
    assert comparison.verdict is Verdict.INCONCLUSIVE
    assert "12 paired cases" in comparison.reason


def test_cases_that_only_one_side_finished_close_the_coverage_gate():
    survivors = [each for each in results(0.9, salt=1) if int(each.case[1:]) < 60]
    comparison = compare_results(results(0.5), survivors, settings=QUICK)
    assert comparison.verdict is Verdict.INCONCLUSIVE
    assert not gate(comparison, "coverage:correct").passed


def test_unscored_results_are_counted_with_their_reason_and_never_as_failures():
    candidate = [
        CaseResult(each.case, each.seed, {"correct": Unscored("timeout")}) if each.case == "c0" else each
        for each in results(0.7)
    ]
    comparison = compare_results(results(0.7), candidate, settings=QUICK)
    estimate = comparison.estimates[0]
    assert estimate.paired.unscored == {"timeout": 3}
    assert estimate.difference == 0
    assert estimate.paired.cases == 119


def test_a_gain_that_costs_more_than_the_margin_is_no_improvement():
    comparison = compare_results(results(0.5, cost=1.0), results(0.8, salt=1, cost=1.5), settings=QUICK)
    assert comparison.verdict is Verdict.REGRESS
    assert gate(comparison, "non_inferior:cost").decided


def test_a_gain_within_the_cost_margin_is_an_improvement():
    comparison = compare_results(results(0.5, cost=1.0), results(0.8, salt=1, cost=1.05), settings=QUICK)
    assert comparison.verdict is Verdict.IMPROVE
    assert gate(comparison, "non_inferior:cost").passed


def test_several_objectives_are_adjusted_for_having_tried_several():
    noise = random.Random(9)
    first = [
        case_result({"case": c, "seed": s, "a": noise.random(), "b": noise.random()}) for c in range(50) for s in (1, 2)
    ]
    second = [
        case_result({"case": c, "seed": s, "a": noise.random(), "b": noise.random()}) for c in range(50) for s in (1, 2)
    ]
    estimates = compare_results(first, second, settings=QUICK).estimates
    smallest = min(estimates, key=lambda each: each.p_value)
    assert smallest.p_adjusted == pytest.approx(min(1.0, 2 * smallest.p_value))


def test_other_seed_names_pair_by_the_means_of_each_case():
    renamed = [CaseResult(each.case, f"other-{each.seed}", each.scores) for each in results(0.8, salt=1)]
    by_case = compare_results(results(0.5), renamed, settings=QUICK)
    by_seed = compare_results(results(0.5), results(0.8, salt=1), settings=QUICK)
    assert by_case.estimates[0].paired.pairing.value == "case"
    assert by_case.estimates[0].difference == pytest.approx(by_seed.estimates[0].difference)
    assert by_case.estimates[0].interval == pytest.approx(by_seed.estimates[0].interval)


def test_the_order_of_the_rows_does_not_matter():
    rows = results(0.6, salt=2)
    shuffled = rows[:]
    random.Random(4).shuffle(shuffled)
    left = comparison_document(compare_results(results(0.5), rows, settings=QUICK))
    right = comparison_document(compare_results(results(0.5), shuffled, settings=QUICK))
    assert left == right


def test_two_different_results_for_one_case_and_seed_are_unscored():
    double = [*results(0.7), CaseResult("c0", "0", {"correct": Score(0.5)})]
    unscored = compare_results(double, results(0.7), settings=QUICK).estimates[0].paired.unscored
    assert unscored == {"two different results for one case and seed": 1}


def test_sides_without_a_common_score_are_refused():
    left, right = [case_result({"case": 1, "quality": 1})], [case_result({"case": 1, "speed": 1})]
    with pytest.raises(EngineError, match="no score in common"):
        compare_results(left, right)


def test_costs_are_read_as_constraints_and_errors_as_better_low():
    chosen = {each.name: each for each in choose_objectives(["correct", "total_cost", "error_count"], ())}
    assert chosen["total_cost"].role is Role.CONSTRAINT
    assert chosen["error_count"].direction is Direction.LOWER
    assert chosen["correct"] == Objective("correct")


def test_an_objective_can_be_declared_with_direction_and_margin():
    assert parse_objective("depth:lower:0.5", Role.OBJECTIVE) == Objective(
        "depth", Role.OBJECTIVE, Direction.LOWER, 0.5
    )
    with pytest.raises(EngineError, match="NAME"):
        parse_objective("depth:sideways", Role.OBJECTIVE)


def test_a_field_that_never_differs_costs_the_others_nothing():
    alone = compare_results(results(0.5), results(0.62, salt=1), settings=QUICK).estimates[0]
    beside = compare_results(results(0.5, level=3), results(0.62, salt=1, level=3), settings=QUICK).estimates
    assert [each.objective.name for each in beside] == ["correct", "level"]
    assert beside[0].p_adjusted == alone.p_adjusted
    assert beside[1].outcome.value == "same"
