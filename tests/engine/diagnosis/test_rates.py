"""Rates: whether a cause hits runs more or less often than before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from trueline.engine.diagnosis.rates import Rate, _as_many_or_more, has_fallen, has_risen

rates = st.integers(1, 200).flatmap(lambda of: st.builds(Rate, st.integers(0, of), st.just(of)))


@given(rates, rates)
def test_the_test_is_fishers(one, other):
    table = [[one.hit, one.of - one.hit], [other.hit, other.of - other.hit]]
    assert _as_many_or_more(one, other) == pytest.approx(fisher_exact(table, alternative="greater").pvalue, abs=1e-9)


@given(rates, rates)
def test_nothing_has_risen_and_fallen(one, other):
    assert not (has_risen(one, other) and has_fallen(one, other))


@given(rates)
def test_the_interval_holds_the_share(rate):
    low, high = rate.interval
    assert 0 <= low <= rate.share + 1e-12
    assert rate.share - 1e-12 <= high <= 1


def test_a_rare_cause_is_gone_only_after_a_long_silence_and_a_common_one_soon():
    assert not has_fallen(Rate(1, 100), Rate(0, 300))
    assert has_fallen(Rate(30, 100), Rate(0, 20))
    assert not has_fallen(Rate(3, 10), Rate(0, 0))


def test_a_little_more_is_no_news_and_much_more_is():
    assert not has_risen(Rate(5, 100), Rate(7, 100))
    assert has_risen(Rate(5, 100), Rate(20, 100))
