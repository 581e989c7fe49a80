"""The best one-to-one assignment of a sparse table of scores.

Shortest augmenting paths with potentials (R. Jonker and A. Volgenant, 1987) on sparse rows. Every row may also stay
alone at a score of nothing. Written here because importing a scientific library costs a command line more time than the
whole comparison; tests hold it against one.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UNIT = 1_000_000
"""Scores are compared as whole millionths, so that rounding cannot depend on an order."""


@dataclass(slots=True)
class _Table:
    """Costs, prices and who holds what. Columns below zero are the private 'stay alone' columns of the rows."""

    costs: list[dict[int, int]]
    row_price: list[int]
    column_price: dict[int, int] = field(default_factory=dict)
    row_of: dict[int, int] = field(default_factory=dict)
    column_of: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Paths:
    """The cheapest known way from one row to each column."""

    distance: dict[int, int] = field(default_factory=dict)
    came_from: dict[int, int] = field(default_factory=dict)
    settled: dict[int, int] = field(default_factory=dict)
    heap: list[tuple[int, int]] = field(default_factory=list)


def best_assignment(scores: Sequence[Mapping[int, float]]) -> dict[int, int]:
    """Row to column so that the sum of scores is greatest and no column is used twice.

    Args:
        scores: For each row the score of each column it may take, from 0 to 1.

    Returns:
        The column of each row that got one; rows better left alone are absent. Among assignments of equal sum the one
        found depends only on the numbers of rows and columns.
    """
    table = _Table([_row_costs(number, row) for number, row in enumerate(scores)], [0] * len(scores))
    for row in range(len(scores)):
        _add_row(table, row)
    return {row: column for row, column in sorted(table.column_of.items()) if column >= 0}


def _row_costs(number: int, row: Mapping[int, float]) -> dict[int, int]:
    costs = {column: UNIT - round(score * UNIT) for column, score in sorted(row.items()) if score > 0}
    return costs | {-1 - number: UNIT}


def _add_row(table: _Table, start: int) -> None:
    """Find the cheapest alternating path from a new row to a free column and turn it over."""
    paths = _Paths()
    row, so_far = start, 0
    while True:
        _relax(table, paths, row, so_far)
        so_far, column = _nearest(paths)
        paths.settled[column] = so_far
        if column not in table.row_of:
            break
        row = table.row_of[column]
    _reprice(table, start, paths.settled, so_far)
    _turn_over(table, start, column, paths.came_from)


def _nearest(paths: _Paths) -> tuple[int, int]:
    while True:
        so_far, column = heapq.heappop(paths.heap)
        if column not in paths.settled:
            return so_far, column


def _relax(table: _Table, paths: _Paths, row: int, so_far: int) -> None:
    for column, cost in table.costs[row].items():
        there = so_far + cost - table.row_price[row] - table.column_price.get(column, 0)
        if column not in paths.distance or there < paths.distance[column]:
            paths.distance[column] = there
            paths.came_from[column] = row
            heapq.heappush(paths.heap, (there, column))


def _reprice(table: _Table, start: int, settled: Mapping[int, int], total: int) -> None:
    """Keep every reduced cost at or above zero, and at zero along the assignment."""
    table.row_price[start] += total
    for column, at in settled.items():
        if column in table.row_of:
            table.row_price[table.row_of[column]] += total - at
            table.column_price[column] = table.column_price.get(column, 0) + at - total


def _turn_over(table: _Table, start: int, column: int, came_from: Mapping[int, int]) -> None:
    while True:
        row = came_from[column]
        before = table.column_of.get(row)
        table.column_of[row], table.row_of[column] = column, row
        if row == start or before is None:
            return
        column = before
