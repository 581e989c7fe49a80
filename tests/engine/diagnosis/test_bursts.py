from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.engine.diagnosis.runs import DAY, SECOND, START_NS, hit_runs, span, traces_of, usual_runs
from trueline.engine.diagnosis.bursts import holm
from trueline.engine.diagnosis.diagnosis import diagnose

NOON = START_NS + DAY // 2
BURST = [NOON, NOON + 40 * SECOND, NOON + 95 * SECOND]
HIT = {f"{900_000 + place:032x}" for place in range(3)}


def bursts_of(spans):
    return [pattern for pattern in diagnose(traces_of(spans)).systemic if pattern.kind != "loop"]


@pytest.mark.parametrize("seed", range(4))
def test_three_runs_hit_within_95_seconds_are_flagged_with_exactly_these_runs(seed):
    (found,) = bursts_of(usual_runs(seed) + hit_runs(BURST))
    assert (found.kind, set(found.traces)) == ("rate_limit_burst", HIT)
    assert (found.from_ns, found.to_ns) == (BURST[0] + SECOND, BURST[2] + SECOND)
    assert found.p_value < 0.01


@pytest.mark.parametrize("seed", range(4))
def test_the_same_events_scattered_over_two_days_are_no_burst(seed):
    rng = random.Random(seed)
    assert bursts_of(usual_runs(seed) + hit_runs([START_NS + int(rng.random() * 2 * DAY) for _ in range(3)])) == []


def test_a_burst_stands_out_of_the_same_limit_met_now_and_then():
    rng = random.Random(2)
    now_and_then = [START_NS + int(rng.random() * 2 * DAY) for _ in range(6)]
    (found,) = bursts_of(usual_runs(9) + hit_runs([*BURST, *now_and_then]))
    assert set(found.traces) == HIT


def test_two_bursts_of_one_limit_are_two_patterns():
    later = [at_ns + DAY for at_ns in BURST]
    found = bursts_of(usual_runs(5) + hit_runs(BURST + later))
    assert sorted(len(pattern.traces) for pattern in found) == [3, 3]


def test_runs_that_all_ran_at_the_same_time_are_no_burst():
    assert bursts_of(usual_runs(6, count=60, days=0.001, failing=0.4)) == []


def test_two_runs_are_never_a_burst():
    assert bursts_of(usual_runs(7) + hit_runs(BURST[:2])) == []


def test_false_alarms_on_permuted_times_stay_below_five_percent():
    spans = usual_runs(8, count=80) + hit_runs(BURST)
    failed = [place for place, item in enumerate(spans) if item.status_message]
    alarms = 0
    for seed in range(40):
        order = failed[:]
        random.Random(seed).shuffle(order)
        moved = list(spans)
        for place, source in zip(failed, order, strict=True):
            moved[place] = replace(spans[place], started_ns=spans[source].started_ns, ended_ns=spans[source].ended_ns)
        alarms += bool(bursts_of(moved))
    assert alarms <= 2


def test_failures_without_times_are_clustered_and_never_a_burst():
    spans = [
        replace(span(run, run, "Rate limit reached for gpt-4o"), started_ns=None, ended_ns=None) for run in range(1, 9)
    ]
    found = diagnose(traces_of(spans))
    assert (len(found.clusters), found.systemic) == (1, ())


def test_holm_multiplies_by_the_tests_that_are_left():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
