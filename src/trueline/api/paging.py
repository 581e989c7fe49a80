"""Pages of a list by the key of their last row, named by an opaque and signed cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from trueline.api.asked import Asked
from trueline.api.problems import Problem
from trueline.api.schemas.shapes import Paging

RowT = TypeVar("RowT", bound=Model)
T = TypeVar("T")


def page(
    asked: Asked, paging: Paging, found: QuerySet[RowT], order: Sequence[str], show: Callable[[list[RowT]], list[T]]
) -> dict[str, Any]:
    """One page of rows as an answer.

    Args:
        asked: Who asks; the cursor holds for this address, these filters and this workspace only.
        paging: Which page.
        found: All rows of the list.
        order: Its fields, the last one unique, a minus in front where it descends.
        show: Rows to records.
    """
    place = _place(asked, paging, found, order)
    ordered = found.order_by(*order)
    if place is not None:
        ordered = ordered.filter(_beyond(order, place))
    taken = list(ordered[: paging.limit + 1])
    shown = taken[: paging.limit]
    has_more = len(taken) > paging.limit
    return {"items": show(shown), "next_cursor": _cursor(asked, _key(shown[-1], order)) if has_more else None}


def sliced(asked: Asked, paging: Paging, rows: Sequence[T]) -> tuple[list[T], str | None]:
    """The same for rows that are all at hand and never change."""
    values = _opened(asked, paging.cursor) if paging.cursor else [0]
    start = values[0] if len(values) == 1 and isinstance(values[0], int) else len(rows)
    end = start + paging.limit
    return list(rows[start:end]), _cursor(asked, [end]) if end < len(rows) else None


def _beyond(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Rows past the place: the first field beyond, or equal and the second beyond, and so on."""
    condition, equal = Q(), Q()
    for field, value in zip(order, place, strict=True):
        name = field.removeprefix("-")
        condition |= equal & Q(**{f"{name}__{'lt' if field.startswith('-') else 'gt'}": value})
        equal &= Q(**{name: value})
    # Says nothing new, but bounds the index scan by its first column.
    bound = "lte" if order[0].startswith("-") else "gte"
    return condition & Q(**{f"{order[0].removeprefix('-')}__{bound}": place[0]})


def _key(row: Model, order: Sequence[str]) -> list[Any]:
    return [_plain(_value(row, field.removeprefix("-"))) for field in order]


def _value(row: Any, field: str) -> Any:
    for name in field.split("__"):
        row = getattr(row, name)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _cursor(asked: Asked, values: list[Any]) -> str:
    return signing.dumps(values, salt=_salt(asked))


def _opened(asked: Asked, text: str) -> list[Any]:
    try:
        values = signing.loads(text, salt=_salt(asked))
    except signing.BadSignature as error:
        raise Problem("invalid_cursor") from error
    return list(values)


def _place(asked: Asked, paging: Paging, found: QuerySet[Any], order: Sequence[str]) -> list[Any] | None:
    if not paging.cursor:
        return None
    values = _opened(asked, paging.cursor)
    try:
        return [_field(found.model, name.removeprefix("-"), one) for name, one in zip(order, values, strict=True)]
    except (ValueError, ValidationError) as error:
        raise Problem("invalid_cursor") from error


def _field(model: type[Model], name: str, value: Any) -> Any:
    *path, last = name.split("__")
    for step in path:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]  # noqa: SLF001 - Django's documented API
    return model._meta.get_field(last).to_python(value)  # type: ignore[union-attr]  # a column, never a relation  # noqa: SLF001 - (same)


def _salt(asked: Asked) -> str:
    """What a cursor is bound to: the place, the list and its filters."""
    query = asked.request.GET
    filters = sorted((name, query[name]) for name in query if name not in {"cursor", "limit"})
    return f"api.cursor:{asked.scope.workspace_id}:{asked.request.path}:{filters}"
