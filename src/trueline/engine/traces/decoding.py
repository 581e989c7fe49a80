"""Small readings of untyped values that the conventions share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from trueline.engine.traces.identifiers import whole_number

if TYPE_CHECKING:
    from trueline.engine.traces.model import Json


def embedded(value: Json) -> Json:
    """The value of JSON in a string; the value itself when it is no such string."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def as_text(value: Json) -> str:
    """The value as text: a string as it is, anything else as compact JSON with sorted keys."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def text_or_none(value: Json) -> str | None:
    """The value as text; None when it is missing or empty."""
    return (as_text(value) or None) if value is not None else None


def number_or_none(value: Json) -> float | None:
    """A finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < float("inf") else None


def first(attributes: Mapping[str, Json], names: Sequence[str]) -> Json:
    """The first of several attributes that is there and not None."""
    for name in names:
        value = attributes.get(name)
        if value is not None:
            return value
    return None


def first_text(attributes: Mapping[str, Json], names: Sequence[str]) -> str | None:
    """The same as text; None when none is there or it is empty."""
    return text_or_none(first(attributes, names))


def count_or_none(value: Json) -> int | None:
    """A whole number of at least 0; None for anything else."""
    number = whole_number(value)
    return number if number is not None and number >= 0 else None


def objects(value: Json) -> list[Mapping[str, Json]]:
    """The mappings in a list that may be JSON in a string; a single mapping counts as a list of one."""
    decoded = embedded(value)
    if isinstance(decoded, Mapping):
        return [decoded]
    return [item for item in decoded if isinstance(item, Mapping)] if isinstance(decoded, (list, tuple)) else []
