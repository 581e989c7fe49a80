"""A score that was measured, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass


class EngineError(ValueError):
    """An input that a part of the engine cannot work on; the message is one sentence for a person.

    It is no `TruelineError`: the engine imports nothing of Trueline, so its callers translate.
    """


@dataclass(frozen=True, slots=True)
class Score:
    """A measured value, in the unit of its objective."""

    value: float


@dataclass(frozen=True, slots=True)
class Unscored:
    """No value, and why. It is never counted as zero, nor as a pass or a fail."""

    reason: str


Measured = Score | Unscored
"""What measuring gives: a score, or the reason why there is none."""
