"""TL002: query sets start in the room that owns the model."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tools.lint import orm
from tools.lint.rule import Breach, Rule
from tools.lint.source import Source, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOORS = ("queries", "actions", "access", "models")


def check(source: Source) -> Iterator[Breach]:
    """Managers used outside of a door, or in the door of a room that does not own the model."""
    if not source.is_product or source.is_migration:
        return
    foreign = _models_of_other_rooms(source)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Attribute) or not orm.is_manager(node):
            continue
        owner = dotted(node.value)
        if not source.stands_in(*_DOORS):
            yield Breach(
                node.lineno, f"{owner or 'a model'}.{node.attr} is read outside of a room's queries or actions"
            )
        elif owner in foreign:
            yield Breach(node.lineno, f"{owner} belongs to the room {foreign[owner]}; ask its queries")


def _models_of_other_rooms(source: Source) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("trueline."):
            _, room, *drawer = node.module.split(".")
            if drawer[:1] == ["models"] and room != source.room:
                found |= {name.asname or name.name: room for name in node.names}
    return found


RULE = Rule(
    code="TL002",
    name="read door",
    sentence="A query set starts in `queries` or `actions` of the room that owns the model; others call those queries.",
    story=(
        "Row security hides other workspaces, not environments a person was narrowed to. A view that filtered a model "
        "itself would forget the narrowing one day; the room's own query never does."
    ),
    check=check,
)
