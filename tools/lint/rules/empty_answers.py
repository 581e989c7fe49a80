"""TL006: could not read is never an empty answer."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule
from tools.lint.source import Source, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

_EMPTY_MAKERS = frozenset({"list", "dict", "set", "tuple", "frozenset"})


def check(source: Source) -> Iterator[Breach]:
    """Empty, zero or NaN returned from an `except`, or bound in it."""
    if source.place.parts[:1] == ("tests",):
        return
    for handler in (node for node in ast.walk(source.tree) if isinstance(node, ast.ExceptHandler)):
        for node in (part for statement in handler.body for part in ast.walk(statement)):
            if isinstance(node, ast.Return | ast.Assign) and node.value is not None and _is_empty(node.value):
                yield Breach(node.lineno, f"a failure becomes {ast.unparse(node.value)}, which reads as an answer")


def _is_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.List | ast.Tuple):
        return not value.elts
    if isinstance(value, ast.Dict):
        return not value.keys
    if isinstance(value, ast.Constant):
        return value.value in ("", b"") or (isinstance(value.value, int | float) and _is_zero(value.value))
    return isinstance(value, ast.Call) and (_makes_empty(value) or _makes_nan(value))


def _is_zero(value: complex) -> bool:
    return not isinstance(value, bool) and value == 0


def _makes_empty(call: ast.Call) -> bool:
    return dotted(call.func) in _EMPTY_MAKERS and not call.args and not call.keywords


def _makes_nan(call: ast.Call) -> bool:
    return dotted(call.func) == "float" and ast.unparse(call).lower() in ("float('nan')", 'float("nan")')


RULE = Rule(
    code="TL006",
    name="empty answers",
    sentence="An `except` never answers with an empty collection, an empty text, zero or NaN.",
    story=(
        "Unknown is a value. 'No permission' that is told as 'nothing there' turns a missing consent into a clean "
        "report, and an average over nothing into a zero."
    ),
    check=check,
)
