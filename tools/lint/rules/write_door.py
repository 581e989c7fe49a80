"""TL001: rows are written through actions only."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tools.lint import orm
from tools.lint.rule import Breach, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.source import Source

_ALWAYS = frozenset(
    {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "abulk_create", "abulk_update"}
    | {"aget_or_create", "aupdate_or_create", "asave", "adelete", "_raw_delete"}
)
_ON_QUERYSETS = frozenset({"create", "update", "delete", "acreate", "aupdate", "create_user", "create_superuser"})
_SAVE_OPTIONS = frozenset({"update_fields", "force_insert", "force_update", "using"})
_WRITE_SQL = re.compile(
    r"\s*(with\b.*\b)?(insert\s+into\s|update\s+[\w.\"]+(\s+(as\s+)?\w+)?\s+set\s|delete\s+from\s|merge\s+into\s"
    r"|truncate\s+(table\s+)?[\w.\"]+|copy\s+[\w.\"]+\s*(\(|from\b))",
    re.IGNORECASE | re.DOTALL,
)


def check(source: Source) -> Iterator[Breach]:
    """Writes outside of a room's actions and of migrations."""
    if not source.is_product or source.is_migration or source.stands_in("actions"):
        return
    known, prose = orm.querysets_by_name(source.tree), source.docstrings()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _writes(node, known):
            yield Breach(node.lineno, f".{orm.method(node)}() writes rows outside of a room's actions")
        elif isinstance(node, ast.Constant) and id(node) not in prose and _is_write_sql(node.value):
            yield Breach(node.lineno, "SQL that writes stands outside of a room's actions")


def _writes(call: ast.Call, known: frozenset[str]) -> bool:
    name, owner = orm.method(call), orm.receiver(call)
    if owner is None:
        return False
    if name in _ALWAYS:
        return True
    if name in _ON_QUERYSETS and orm.is_queryset(owner, known):
        return True
    return _is_of_an_instance(name, call)


def _is_of_an_instance(name: str, call: ast.Call) -> bool:
    """`row.save()` and `row.delete()`; with an argument it is an image's or an HTTP client's method of that name."""
    options = {keyword.arg for keyword in call.keywords}
    return name in {"save", "delete"} and not call.args and options <= _SAVE_OPTIONS


def _is_write_sql(value: object) -> bool:
    return isinstance(value, str) and _WRITE_SQL.match(value) is not None


RULE = Rule(
    code="TL001",
    name="write door",
    sentence="Rows are written in a room's `actions`, in migrations, and nowhere else.",
    story=(
        "A page that saved a row itself would leave no audit event and no check of who may do it. With one door for "
        "each room, 'who can change this?' is answered by reading one file."
    ),
    check=check,
)
