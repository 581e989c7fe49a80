"""What is compared: objectives to win on and constraints not to lose on, with directions and margins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from trueline.engine.scores import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COST_WORDS = frozenset(
    {
        "cost",
        "costs",
        "price",
        "usd",
        "latency",
        "duration",
        "seconds",
        "ms",
        "time",
        "tokens",
        "steps",
        "calls",
        "turns",
    },
)
HARM_WORDS = frozenset({"error", "errors", "failure", "failures", "violation", "violations", "toxicity", "harm"})


class Role(StrEnum):
    """What an objective decides."""

    OBJECTIVE = "objective"
    CONSTRAINT = "constraint"


class Direction(StrEnum):
    """Which values are better."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Objective:
    """One named measure of a case.

    Attributes:
        name: The score field.
        role: Win on it, or only do not lose on it.
        direction: Which values are better.
        margin: For a constraint, the loss that is still accepted; for an objective, the difference that still counts
            as none. In the unit of the score; None takes the default for its scale.
    """

    name: str
    role: Role = Role.OBJECTIVE
    direction: Direction = Direction.HIGHER
    margin: float | None = None

    @property
    def sign(self) -> float:
        """Plus one when higher is better, else minus one."""
        return 1.0 if self.direction is Direction.HIGHER else -1.0


def guess_objective(name: str) -> Objective:
    """The usual reading of a score field: cost and time are constraints, errors are better low, all else high."""
    words = set(re.split(r"[^a-z]+", name.lower()))
    if words & COST_WORDS:
        return Objective(name, Role.CONSTRAINT, Direction.LOWER)
    if words & HARM_WORDS:
        return Objective(name, Role.OBJECTIVE, Direction.LOWER)
    return Objective(name)


def parse_objective(text: str, role: Role) -> Objective:
    """An objective from `NAME[:higher|lower][:MARGIN]`.

    Raises:
        EngineError: The text has another form.
    """
    name, *rest = text.split(":")
    direction = guess_objective(name).direction
    margin: float | None = None
    for part in rest:
        if part in set(Direction):
            direction = Direction(part)
        elif re.fullmatch(r"\d+(\.\d+)?", part):
            margin = float(part)
        else:
            raise EngineError(f"{text!r} is not NAME[:higher|lower][:MARGIN].")
    if not name:
        raise EngineError(f"{text!r} names no score.")
    return Objective(name, role, direction, margin)


def choose_objectives(found: Iterable[str], declared: Sequence[Objective]) -> tuple[Objective, ...]:
    """The objectives to compare: those declared, or else a guess for each field found. In order of name.

    When no field looks like an objective (only costs were given), the constraints become the objectives.

    Raises:
        EngineError: A declared objective is in no result.
    """
    names = sorted(set(found))
    for objective in declared:
        if objective.name not in names:
            raise EngineError(f"No result has the score {objective.name!r}; there are {', '.join(names)}.")
    if declared:
        return tuple(sorted(declared, key=lambda objective: objective.name))
    guessed = [guess_objective(name) for name in names]
    if all(objective.role is Role.CONSTRAINT for objective in guessed):
        return tuple(Objective(each.name, Role.OBJECTIVE, each.direction) for each in guessed)
    return tuple(guessed)
