"""TL009: one maker of scopes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule
from tools.lint.source import Source, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

# The second is the tests' declared builder: a scope for tests of pure code that have no database.
MAKERS = ("src/trueline/workspaces/access.py", "tests/worlds.py", "tests/scopes.py")


def check(source: Source) -> Iterator[Breach]:
    """A `Scope` built, or one widened by `replace`, outside of the makers."""
    if str(source.place) in MAKERS:
        return
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func).split(".")[-1]
        if name == "Scope":
            yield Breach(node.lineno, "a Scope is built outside of workspaces/access.py")
        elif name in {"replace", "copy"} and node.args and dotted(node.args[0]).split(".")[-1] == "scope":
            yield Breach(node.lineno, "a scope is changed outside of workspaces/access.py")


RULE = Rule(
    code="TL009",
    name="scope makers",
    sentence="`workspaces/access.py` alone makes a `Scope`; in tests `tests/worlds.py` and `tests/scopes.py` do.",
    story=(
        "A scope is the proof that membership, environment and capability were checked. Whoever can write one by hand "
        "can read every workspace."
    ),
    check=check,
)
