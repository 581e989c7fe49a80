"""TL012: names that say nothing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.source import Source

_ENDINGS = ("Manager", "Helper", "Helpers", "Util", "Utils", "Handler", "Processor", "Data", "Info", "Service")
_MODULES = frozenset(
    {"core", "common", "util", "utils", "helper", "helpers", "extra", "extras", "service", "services", "misc"}
)


def check(source: Source) -> Iterator[Breach]:
    """Classes with a banned ending, and modules or folders that could hold anything."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and node.name.endswith(_ENDINGS):
            yield Breach(node.lineno, f"the name {node.name} does not say what it is")
    banned = [part for part in source.place.with_suffix("").parts if part in _MODULES]
    if banned:
        yield Breach(1, f"a module or folder called {banned[0]} could hold anything")


RULE = Rule(
    code="TL012",
    name="banned names",
    sentence="No class is a Manager, Helper, Util, Handler, Processor, Data, Info or Service; no module is misc.",
    story="A name that fits everything collects everything. What the thing is called by its users is the better name.",
    check=check,
)
