"""The conditions of rules: `order.status == "pending" and count(call.item_ids) <= 5`.

The syntax is a small part of Python's, parsed by Python's own parser and never executed as Python. Logic has three
values: what a condition needs and cannot see is missing, and a missing operand decides nothing unless the other does
(`missing or true` is true, `missing and true` is missing), after Kleene.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trueline.engine.rules.functions import FUNCTIONS, MissingValueError
from trueline.engine.scores import EngineError

MAX_LENGTH = 2_000
MAX_ITEMS = 10_000

Scope = Mapping[str, Any]


class ExpressionError(EngineError):
    """A condition that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed condition.

    Attributes:
        text: As written.
        tree: The parsed form.
        names: Names that it reads, without functions and loop variables.
    """

    text: str
    tree: ast.expr
    names: frozenset[str]


_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ALLOWED = (
    ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Compare, ast.Call, ast.keyword,
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.List, ast.Tuple, ast.GeneratorExp, ast.comprehension,
    ast.Load, ast.Store, ast.IfExp, *_COMPARE, *_ARITHMETIC,
)  # fmt: skip


def parse(text: str, *, extra_functions: frozenset[str] = frozenset()) -> Expression:
    """Parse a condition.

    Raises:
        ExpressionError: The text is no condition of this language; says which part is not.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"The condition is longer than {MAX_LENGTH} characters.")
    try:
        tree = ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"{text!r} is no condition: {error.args[0]}.") from error
    functions = {
        node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    for node in ast.walk(tree):
        _check_node(node, text)
    unknown = functions - FUNCTIONS.keys() - extra_functions
    if unknown:
        raise ExpressionError(f"{text!r} calls {', '.join(sorted(unknown))}, which is no function of this language.")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    loops = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return Expression(text, tree, frozenset(names - loops - functions))


def _check_node(node: ast.AST, text: str) -> None:
    if not isinstance(node, _ALLOWED):
        raise ExpressionError(f"{text!r} uses {type(node).__name__}, which is not part of this language.")
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
        raise ExpressionError(f"{text!r} calls something that is not a function's name.")
    if isinstance(node, ast.Constant) and not isinstance(node.value, str | int | float | bool | None):
        raise ExpressionError(f"{text!r} has a constant that is no text, number, true or false.")
    if isinstance(node, ast.GeneratorExp) and len(node.generators) != 1:
        raise ExpressionError(f"{text!r} loops over more than one list at once.")


def evaluate(expression: Expression, scope: Scope) -> Any:
    """The value of a condition.

    Args:
        expression: The parsed condition.
        scope: Values by name; a function in it can be called.

    Raises:
        MissingValueError: Something that it needs is not there; the message says what.
    """
    try:
        return _value(expression.tree, scope)
    except (TypeError, ArithmeticError, ValueError, AttributeError, LookupError, re.error) as error:
        raise MissingValueError(f"{expression.text} cannot be computed: {error}") from error


def holds(expression: Expression, scope: Scope) -> bool:
    """Whether a condition is true. Raises `MissingValueError` when that cannot be said."""
    return bool(evaluate(expression, scope))


def _value(node: ast.AST, scope: Scope) -> Any:
    handler = _HANDLERS[type(node)]
    return handler(node, scope)


def _name(node: ast.Name, scope: Scope) -> Any:
    if node.id not in scope:
        raise MissingValueError(f"{node.id} is not known")
    value = scope[node.id]
    if isinstance(value, MissingValueError):
        raise value
    return value


def _attribute(node: ast.Attribute, scope: Scope) -> Any:
    return _item(_value(node.value, scope), node.attr, ast.unparse(node))


def _subscript(node: ast.Subscript, scope: Scope) -> Any:
    return _item(_value(node.value, scope), _value(node.slice, scope), ast.unparse(node))


def _item(holder: Any, key: Any, shown: str) -> Any:
    if isinstance(holder, Mapping) and key in holder:
        value = holder[key]
        if isinstance(value, MissingValueError):
            raise value
        return value
    if isinstance(holder, list) and isinstance(key, int) and -len(holder) <= key < len(holder):
        return holder[key]
    raise MissingValueError(f"{shown} is not there")


def _boolean(node: ast.BoolOp, scope: Scope) -> bool:
    decides = isinstance(node.op, ast.Or)
    missing: MissingValueError | None = None
    for part in node.values:
        try:
            if bool(_value(part, scope)) is decides:
                return decides
        except MissingValueError as error:
            missing = missing or error
    if missing is not None:
        raise missing
    return not decides


def _unary(node: ast.UnaryOp, scope: Scope) -> Any:
    value = _value(node.operand, scope)
    return (not value) if isinstance(node.op, ast.Not) else -value


def _binary(node: ast.BinOp, scope: Scope) -> Any:
    left, right = _value(node.left, scope), _value(node.right, scope)
    if isinstance(left, str) != isinstance(right, str) or (isinstance(left, str) and not isinstance(node.op, ast.Add)):
        raise MissingValueError(f"{ast.unparse(node)} mixes text and numbers")
    return _ARITHMETIC[type(node.op)](left, right)


def _compare(node: ast.Compare, scope: Scope) -> bool:
    left = _value(node.left, scope)
    for op, part in zip(node.ops, node.comparators, strict=True):
        right = _value(part, scope)
        if not _COMPARE[type(op)](left, right):
            return False
        left = right
    return True


def _call(node: ast.Call, scope: Scope) -> Any:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "known":
        return _is_known(node.args, scope)
    function = scope.get(name) or FUNCTIONS[name]
    arguments = [_value(argument, scope) for argument in node.args]
    named = {keyword.arg: _value(keyword.value, scope) for keyword in node.keywords if keyword.arg}
    return function(*arguments, **named)


def _is_known(arguments: list[ast.expr], scope: Scope) -> bool:
    try:
        return all(_value(argument, scope) is not None for argument in arguments)
    except MissingValueError:
        return False


def _loop(node: ast.GeneratorExp, scope: Scope) -> list[Any]:
    generator = node.generators[0]
    source = _value(generator.iter, scope)
    items = list(source)
    if len(items) > MAX_ITEMS or not isinstance(generator.target, ast.Name):
        raise MissingValueError(f"{ast.unparse(generator.iter)} is too long to look through")
    kept = []
    for item in items:
        inner = _Inner(scope, generator.target.id, item)
        if all(_value(condition, inner) for condition in generator.ifs):
            kept.append(_value(node.elt, inner))
    return kept


class _Inner(Mapping[str, Any]):
    """A scope with one name more, without copying the scope around it."""

    def __init__(self, outer: Scope, name: str, value: Any) -> None:
        self._outer, self._name, self._value = outer, name, value

    def __getitem__(self, name: str) -> Any:
        return self._value if name == self._name else self._outer[name]

    def __iter__(self) -> Iterator[str]:
        return iter({self._name, *self._outer})

    def __len__(self) -> int:
        return len({self._name, *self._outer})


def _either(node: ast.IfExp, scope: Scope) -> Any:
    return _value(node.body if _value(node.test, scope) else node.orelse, scope)


_HANDLERS: Mapping[type[ast.AST], Callable[[Any, Scope], Any]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.Call: _call,
    ast.GeneratorExp: _loop,
    ast.IfExp: _either,
    ast.Constant: lambda node, _: node.value,
    ast.List: lambda node, scope: [_value(item, scope) for item in node.elts],
    ast.Tuple: lambda node, scope: [_value(item, scope) for item in node.elts],
}
