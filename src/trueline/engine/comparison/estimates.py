"""What the pairs of one objective say: difference, interval, p-value, and what follows for that objective."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from trueline.engine.comparison.objectives import Objective, Role
from trueline.engine.comparison.pairing import Pair, Paired, Pairing
from trueline.engine.comparison.resampling import (
    Clusters,
    bootstrap_interval,
    clusters,
    holm,
    mcnemar_p_value,
    sign_flip_p_value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALL_SHARE = 0.03
"""A difference below three points on a 0..1 score counts as none unless the caller says otherwise."""
SMALL_RELATIVE = 0.05
"""Elsewhere: below five percent of the baseline's mean counts as none."""
CONSTRAINT_RELATIVE = 0.10
"""A constraint may get worse by ten percent of the baseline's mean."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a comparison is made; frozen into its answer so that it can be repeated.

    Attributes:
        resamples: Sign patterns and bootstrap samples each.
        seed: Makes both repeatable.
        confidence: Coverage of the intervals; 1 minus it is the level of the tests.
        min_cases: Cases below which nothing is decided.
        min_seeds: Seeds below which nothing is decided.
        min_coverage: Share of results that must find their pair.
    """

    resamples: int = 10_000
    seed: int = 1
    confidence: float = 0.95
    min_cases: int = 30
    min_seeds: int = 2
    min_coverage: float = 0.8

    @property
    def alpha(self) -> float:
        """Level of the tests."""
        return 1 - self.confidence


class Outcome(StrEnum):
    """What the pairs show for one objective."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    NON_INFERIOR = "non_inferior"
    UNCLEAR = "unclear"
    UNSCORED = "unscored"


class Test(StrEnum):
    """Which test gave the p-value."""

    __test__ = False  # pytest would collect a class of this name

    SIGN_FLIP = "sign_flip_by_case"
    MCNEMAR = "mcnemar_exact"


@dataclass(frozen=True, slots=True)
class SeedReading:
    """What one seed alone would have said; printed as a warning against trusting it.

    Attributes:
        seed: The seed.
        pairs: Cases with both results.
        difference: Mean of candidate minus baseline.
        wins: Cases where the candidate is better.
        losses: Cases where it is worse.
        p_value: Exact McNemar (a sign test where scores are not 0 or 1).
    """

    seed: str
    pairs: int
    difference: float
    wins: int
    losses: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Everything known of one objective. Numbers are None when there is not one pair.

    Attributes:
        objective: What was compared, with its margin settled.
        paired: The pairs.
        baseline: Mean over the pairs.
        candidate: Mean over the pairs.
        difference: Candidate minus baseline, as measured.
        interval: Bounds of the difference.
        test: The test behind the p-value.
        p_value: Two-sided, of no difference.
        p_adjusted: The same after Holm over the objectives; None for constraints, which are no hypotheses of a win.
        outcome: What follows.
        by_seed: Each seed alone, empty unless the results pair by seed.
    """

    objective: Objective
    paired: Paired
    baseline: float | None
    candidate: float | None
    difference: float | None
    interval: tuple[float, float] | None
    test: Test
    p_value: float | None
    p_adjusted: float | None
    outcome: Outcome
    by_seed: tuple[SeedReading, ...]


def estimate_all(pairs: Sequence[tuple[Objective, Paired]], settings: Settings) -> tuple[Estimate, ...]:
    """Estimates of all objectives, with Holm's adjustment over those that are no constraints.

    An objective on which no pair differs can be rejected at no level, so it costs the others nothing (Tarone, 1990).
    """
    raw = [_estimate(objective, paired, settings) for objective, paired in pairs]
    tested = [number for number, each in enumerate(raw) if each.objective.role is Role.OBJECTIVE and _differs(each)]
    adjusted = dict(zip(tested, holm([raw[number].p_value or 0.0 for number in tested]), strict=True))
    settled = [replace(each, p_adjusted=adjusted.get(number, _fixed(each))) for number, each in enumerate(raw)]
    return tuple(replace(each, outcome=_outcome(each, settings)) for each in settled)


def _differs(estimate: Estimate) -> bool:
    return any(pair.baseline != pair.candidate for pair in estimate.paired.pairs)


def _fixed(estimate: Estimate) -> float | None:
    """The adjusted p-value of what Holm did not see: 1 for an objective without a difference, None for the rest."""
    is_objective = estimate.objective.role is Role.OBJECTIVE
    return 1.0 if is_objective and estimate.paired.pairs else None


