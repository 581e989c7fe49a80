"""TL007: imports stand on top of the file."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.source import Source


def check(source: Source) -> Iterator[Breach]:
    """Imports inside of functions, told once for each. Ruff asks the same, so one suppression serves both."""
    if source.place.parts[:1] == ("tests",):
        return
    inside = (part for function in source.functions() for part in ast.walk(function))
    lines = {node.lineno for node in inside if isinstance(node, ast.Import | ast.ImportFrom)}
    excepted = {comment.line for comment in source.comments if "noqa: PLC0415" in comment.text}
    for line in sorted(lines - excepted):
        yield Breach(line, "an import stands inside a function")


RULE = Rule(
    code="TL007",
    name="imports in functions",
    sentence="Imports stand on top of the file; a start-up that must be quick says so where it delays one.",
    story="An import inside a function nearly always hides a circle between two rooms, which then fails at run time.",
    check=check,
)
