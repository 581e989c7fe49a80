"""TL005: an exception is never made to vanish."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule
from tools.lint.source import Source, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

_BROAD = frozenset({"Exception", "BaseException"})
_FAILURE = re.compile(r"fail|error|unread|denied|unknown|unscored|blocked", re.IGNORECASE)
_LOGGERS = frozenset({"logger", "log", "logging", "_logger", "_log"})


def check(source: Source) -> Iterator[Breach]:
    """`except: pass`, a broad `except` that tells nobody, and `suppress(Exception)`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            yield from _of_handler(node)
        elif isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "suppress" and _suppresses_all(node):
            yield Breach(node.lineno, "suppress() names no certain exception")


def _of_handler(handler: ast.ExceptHandler) -> Iterator[Breach]:
    if all(_is_nothing(statement) for statement in handler.body):
        yield Breach(handler.lineno, "the exception is dropped; name it in contextlib.suppress() or answer it")
    elif _is_broad(handler) and not _tells(handler):
        yield Breach(handler.lineno, "a broad except neither raises nor says in its answer that something failed")


def _is_nothing(statement: ast.stmt) -> bool:
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass) or is_text


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    named = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(dotted(name) in _BROAD for name in named)


def _tells(handler: ast.ExceptHandler) -> bool:
    """Whether it raises, answers with a value that is more than empty, or hands the exception on."""
    parts = [part for statement in handler.body for part in ast.walk(statement)]
    raises = any(isinstance(part, ast.Raise) for part in parts)
    answers = any(isinstance(part, ast.Return) and _says_something(part.value) for part in parts)
    return raises or answers or any(_hands_on(part, handler.name) for part in parts)


def _says_something(value: ast.expr | None) -> bool:
    if value is None or isinstance(value, ast.Constant):
        return value is not None and bool(value.value)
    return not (
        isinstance(value, ast.List | ast.Dict | ast.Tuple | ast.Set) and not ast.unparse(value).strip("[]{}() ")
    )


def _hands_on(part: ast.AST, name: str | None) -> bool:
    """A call that is given the exception, or a value named after failing; a log line alone is not an answer."""
    if not isinstance(part, ast.Call) or dotted(part.func).split(".")[0] in _LOGGERS:
        return False
    given = [inner for item in (*part.args, *part.keywords) for inner in ast.walk(item)]
    hands_it_on = any(isinstance(inner, ast.Name) and inner.id == name for inner in given)
    return hands_it_on or any(isinstance(inner, ast.expr) and _FAILURE.search(dotted(inner)) for inner in given)


def _suppresses_all(call: ast.Call) -> bool:
    return not call.args or any(dotted(argument) in _BROAD for argument in call.args)


RULE = Rule(
    code="TL005",
    name="swallowed exceptions",
    sentence="An exception is raised on, answered by a value that says so, or suppressed by its own name.",
    story=(
        "A capture whose reader failed in silence reported a tenant without a single policy, and the difference to "
        "yesterday said that all of them had been deleted."
    ),
    check=check,
)
