"""The shipped world models on real runs: the figures that `docs/user/evaluate.md` prints.

Rewards judge the outcome, rules the conduct: a run may break a rule and end well. The tests hold the figures, they do
not claim that the two agree.
"""

from __future__ import annotations

import json
from importlib import resources

import pytest

from trueline.engine.rules.course import course_of
from trueline.engine.rules.evaluation import evaluate_runs
from trueline.engine.rules.model import RuleVerdict
from trueline.engine.rules.reading import read_world_model
from trueline.engine.traces.reader import read

pytestmark = pytest.mark.realdata

ADHERENCE = {"Instruction Adherence Failure", "Invalid Invocation"}


def evaluated(name, path):
    model = read_world_model(resources.files("trueline.engine.rules").joinpath("models", f"{name}.yaml"))
    reading = read(path)
    results = evaluate_runs(model, [course_of(trace) for trace in reading.traces])
    return model, [(trace.metadata, result.results) for trace, result in zip(reading.traces, results, strict=True)]


def confusion(model, runs):
    """Runs with and without a broken hard rule, by whether the reward is missing: hits, false alarms, misses, quiet."""
    hard = {rule.id for rule in model.rules if rule.hard}
    counts = {(broken, lost): 0 for broken in (True, False) for lost in (True, False)}
    for metadata, results in runs:
        broken = any(each.verdict is RuleVerdict.FAILED and each.rule_id in hard for each in results)
        counts[broken, metadata["reward"] != 1] += 1
    return counts[True, True], counts[True, False], counts[False, True], counts[False, False]


def test_broken_hard_rules_of_the_airline_point_at_lost_rewards_more_often_than_chance(shared_data):
    model, runs = evaluated("airline", shared_data / "agents/tau_bench")
    hits, alarms, misses, quiet = confusion(model, runs)
    assert hits + alarms + misses + quiet == 200
    assert hits / (hits + alarms) >= 0.75 > (hits + misses) / 200
    assert hits / (hits + misses) >= 0.40


def test_hard_rules_of_the_retail_shop_are_stricter_than_its_reward(shared_data):
    model, runs = evaluated("retail", shared_data / "agents/agentrx/tau_retail/tau_dataset_full.json")
    hits, alarms, misses, quiet = confusion(model, runs)
    assert hits + alarms + misses + quiet == 100
    assert hits / (hits + alarms) > (hits + misses) / 100
    assert hits / (hits + misses) >= 0.40


def test_annotated_breaches_of_the_retail_policy_are_found_at_their_step(shared_data):
    folder = shared_data / "agents/agentrx"
    _, runs = evaluated("retail", folder / "tau_retail/tau_dataset_failed.json")
    failed = {
        metadata["case"]: [f.step for each in results for f in each.findings if f.verdict is RuleVerdict.FAILED]
        for metadata, results in runs
    }
    truth = json.loads((folder / "ground_truth/tau_ground_truth.json").read_text("utf-8"))
    marked = [(run["trajectory_id"], each) for run in truth for each in run["failures"]]
    breaches = [(run, each["step_number"]) for run, each in marked if each["failure_category"] in ADHERENCE]
    found = sum(step in failed[run] for run, step in breaches)
    assert len(breaches) == 10
    assert found >= 9
