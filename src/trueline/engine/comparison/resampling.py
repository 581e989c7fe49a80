"""Tests and intervals for paired differences that come in clusters.

A case that ran under several seeds gives several differences that belong together: a hard case is hard for every seed.
Treating them as independent makes every interval too narrow, so cases are flipped and resampled as wholes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats: TypeAlias = NDArray[np.float64]

EXACT_UP_TO = 14
"""Clusters up to which all sign patterns are tried: 2^14 are as many as a usual number of random ones."""

BLOCK_CELLS = 2_000_000
"""Numbers drawn at once: bounds memory at some 50 MB, whatever the number of cases and resamples."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Paired differences summed within each case, in a fixed order of cases.

    Attributes:
        sums: Sum of the differences of each case, shape (cases,), in the unit of the score.
        sizes: Number of pairs behind each sum, shape (cases,), at least 1.
    """

    sums: Floats
    sizes: Floats

    @property
    def mean(self) -> float:
        """Mean difference of a pair; each pair weighs the same."""
        return float(self.sums.sum() / self.sizes.sum())


def clusters(differences: Sequence[Sequence[float]]) -> Clusters:
    """Clusters of the given differences, one inner sequence for each case; empty ones are left out."""
    kept = [inner for inner in differences if inner]
    return Clusters(np.array([sum(inner) for inner in kept], float), np.array([len(inner) for inner in kept], float))


def sign_flip_p_value(data: Clusters, *, resamples: int, seed: int) -> float:
    """Two-sided p-value of no difference, by flipping the sign of whole cases.

    If neither configuration is better, each case was as likely to come out the other way round. Exact when few cases
    differ at all, else from `resamples` random patterns as (1 + at least as extreme) / (1 + resamples), which is
    never 0 (Phipson and Smyth, 2010).

    Args:
        data: The paired differences.
        resamples: Number of random sign patterns.
        seed: Makes the patterns repeatable.
    """
    moving = np.abs(data.sums[np.abs(data.sums) > 0])
    observed = abs(float(data.sums.sum()))
    tolerance = 1e-9 * max(1.0, float(moving.sum()))
    if moving.size <= EXACT_UP_TO:
        return _exact_sign_flip(moving, observed - tolerance)
    rng = np.random.default_rng(seed)
    extreme = 0
    for drawn in _blocks(resamples, moving.size):
        signs = 1.0 - 2.0 * rng.integers(0, 2, size=(drawn, moving.size))
        extreme += int(np.count_nonzero(np.abs(signs @ moving) >= observed - tolerance))
    return (1 + extreme) / (1 + resamples)


def _exact_sign_flip(moving: Floats, at_least: float) -> float:
    totals = np.zeros(1)
    for size in moving:
        totals = np.concatenate([totals + size, totals - size])
    return float(np.mean(np.abs(totals) >= at_least))


def bootstrap_interval(data: Clusters, *, resamples: int, seed: int, confidence: float) -> tuple[float, float]:
    """Percentile interval of the mean difference, by resampling whole cases with replacement.

    Args:
        data: The paired differences; at least one case.
        resamples: Number of bootstrap samples.
        seed: Makes the samples repeatable.
        confidence: Coverage, for example 0.95.

    Returns:
        Lower and upper bound, in the unit of the score.
    """
    rng = np.random.default_rng(seed)
    n = data.sums.size
    means = []
    for drawn in _blocks(resamples, n):
        chosen = rng.integers(0, n, size=(drawn, n))
        means.append(data.sums[chosen].sum(axis=1) / data.sizes[chosen].sum(axis=1))
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.concatenate(means), [tail, 1 - tail])
    return float(low), float(high)


def _blocks(resamples: int, width: int) -> list[int]:
    block = max(1, BLOCK_CELLS // width)
    whole, rest = divmod(resamples, block)
    return [block] * whole + ([rest] if rest else [])


def mcnemar_p_value(wins: int, losses: int) -> float:
    """Exact two-sided McNemar p-value from the discordant pairs; 1.0 when no pair differs."""
    discordant = wins + losses
    return float(binomtest(wins, discordant).pvalue) if discordant else 1.0


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down adjusted p-values, in the order given; each at least its raw value and at most 1."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return tuple(adjusted)
