"""The functions that conditions may use. Each is total over JSON values or says what it misses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
MAX_SEARCHED = 200_000
"""Characters of a text that a pattern looks at: bounds the time of a careless pattern."""


class MissingValueError(Exception):
    """A condition needs something that the trace does not show; the message says what."""


def count(items: Any) -> int:
    """How many items a list, or entries an object, has."""
    return len(items)


def total(items: Iterable[float]) -> float:
    """The sum of numbers."""
    return sum(items)


def distinct(items: Iterable[Any]) -> list[Any]:
    """The items without repeats."""
    return list(dict.fromkeys(items))


def lower(text: str) -> str:
    """The text in lower case."""
    return str(text).lower()


def starts_with(text: str, *openings: str) -> bool:
    """Whether a text begins with one of the openings."""
    return str(text).startswith(openings)


def contains(text: str, *parts: str) -> bool:
    """Whether a text contains one of the parts, whatever their case."""
    searched = str(text).lower()
    return any(part.lower() in searched for part in parts)


def matches(text: str, pattern: str) -> bool:
    """Whether a regular expression finds something in a text, whatever its case."""
    return re.search(pattern, str(text)[:MAX_SEARCHED], re.IGNORECASE) is not None


def keys(value: Mapping[str, Any]) -> list[str]:
    """The names in an object."""
    return list(value)


def values(value: Mapping[str, Any]) -> list[Any]:
    """The values in an object."""
    return list(value.values())


def number(text: Any) -> float:
    """The first number in a text."""
    if isinstance(text, int | float):
        return float(text)
    found = NUMBER.search(str(text))
    if found is None:
        raise MissingValueError(f"there is no number in {str(text)[:40]!r}")
    return float(found.group(0).replace(",", ""))


def hours_between(earlier: str, later: str) -> float:
    """Hours from one ISO time to another, both without or both with an offset."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds() / 3600


def every(items: Iterable[Any]) -> bool:
    """Whether all items are true."""
    return all(items)


def some(items: Iterable[Any]) -> bool:
    """Whether at least one item is true."""
    return any(items)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "known": lambda value: value is not None,
    "count": count,
    "sum": total,
    "distinct": distinct,
    "lower": lower,
    "starts_with": starts_with,
    "contains": contains,
    "matches": matches,
    "keys": keys,
    "values": values,
    "number": number,
    "hours_between": hours_between,
    "all": every,
    "any": some,
    "min": min,
    "max": max,
    "abs": abs,
    "round": round,
}
