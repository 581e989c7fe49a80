from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from trueline.engine.comparison.resampling import (
    bootstrap_interval,
    clusters,
    holm,
    mcnemar_p_value,
    sign_flip_p_value,
)

differences = st.lists(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=4), min_size=1, max_size=10)


@given(differences)
@settings(max_examples=60, deadline=None)
def test_few_cases_give_the_exact_p_value_of_all_sign_patterns(cases):
    data = clusters(cases)
    sums = [sum(case) for case in cases]
    totals = [
        abs(sum(s * v for s, v in zip(signs, sums, strict=True)))
        for signs in itertools.product((1, -1), repeat=len(sums))
    ]
    expected = np.mean([total >= abs(sum(sums)) - 1e-9 for total in totals])
    assert sign_flip_p_value(data, resamples=100, seed=0) == pytest.approx(expected)


def test_many_cases_with_single_flips_agree_with_the_binomial_test():
    data = clusters([[1.0]] * 30 + [[-1.0]] * 12 + [[0.0]] * 60)
    p_value = sign_flip_p_value(data, resamples=20_000, seed=3)
    assert p_value == pytest.approx(binomtest(30, 42).pvalue, abs=0.004)


def test_a_random_p_value_is_never_zero():
    data = clusters([[1.0]] * 200)
    assert sign_flip_p_value(data, resamples=999, seed=0) == pytest.approx(1 / 1000)


def test_repeats_of_a_case_are_no_new_evidence():
    once = clusters([[1.0]] * 20 + [[-1.0]] * 12)
    repeated = clusters([[1.0] * 6] * 20 + [[-1.0] * 6] * 12)
    naive = clusters([[1.0]] * 120 + [[-1.0]] * 72)
    clustered = sign_flip_p_value(repeated, resamples=5_000, seed=1)
    assert clustered == pytest.approx(sign_flip_p_value(once, resamples=5_000, seed=1), abs=0.03)
    assert sign_flip_p_value(naive, resamples=5_000, seed=1) < 0.01 < clustered


@given(differences, st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_exchanging_the_sides_mirrors_the_interval(cases, seed):
    turned = [[-value for value in case] for case in cases]
    low, high = bootstrap_interval(clusters(cases), resamples=200, seed=seed, confidence=0.95)
    mirrored = bootstrap_interval(clusters(turned), resamples=200, seed=seed, confidence=0.95)
    assert mirrored == pytest.approx((-high, -low))


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(200):
        case_effects = rng.normal(0.3, 1.0, size=60)
        data = clusters([list(effect + rng.normal(0, 0.5, size=3)) for effect in case_effects])
        low, high = bootstrap_interval(data, resamples=400, seed=1, confidence=0.95)
        covered += low <= 0.3 <= high
    assert 0.90 <= covered / 200 <= 0.99


def test_the_same_seed_gives_the_same_answer_and_another_seed_another():
    data = clusters([[float(v)] for v in np.random.default_rng(0).normal(0.1, 1, size=80)])
    first = bootstrap_interval(data, resamples=500, seed=4, confidence=0.95)
    assert first == bootstrap_interval(data, resamples=500, seed=4, confidence=0.95)
    assert first != bootstrap_interval(data, resamples=500, seed=5, confidence=0.95)


@pytest.mark.parametrize(
    ("wins", "losses", "expected"), [(0, 0, 1.0), (11, 10, 1.0), (16, 6, 0.05248), (13, 4, 0.04904)]
)
def test_mcnemar_is_the_exact_binomial_of_the_discordant_pairs(wins, losses, expected):
    assert mcnemar_p_value(wins, losses) == pytest.approx(expected, abs=1e-4)


def test_holm_steps_down_and_keeps_order():
    assert holm([0.04, 0.01, 0.03]) == pytest.approx((0.06, 0.03, 0.06))
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_lowers_a_p_value_nor_changes_their_order(p_values):
    adjusted = holm(p_values)
    assert all(raw <= new <= 1 for raw, new in zip(p_values, adjusted, strict=True))
    pairs = sorted(zip(p_values, adjusted, strict=True))
    assert all(left[1] <= right[1] for left, right in itertools.pairwise(pairs))
