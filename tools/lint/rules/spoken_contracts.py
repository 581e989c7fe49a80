"""TL016: public actions and queries say what they promise."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.source import Source


def check(source: Source) -> Iterator[Breach]:
    """Public actions and queries without a docstring."""
    if not source.stands_in("actions", "queries"):
        return
    for function in source.public_functions():
        if not (ast.get_docstring(function) or "").strip():
            yield Breach(function.lineno, f"{function.name}() has no docstring")


RULE = Rule(
    code="TL016",
    name="spoken contracts",
    sentence="Each public action and query has a docstring: outcome, units, shapes, errors.",
    story="These functions are all that one room knows of another. To call it nobody should have to open it.",
    check=check,
)
