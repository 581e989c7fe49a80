"""TL010: functions stay short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.source import FunctionNode, Source

SOFT = 40
HARD = 60


def check(source: Source) -> Iterator[Breach]:
    """Functions of more than 40 lines (told) and more than 60 (refused)."""
    if source.is_migration:
        return
    for function in source.functions():
        lines = _length(function)
        if lines > HARD:
            yield Breach(function.lineno, f"{function.name}() has {lines} lines; {HARD} are the limit")
        elif lines > SOFT:
            yield Breach(function.lineno, f"{function.name}() has {lines} lines; aim for {SOFT}", is_soft=True)


def _length(function: FunctionNode) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


RULE = Rule(
    code="TL010",
    name="function length",
    sentence=f"A function has at most {SOFT} lines, and never more than {HARD} without a reason.",
    story="In every codebase that was measured before this one began, the longest functions held the bugs.",
    check=check,
)
