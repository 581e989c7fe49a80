"""The one-to-one assignment."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from trueline.inventory.matching.assignment import best_assignment

TABLES = st.lists(
    st.dictionaries(st.integers(0, 7), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]), max_size=8), max_size=9
)


@given(TABLES)
def test_the_sum_of_scores_is_the_greatest_possible(table):
    dense = np.zeros((len(table), 8))
    for row, scores in enumerate(table):
        for column, score in scores.items():
            dense[row, column] = score
    rows, columns = linear_sum_assignment(dense, maximize=True)
    found = best_assignment(table)
    assert abs(sum(table[row][column] for row, column in found.items()) - dense[rows, columns].sum()) < 1e-6


@given(TABLES)
def test_no_column_is_given_twice_and_every_pair_has_a_score(table):
    found = best_assignment(table)
    assert len(set(found.values())) == len(found)
    assert all(table[row][column] > 0 for row, column in found.items())


def test_a_greedy_choice_gives_way_to_the_better_whole():
    assert best_assignment([{0: 0.9, 1: 0.8}, {0: 0.85}]) == {0: 1, 1: 0}
