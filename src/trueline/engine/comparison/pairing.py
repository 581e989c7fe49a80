"""Which result of one configuration belongs to which of the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from trueline.engine.scores import Measured, Score, Unscored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trueline.engine.comparison.results import CaseResult

SHARED_SEEDS = 0.5
"""Share of the smaller side's results that must meet under the same seed for seeds to count as shared names."""


class Pairing(StrEnum):
    """How results met: under the same case and seed, or only as means of the same case."""

    CASE_AND_SEED = "case_and_seed"
    CASE = "case"


Cell = dict[str, Measured]
"""Seed to measure, for one case."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two scores that belong together; `seed` is empty when they are means over seeds."""

    case: str
    seed: str
    baseline: float
    candidate: float


@dataclass(frozen=True, slots=True)
class Paired:
    """The pairs of one objective.

    Attributes:
        pairing: How the results met.
        pairs: In the order of case, then seed.
        weights: How many results stand behind each pair; 1 for pairs by seed.
        baseline_seeds: Distinct seeds with a score in the baseline.
        candidate_seeds: Distinct seeds with a score in the candidate.
        cases_seen: Cases that any side knows.
        results_expected: Results of the side that has more, in all cases of either.
        unscored: Reason to number of results that carry it, both sides.
    """

    pairing: Pairing
    pairs: tuple[Pair, ...]
    weights: tuple[float, ...]
    baseline_seeds: int
    candidate_seeds: int
    cases_seen: int
    results_expected: int
    unscored: Mapping[str, int]

    @property
    def seeds(self) -> int:
        """How many seeds the comparison rests on: those of the side with fewer."""
        if self.pairing is Pairing.CASE_AND_SEED:
            return len({pair.seed for pair in self.pairs})
        return min(self.baseline_seeds, self.candidate_seeds)

    @property
    def cases(self) -> int:
        """How many cases have a pair."""
        return len({pair.case for pair in self.pairs})

    @property
    def coverage(self) -> float:
        """Share of the expected results that found their pair, 0..1."""
        return sum(self.weights) / self.results_expected if self.results_expected else 0.0


def table(results: Iterable[CaseResult], objective: str) -> dict[str, Cell]:
    """Case to seed to measure. A case repeated without a seed counts its repeats; a contradiction is unscored."""
    cells: dict[str, Cell] = {}
    for result in results:
        if objective not in result.scores:
            continue
        cell = cells.setdefault(result.case, {})
        seed = result.seed or f"#{len(cell) + 1}"
        cell[seed] = _merged(cell.get(seed), result.scores[objective])
    return cells


def _merged(known: Measured | None, new: Measured) -> Measured:
    if known is None or known == new:
        return new
    return Unscored("two different results for one case and seed")


def pair_results(baseline: Mapping[str, Cell], candidate: Mapping[str, Cell]) -> Paired:
    """Pairs by case and seed when the two sides name the same seeds, else by the means of each case.

    Case means are weighted by the smaller number of results behind them, so that both ways agree when no result is
    missing.
    """
    left, right = _scored(baseline), _scored(candidate)
    shared = sum(len(left[case].keys() & right[case].keys()) for case in left.keys() & right.keys())
    smaller = min(sum(map(len, left.values())), sum(map(len, right.values())))
    by_seed = smaller > 0 and shared >= SHARED_SEEDS * smaller
    weighted = _by_seed(left, right) if by_seed else _by_case(left, right)
    return Paired(
        Pairing.CASE_AND_SEED if by_seed else Pairing.CASE,
        tuple(pair for pair, _ in weighted),
        tuple(weight for _, weight in weighted),
        _seeds(left),
        _seeds(right),
        len(baseline.keys() | candidate.keys()),
        _expected(baseline, candidate, by_seed=by_seed),
        _reasons([*baseline.values(), *candidate.values()]),
    )


def _scored(cells: Mapping[str, Cell]) -> dict[str, dict[str, float]]:
    kept = {
        case: {seed: measured.value for seed, measured in cell.items() if isinstance(measured, Score)}
        for case, cell in cells.items()
    }
    return {case: cell for case, cell in kept.items() if cell}


def _by_seed(
    left: Mapping[str, Mapping[str, float]],
    right: Mapping[str, Mapping[str, float]],
) -> list[tuple[Pair, float]]:
    return [
        (Pair(case, seed, left[case][seed], right[case][seed]), 1.0)
        for case in sorted(left.keys() & right.keys())
        for seed in sorted(left[case].keys() & right[case].keys())
    ]


def _by_case(
    left: Mapping[str, Mapping[str, float]],
    right: Mapping[str, Mapping[str, float]],
) -> list[tuple[Pair, float]]:
    return [
        (
            Pair(case, "", _mean(left[case].values()), _mean(right[case].values())),
            float(min(len(left[case]), len(right[case]))),
        )
        for case in sorted(left.keys() & right.keys())
    ]


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _seeds(cells: Mapping[str, Mapping[str, float]]) -> int:
    return len({seed for cell in cells.values() for seed in cell})


def _expected(baseline: Mapping[str, Cell], candidate: Mapping[str, Cell], *, by_seed: bool) -> int:
    cases = baseline.keys() | candidate.keys()
    if by_seed:
        return sum(len(baseline.get(case, {}).keys() | candidate.get(case, {}).keys()) for case in cases)
    # Sides with different numbers of seeds are no loss: only cases that one side misses are.
    return sum(min(len(cell), len(other)) or max(len(cell), len(other)) for cell, other in _cells(baseline, candidate))


def _cells(baseline: Mapping[str, Cell], candidate: Mapping[str, Cell]) -> list[tuple[Cell, Cell]]:
    return [(baseline.get(case, {}), candidate.get(case, {})) for case in baseline.keys() | candidate.keys()]


def _reasons(cells: Iterable[Cell]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for cell in cells:
        for measured in cell.values():
            if isinstance(measured, Unscored):
                counts[measured.reason] = counts.get(measured.reason, 0) + 1
    return dict(sorted(counts.items()))
