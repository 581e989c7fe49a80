"""TL003: a public query takes a scope."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.source import FunctionNode, Source


def check(source: Source) -> Iterator[Breach]:
    """Public queries whose first parameter is no `Scope`."""
    if not source.stands_in("queries"):
        return
    for function in source.public_functions():
        if not _takes_a_scope(function):
            yield Breach(function.lineno, f"{function.name}() does not take a Scope as its first parameter")


def _takes_a_scope(function: FunctionNode) -> bool:
    positional = [*function.args.posonlyargs, *function.args.args]
    if not positional or positional[0].annotation is None:
        return False
    return ast.unparse(positional[0].annotation).strip("'\"").split(".")[-1] == "Scope"


RULE = Rule(
    code="TL003",
    name="tenancy door",
    sentence="Each public function in `queries` takes a `Scope` as its first parameter.",
    story=(
        "A query that takes an id alone answers for whoever asks. The scope is made in one place, after the checks, so "
        "a query that demands it cannot be called by somebody who was not checked."
    ),
    check=check,
)
