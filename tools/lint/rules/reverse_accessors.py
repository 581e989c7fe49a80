"""TL004: no way back from a row to the rows of another room."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tools.lint import orm
from tools.lint.rule import Breach, Rule
from tools.lint.source import Source, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS = frozenset({"ForeignKey", "OneToOneField", "ManyToManyField"})
_PREFETCHES = frozenset({"prefetch_related", "select_related", "Prefetch"})
_REVERSE = re.compile(r"(^|__)\w+_set(__|$)")


def check(source: Source) -> Iterator[Breach]:
    """Keys to other rooms without `related_name="+"` or by class, and every use of `x_set`."""
    if not source.is_product or source.is_migration:
        return
    imported = _imported_from_other_rooms(source)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func).split(".")[-1] or orm.method(node)
        if name in _KEYS:
            yield from _of_key(node, source.room, imported)
        yield from _of_reverse_use(node, name)


def _of_key(call: ast.Call, room: str | None, imported: frozenset[str]) -> Iterator[Breach]:
    target = call.args[0] if call.args else next((item.value for item in call.keywords if item.arg == "to"), None)
    if isinstance(target, ast.Name) and target.id in imported:
        yield Breach(call.lineno, f"the key to {target.id} of another room is no string")
    if isinstance(target, ast.Constant) and _is_own(str(target.value), room):
        return
    if isinstance(target, ast.Name) and target.id not in imported:
        return
    related = next((item.value for item in call.keywords if item.arg == "related_name"), None)
    if not (isinstance(related, ast.Constant) and related.value == "+"):
        yield Breach(call.lineno, 'a key to another room has no related_name="+"')


def _is_own(target: str, room: str | None) -> bool:
    return "." not in target or target.split(".", maxsplit=1)[0] == room


def _of_reverse_use(call: ast.Call, name: str) -> Iterator[Breach]:
    owner = orm.receiver(call)
    if isinstance(owner, ast.Attribute) and owner.attr.endswith("_set") and name in orm.QUERYSET_METHODS:
        yield Breach(call.lineno, f".{owner.attr} walks back to rows past their room's queries")
    named = call.args if name in _PREFETCHES else []
    for argument in named:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and _REVERSE.search(argument.value):
            yield Breach(call.lineno, f'"{argument.value}" walks back to rows past their room\'s queries')


def _imported_from_other_rooms(source: Source) -> frozenset[str]:
    imports = (node for node in ast.walk(source.tree) if isinstance(node, ast.ImportFrom) and node.module)
    other = (node for node in imports if (node.module or "").split(".")[1:2] != [source.room or ""])
    return frozenset(
        name.asname or name.name for node in other if (node.module or "").startswith("trueline.") for name in node.names
    )


RULE = Rule(
    code="TL004",
    name="reverse accessors",
    sentence='A key to another room is a string with `related_name="+"`; nobody walks back by `x_set`.',
    story=(
        "A reverse accessor gives a lower room's row a door to a higher room's rows, unscoped and without an import "
        "that a contract could see. It was how rooms grew into each other."
    ),
    check=check,
)
