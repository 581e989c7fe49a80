"""Whether observed values satisfy an assertion, and whether one assertion demands at least what another does."""

from __future__ import annotations

import math
from collections.abc import Sequence

from trueline.connections.contract import Json
from trueline.inventory.assertions.model import Assertion, Operator

Values = tuple[str, ...]


def text_of(value: Json) -> str:
    """A value as settings carry it: lower-case text; a whole number has no decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower()


def values_of(value: Json) -> Values:
    """One value or a list as sorted text without repeats."""
    several = value if isinstance(value, (list, tuple)) else [value]
    return tuple(sorted({text_of(one) for one in several}))


def alternatives(assertion: Assertion) -> frozenset[Values] | None:
    """The finite set of value sets that satisfy it, None when it is not finite."""
    if assertion.operator is Operator.EQUALS:
        return frozenset({values_of(assertion.value)})
    if assertion.operator is Operator.ONE_OF:
        return frozenset(values_of(one) for one in assertion.value)
    return None


def number(value: Json) -> float | None:
    """A value as a finite number, None when it is none; true and false are no numbers."""
    if isinstance(value, (bool, list, tuple, dict)) or value is None:
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def accepts(assertion: Assertion, values: Sequence[str]) -> bool:
    """Whether one policy's values for the setting satisfy the assertion.

    A number that is asked for and is none is never accepted. `absent` accepts nothing: the setting is there.
    """
    match assertion.operator:
        case Operator.EQUALS | Operator.ONE_OF:
            return values_of(list(values)) in (alternatives(assertion) or ())
        case Operator.CONTAINS:
            return set(values_of(assertion.value)) <= set(values_of(list(values)))
        case Operator.AT_LEAST | Operator.AT_MOST:
            return _within(assertion, values)
        case Operator.ANY:
            return True
        case Operator.ABSENT:
            return False


def _within(assertion: Assertion, values: Sequence[str]) -> bool:
    limit = number(assertion.value)
    found = [number(value) for value in values]
    if limit is None or not found:
        return False
    if assertion.operator is Operator.AT_LEAST:
        return all(one is not None and one >= limit for one in found)
    return all(one is not None and one <= limit for one in found)


def narrows(new: Assertion, old: Assertion) -> bool:
    """Whether everything that satisfies the new assertion also satisfies the old one.

    False also where nobody can tell, so that what is called narrowing is.
    """
    if (new.setting, new.type, new.platform, new.question) != (old.setting, old.type, old.platform, old.question):
        return False
    if new.question:
        return dict(new.parameters) == dict(old.parameters)
    if Operator.ABSENT in (new.operator, old.operator):
        return new.operator is old.operator
    if old.operator is Operator.ANY:
        return True
    finite = alternatives(new)
    if finite is not None:
        return all(accepts(old, one) for one in finite)
    return new.operator is old.operator and _is_stricter(new, old)


def _is_stricter(new: Assertion, old: Assertion) -> bool:
    if new.operator is Operator.CONTAINS:
        return set(values_of(old.value)) <= set(values_of(new.value))
    mine, theirs = number(new.value), number(old.value)
    if mine is None or theirs is None:
        return new.operator is Operator.ANY
    return mine >= theirs if new.operator is Operator.AT_LEAST else mine <= theirs


def short(assertion: Assertion, value: str) -> str:
    """A value without the setting's id, which the id of an option repeats."""
    return value.removeprefix(f"{assertion.setting}_") or value


def expected(assertion: Assertion) -> str:
    """What the assertion asks of its setting, in words."""
    several = assertion.value if isinstance(assertion.value, list) else [assertion.value]
    said = ", ".join(_spoken(assertion, one) for one in several)
    match assertion.operator:
        case Operator.ABSENT:
            return "not configured"
        case Operator.ANY:
            return "any value"
        case Operator.EQUALS:
            return said
        case _:
            return f"{assertion.operator.replace('_', ' ')} {said}"


def _spoken(assertion: Assertion, value: Json) -> str:
    return " + ".join(short(assertion, one) for one in values_of(value))
