"""Reads of the inbox: what waits for one person, derived from the rooms that own it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from trueline.casework import statements
from trueline.casework.models import InboxMark, SavedView
from trueline.casework.rules import (
    MOST_WAITING,
    Counted,
    InboxPage,
    Item,
    Lane,
    Place,
    Source,
    ViewPlace,
    most_counted,
)
from trueline.findings.exceptions import EXPIRING_DAYS
from trueline.findings.workflow import STANDS_STILL_DAYS
from trueline.kit import clock
from trueline.kit.scope import ActorKind, NotVisible, Scope
from trueline.notices.queries import MANAGE
from trueline.workspaces.rules import Capability

_FEW_PLACES = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """Which part of the inbox somebody wants.

    Attributes:
        lane: Only that one; None for all.
        environment_id: Only there; None for everywhere. One out of reach shows nothing.
        start: Where the page begins, None at the top.
        is_backwards: Whether the page ends there instead.
        rows: How many to show.
        environments: How many environments the reader has, as far as known: it shares out what is counted.
    """

    lane: Lane | None = None
    environment_id: UUID | None = None
    start: Place | None = None
    is_backwards: bool = False
    rows: int = 50
    environments: int = 1


def inbox(scope: Scope, wish: Wish | None = None) -> InboxPage:
    """One page of what waits for the reader, most urgent first, in one statement whatever there is.

    What is out of reach, or of a kind that the reader may not see there, is neither shown nor counted.
    """
    wish = wish or Wish()
    start = wish.start
    few = wish.environment_id is not None or (wish.environments <= _FEW_PLACES)
    statement = statements.page(
        lane=wish.lane or "", by_place=few, place=start is not None, backwards=wish.is_backwards
    )
    asked = _reader(scope) | {
        "lane": wish.lane,
        "environment": wish.environment_id,
        "priority": start.priority if start else None,
        "at": start.at if start else None,
        "id": start.id if start else None,
        "limit": wish.rows + 1,
        "most": most_counted(wish.environments),
    }
    rows = _rows(statement, asked)
    items = sorted((_item(row) for row in rows if row[0] == "item"), key=lambda one: _order(one.place))
    counts = tuple(Counted(Lane(row[2]), row[5], row[10], row[11]) for row in rows if row[0] == "count")
    return _cut(items, counts, wish)


def waiting_count(scope: Scope) -> int:
    """How many items wait for the reader; never more than `MOST_WAITING`, which then means at least so many."""
    return int(_rows(statements.WAITING, _reader(scope) | {"limit": MOST_WAITING})[0][0])


def is_waiting(scope: Scope, item_key: str) -> bool:
    """Whether an item of that name waits for the reader and is not put off."""
    return bool(_rows(statements.ONE, _reader(scope) | {"item_key": item_key, "id": _id_in(item_key)})[0][0])


def marks(scope: Scope) -> QuerySet[InboxMark]:
    """What the reader has seen or put off, never what others have."""
    found = InboxMark.objects.filter(workspace_id=scope.workspace_id).order_by("-seen_at", "id")
    person = _person(scope)
    return found.none() if person is None else found.filter(user_id=person)


def saved_views(scope: Scope, place: ViewPlace) -> QuerySet[SavedView]:
    """Views of a list: the reader's own, and those that others share with the workspace; by name."""
    person = _person(scope)
    found = SavedView.objects.filter(workspace_id=scope.workspace_id, place=place).select_related("user")
    mine = Q(user_id=person) if person is not None else Q(pk__in=[])
    return found.filter(mine | Q(is_shared=True)).order_by("name", "id")


def own_view(scope: Scope, saved_view_id: UUID) -> SavedView:
    """One of the reader's own views. Raises `NotVisible`, for somebody else's as well."""
    found = own_views(scope).filter(id=saved_view_id).first()
    if found is None:
        raise NotVisible
    return found


def own_views(scope: Scope) -> QuerySet[SavedView]:
    """The reader's own views, by name; a program has none."""
    person = _person(scope)
    found = SavedView.objects.filter(workspace_id=scope.workspace_id).order_by("name", "id")
    return found.none() if person is None else found.filter(user_id=person)


def _reader(scope: Scope) -> dict[str, Any]:
    """Who reads and how far they reach, as the statements ask it."""
    now = clock.now()
    return {
        "workspace": scope.workspace_id,
        "user": _person(scope),
        "now": now,
        "expiring": now + timedelta(days=EXPIRING_DAYS),
        "stands_still": now - timedelta(days=STANDS_STILL_DAYS),
        "included": list(scope.environment_ids) if scope.environment_ids is not None else None,
        "excluded": [*scope.excluded_ids, *_without(scope, Capability.WORKSPACE_VIEW)],
        "may_findings": scope.may(Capability.FINDINGS_VIEW),
        "no_findings": _without(scope, Capability.FINDINGS_VIEW),
        "may_deliveries": _may_see_deliveries(scope),
        "may_prepare": scope.may(Capability.REVIEWS_MANAGE),
        "no_prepare": _without(scope, Capability.REVIEWS_MANAGE),
        "may_publish": scope.may(Capability.REVIEWS_PUBLISH),
        "no_publish": _without(scope, Capability.REVIEWS_PUBLISH),
        "may_runs": scope.may(Capability.OPERATIONS_VIEW),
        "no_runs": _without(scope, Capability.OPERATIONS_VIEW),
    }


def _may_see_deliveries(scope: Scope) -> bool:
    """A destination is told of all environments that its rule names: only whoever reaches them all may see it."""
    return scope.may(MANAGE) and scope.environment_ids is None and not scope.excluded_ids


def _without(scope: Scope, capability: str) -> list[UUID]:
    """Environments in which a smaller role takes a capability away."""
    return [environment_id for environment_id, held in scope.lowered if capability not in held]


def _person(scope: Scope) -> UUID | None:
    """The person whose inbox it is; a program has none."""
    return UUID(scope.actor.id) if scope.actor.kind is ActorKind.HUMAN else None


def _id_in(item_key: str) -> UUID | None:
    try:
        return UUID(item_key.partition(":")[2])
    except ValueError:
        return None


def _rows(statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())


def _item(row: tuple[Any, ...]) -> Item:
    _, source, lane, kind, item_id, environment_id, ref, priority, at, detail, _number, is_seen = row
    areas = tuple(detail.split(",")) if detail else ()
    return Item(Source(source), Lane(lane), kind, item_id, environment_id, ref, priority, at, areas, is_seen)


def _order(place: Place) -> tuple[Any, ...]:
    return place.priority, place.at, place.id


def _cut(items: list[Item], counts: tuple[Counted, ...], wish: Wish) -> InboxPage:
    has_more = len(items) > wish.rows
    if wish.is_backwards:
        shown = items[1:] if has_more else items
        return InboxPage(tuple(shown), counts, has_more, has_next=True)
    return InboxPage(tuple(items[: wish.rows]), counts, wish.start is not None, has_more)
