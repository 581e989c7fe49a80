"""Pages of a long list by the key of their first and last row: as fast at the end as at the start."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import orjson
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

ROWS = 50
RowT = TypeVar("RowT", bound=Model)


@dataclass(frozen=True, slots=True)
class Listed(Generic[RowT]):
    """One page of rows, with the addresses of its neighbours; empty where there is none."""

    rows: list[RowT]
    previous_url: str
    next_url: str


def listed(request: HttpRequest, found: QuerySet[RowT], order: Sequence[str], *, rows: int = ROWS) -> Listed[RowT]:
    """The page that the address asks for.

    Args:
        request: Its `after` or `before` names a row; a broken one gives the first page.
        found: All rows of the list.
        order: Its fields, the last one unique, a minus in front where it descends.
        rows: How many to show.
    """
    after, before = (_cursor(found, order, request.GET.get(name, "")) for name in ("after", "before"))
    backwards = before is not None
    place = before if backwards else after
    ordered = found.order_by(*(_turned(order) if backwards else order))
    if place is not None:
        ordered = ordered.filter(_beyond(order, place, backwards=backwards))
    taken = list(ordered[: rows + 1])
    has_more, shown = len(taken) > rows, taken[:rows]
    if backwards:
        shown.reverse()
    has_previous = has_more if backwards else after is not None
    has_next = backwards or has_more
    return Listed(
        shown,
        _address(request, "before", _key(shown[0], order)) if has_previous and shown else "",
        _address(request, "after", _key(shown[-1], order)) if has_next and shown else "",
    )


def _turned(order: Sequence[str]) -> list[str]:
    return [field[1:] if field.startswith("-") else f"-{field}" for field in order]


def _beyond(order: Sequence[str], place: Sequence[Any], *, backwards: bool) -> Q:
    """Rows past the place: the first field beyond, or equal and the second beyond, and so on."""
    condition, equal = Q(), Q()
    for field, value in zip(order, place, strict=True):
        name = field.removeprefix("-")
        direction = "lt" if field.startswith("-") != backwards else "gt"
        condition |= equal & Q(**{f"{name}__{direction}": value})
        equal &= Q(**{name: value})
    # Says nothing new, but bounds the index scan by its first column.
    first = order[0].removeprefix("-")
    bound = "lte" if order[0].startswith("-") != backwards else "gte"
    return condition & Q(**{f"{first}__{bound}": place[0]})


def _key(row: Model, order: Sequence[str]) -> str:
    values = [getattr(row, field.removeprefix("-")) for field in order]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps(plain)).decode().rstrip("=")


def _cursor(found: QuerySet[Any], order: Sequence[str], text: str) -> list[Any] | None:
    """The values that a cursor holds, None for none or a broken one."""
    if not text:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        fields = [found.model._meta.get_field(field.removeprefix("-")) for field in order]  # noqa: SLF001 - Django's documented API
        if not isinstance(values, list) or not all(map(_is_usable, values)):
            return None
        return [field.to_python(value) for field, value in zip(fields, values, strict=True)]
    except (ValueError, TypeError, binascii.Error, ValidationError, FieldDoesNotExist):
        return None


def _is_usable(value: Any) -> bool:
    """Whether a value may stand in a statement at all: of a forged cursor nothing is known."""
    return isinstance(value, int | float) or (isinstance(value, str) and "\x00" not in value)


def _address(request: HttpRequest, name: str, key: str) -> str:
    query = request.GET.copy()
    for old in ("after", "before"):
        query.pop(old, None)
    query[name] = key
    return f"{request.path}?{query.urlencode()}"
