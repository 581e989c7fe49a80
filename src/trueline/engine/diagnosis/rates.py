"""How often a cause hits runs, and whether that has changed between two looks. Exact tests, no dependence on size.

Fisher's exact test, one-sided (Fisher 1935), on the two by two table of hit and unhit runs; Wilson's interval (1927).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, sqrt

LEVEL = 0.05
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of some runs were hit.

    Attributes:
        hit: Runs that were hit.
        of: Runs that could have been, at least `hit`.
    """

    hit: int
    of: int

    @property
    def share(self) -> float:
        """The share, 0 for no runs at all."""
        return self.hit / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 percent; everything is possible when there were no runs."""
        if not self.of:
            return 0.0, 1.0
        n, p, z = self.of, self.share, _Z
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


def has_risen(before: Rate, now: Rate, *, level: float = LEVEL) -> bool:
    """Whether runs are hit more often now than chance explains."""
    return now.share > before.share and _as_many_or_more(now, before) < level


def has_fallen(before: Rate, now: Rate, *, level: float = LEVEL) -> bool:
    """Whether runs are hit less often now than chance explains."""
    return now.share < before.share and _as_many_or_more(before, now) < level


def _as_many_or_more(one: Rate, other: Rate) -> float:
    """Probability that of all hits at least as many as seen fall on `one`, if both had the same rate."""
    hits, runs = one.hit + other.hit, one.of + other.of
    most = min(hits, one.of)
    return sum(exp(_chance(k, one.of, hits, runs)) for k in range(one.hit, most + 1))


def _chance(k: int, drawn: int, hits: int, runs: int) -> float:
    """Log of the hypergeometric probability of k hits among the runs drawn."""
    return _choose(hits, k) + _choose(runs - hits, drawn - k) - _choose(runs, drawn)


def _choose(n: int, k: int) -> float:
    if k < 0 or k > n:
        return float("-inf")
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
