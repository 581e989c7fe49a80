"""What Django's object mapper looks like in the syntax, as far as several rules need to know."""

from __future__ import annotations

import ast

from tools.lint.source import dotted

MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
QUERYSET_METHODS = frozenset(
    {"all", "annotate", "aggregate", "count", "defer", "distinct", "exclude", "exists", "filter", "first", "get"}
    | {"in_bulk", "iterator", "last", "only", "order_by", "prefetch_related", "reverse", "select_for_update"}
    | {"select_related", "using", "values", "values_list"}
)


def receiver(call: ast.Call) -> ast.expr | None:
    """What a method is called on."""
    return call.func.value if isinstance(call.func, ast.Attribute) else None


def method(call: ast.Call) -> str:
    """The method's name, empty for a plain function."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def is_manager(node: ast.AST) -> bool:
    """Whether it is a model's manager: `Finding.objects`, `get_user_model().objects`; a count called so is none."""
    if not isinstance(node, ast.Attribute) or node.attr not in MANAGERS:
        return False
    owner = dotted(node.value).split(".")[-1]
    return isinstance(node.value, ast.Call) or owner[:1].isupper() or node.attr.startswith("_")


def reads_a_manager(node: ast.expr) -> bool:
    """Whether the expression starts at a model's manager: `Finding.objects.filter(...)`."""
    return any(is_manager(part) for part in ast.walk(node))


def querysets_by_name(tree: ast.AST) -> frozenset[str]:
    """Names that somewhere in the file are bound to a query set, so that `found.update(...)` is known for a write."""
    known: set[str] = set()
    assignments = [node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign) and node.value]
    for _ in range(2):  # a second pass follows a name that is bound to another
        for node in assignments:
            if node.value is not None and is_queryset(node.value, frozenset(known)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                known |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(known)


def is_queryset(node: ast.expr, known: frozenset[str]) -> bool:
    """Whether the expression is a query set: from a manager, by a query set's methods, or a known name."""
    if isinstance(node, ast.Name):
        return node.id in known
    if isinstance(node, ast.Attribute):
        return is_manager(node)
    if not isinstance(node, ast.Call):
        return False
    owner = receiver(node)
    return owner is not None and (reads_a_manager(owner) or is_queryset(owner, known))
