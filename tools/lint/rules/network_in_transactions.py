"""TL017: no network call while rows are locked."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tools.lint.rule import Breach, Rule
from tools.lint.source import Source, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIBRARIES = frozenset({"httpx", "requests", "aiohttp", "msal", "smtplib", "socket", "urllib3"})
_MODULES = ("urllib.request", "http.client")
_SENDERS = frozenset({"send_mail", "send_mass_mail"})
_DRAWERS = ("actions", "queries", "models", "rules")


def check(source: Source) -> Iterator[Breach]:
    """Network libraries in the drawers that write and read rows, and network calls inside `transaction.atomic`."""
    if not source.is_product or source.is_migration:
        return
    if source.stands_in(*_DRAWERS):
        yield from _imports(source.tree)
    seen = set()
    for block in _transactions(source.tree):
        for call in (node for node in ast.walk(block) if isinstance(node, ast.Call)):
            if _calls_out(call) and call.lineno not in seen:
                seen.add(call.lineno)
                yield Breach(call.lineno, f"{dotted(call.func)}() is called inside a transaction")


def _imports(tree: ast.Module) -> Iterator[Breach]:
    for node in (found for found in ast.walk(tree) if isinstance(found, ast.Import | ast.ImportFrom)):
        names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{name.name}" for name in node.names)]
        found = [name for name in names if name.split(".")[0] in _LIBRARIES or name.startswith(_MODULES)]
        if found:
            yield Breach(node.lineno, f"{found[0]} reaches the network from a drawer that works in transactions")


def _transactions(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        opened: list[ast.expr] = []
        if isinstance(node, ast.With | ast.AsyncWith):
            opened = [item.context_expr for item in node.items]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            opened = node.decorator_list
        if any(_is_atomic(item) for item in opened):
            yield node


def _is_atomic(node: ast.expr) -> bool:
    return dotted(node.func if isinstance(node, ast.Call) else node).split(".")[-1] == "atomic"


def _calls_out(call: ast.Call) -> bool:
    name = dotted(call.func)
    return name.split(".")[0] in _LIBRARIES or name.startswith(_MODULES) or name.split(".")[-1] in _SENDERS


RULE = Rule(
    code="TL017",
    name="network in transactions",
    sentence="The outside is read first; then rows are written once, without a network call in between.",
    story=(
        "A call that hangs for a minute inside a transaction holds its locks for a minute, and a rollback afterwards "
        "does not take back what the outside has already done."
    ),
    check=check,
)
