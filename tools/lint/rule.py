"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tools.lint.source import Source


@dataclass(frozen=True, slots=True)
class Breach:
    """A place where a rule does not hold. A soft one is told but fails nothing."""

    line: int
    message: str
    is_soft: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A house rule.

    Attributes:
        sentence: What holds, for a person who has just been stopped by it.
        story: What happens where it does not hold.
    """

    code: str
    name: str
    sentence: str
    story: str
    check: Callable[[Source], Iterable[Breach]]