def _estimate(objective: Objective, paired: Paired, settings: Settings) -> Estimate:
    if not paired.pairs:
        nothing = (None, None, None, None, Test.SIGN_FLIP, None, None)
        return Estimate(objective, paired, *nothing, Outcome.UNSCORED, ())
    data = _clusters(paired)
    baseline = _weighted_mean([pair.baseline for pair in paired.pairs], paired.weights)
    test, p_value = _test(paired, data, settings)
    return Estimate(
        objective=replace(objective, margin=_margin(objective, paired, baseline)),
        paired=paired,
        baseline=baseline,
        candidate=_weighted_mean([pair.candidate for pair in paired.pairs], paired.weights),
        difference=data.mean,
        interval=bootstrap_interval(
            data,
            resamples=settings.resamples,
            seed=settings.seed,
            confidence=settings.confidence,
        ),
        test=test,
        p_value=p_value,
        p_adjusted=None,
        outcome=Outcome.UNCLEAR,
        by_seed=_by_seed(paired),
    )


def _clusters(paired: Paired) -> Clusters:
    by_case: dict[str, list[float]] = {}
    weights: dict[str, float] = {}
    for pair, weight in zip(paired.pairs, paired.weights, strict=True):
        by_case.setdefault(pair.case, []).append((pair.candidate - pair.baseline) * weight)
        weights[pair.case] = weights.get(pair.case, 0.0) + weight
    data = clusters(list(by_case.values()))
    return replace(data, sizes=data.sizes * 0 + list(weights.values()))


def _weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def _is_binary(paired: Paired) -> bool:
    return all(pair.baseline in {0.0, 1.0} and pair.candidate in {0.0, 1.0} for pair in paired.pairs)


def _test(paired: Paired, data: Clusters, settings: Settings) -> tuple[Test, float]:
    one_result_each = paired.cases == len(paired.pairs) and all(weight == 1 for weight in paired.weights)
    if one_result_each and _is_binary(paired):
        return Test.MCNEMAR, mcnemar_p_value(*_wins_losses(paired.pairs))
    return Test.SIGN_FLIP, sign_flip_p_value(data, resamples=settings.resamples, seed=settings.seed)


def _wins_losses(pairs: Sequence[Pair]) -> tuple[int, int]:
    return sum(pair.candidate > pair.baseline for pair in pairs), sum(pair.candidate < pair.baseline for pair in pairs)


def _margin(objective: Objective, paired: Paired, baseline: float) -> float:
    if objective.margin is not None:
        return objective.margin
    if objective.role is Role.CONSTRAINT:
        return CONSTRAINT_RELATIVE * abs(baseline)
    in_unit = all(0 <= value <= 1 for pair in paired.pairs for value in (pair.baseline, pair.candidate))
    return SMALL_SHARE if in_unit else SMALL_RELATIVE * abs(baseline)


def _by_seed(paired: Paired) -> tuple[SeedReading, ...]:
    if paired.pairing is not Pairing.CASE_AND_SEED:
        return ()
    by_seed: dict[str, list[Pair]] = {}
    for pair in paired.pairs:
        by_seed.setdefault(pair.seed, []).append(pair)
    return tuple(_seed_reading(seed, pairs) for seed, pairs in sorted(by_seed.items()))


def _seed_reading(seed: str, pairs: Sequence[Pair]) -> SeedReading:
    wins, losses = _wins_losses(pairs)
    difference = sum(pair.candidate - pair.baseline for pair in pairs) / len(pairs)
    return SeedReading(seed, len(pairs), difference, wins, losses, mcnemar_p_value(wins, losses))


def _outcome(estimate: Estimate, settings: Settings) -> Outcome:
    if estimate.interval is None or estimate.objective.margin is None:
        return Outcome.UNSCORED
    bounds = sorted(bound * estimate.objective.sign for bound in estimate.interval)
    if estimate.objective.role is Role.CONSTRAINT:
        return _constraint_outcome(bounds[0], bounds[1], estimate.objective.margin)
    significant = estimate.p_adjusted is not None and estimate.p_adjusted < settings.alpha
    if significant and bounds[0] > 0:
        return Outcome.BETTER
    if significant and bounds[1] < 0:
        return Outcome.WORSE
    small = -estimate.objective.margin <= bounds[0] and bounds[1] <= estimate.objective.margin
    return Outcome.SAME if small else Outcome.UNCLEAR


def _constraint_outcome(worst: float, best: float, margin: float) -> Outcome:
    if worst >= -margin:
        return Outcome.NON_INFERIOR
    return Outcome.WORSE if best < -margin else Outcome.UNCLEAR
