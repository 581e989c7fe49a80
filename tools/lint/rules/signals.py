"""TL008: no signals."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule
from tools.lint.source import Source, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODULES = (
    "django.dispatch",
    "django.db.models.signals",
    "django.db.backends.signals",
    "django.core.signals",
    "django.test.signals",
    "django.contrib.auth.signals",
    "allauth.account.signals",
    "blinker",
)


def check(source: Source) -> Iterator[Breach]:
    """Imports of signal modules, and receivers."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and _is_signals(_full_names(node)):
            yield Breach(node.lineno, f"signals are imported from {node.module}")
        elif isinstance(node, ast.Import) and _is_signals(tuple(name.name for name in node.names)):
            yield Breach(node.lineno, "signals are imported")
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (
                Breach(decorator.lineno, f"{node.name} is called by a signal")
                for decorator in node.decorator_list
                if dotted(decorator.func if isinstance(decorator, ast.Call) else decorator).endswith("receiver")
            )


def _full_names(node: ast.ImportFrom) -> tuple[str, ...]:
    return (node.module or "", *(f"{node.module}.{name.name}" for name in node.names))


def _is_signals(names: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for name in names for module in _MODULES)


RULE = Rule(
    code="TL008",
    name="signals",
    sentence="What follows from an action stands in the action; there are no signals.",
    story=(
        "A receiver runs somewhere else, in an order nobody reads, and not at all for a bulk write. An audit event "
        "that hung on a signal would be missing exactly where most rows change."
    ),
    check=check,
)
