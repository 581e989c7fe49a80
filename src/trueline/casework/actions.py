"""What a person does in the inbox itself: see and put off. Everything else is done by the room that owns the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.casework import queries
from trueline.casework.errors import NotAnItem
from trueline.casework.models import InboxMark
from trueline.casework.rules import SNOOZE_DAYS, SnoozeFor
from trueline.kit import clock
from trueline.kit.scope import Actor, ActorKind, NotVisible, Scope

_MOST_SEEN = 200


@transaction.atomic
def snooze_item(scope: Scope, item_key: str, how_long: SnoozeFor, *, actor: Actor) -> InboxMark:
    """Put an item off for the actor alone. Raises `NotAnItem` when nothing of that name waits for them."""
    if not queries.is_waiting(scope, item_key):
        raise NotAnItem
    now = clock.now()
    until = now + timedelta(days=SNOOZE_DAYS[how_long])
    mark, _made = InboxMark.objects.update_or_create(
        workspace_id=scope.workspace_id,
        user_id=_person(actor),
        item_key=item_key,
        defaults={"snoozed_until": until, "seen_at": now},
    )
    after = {"until": until.isoformat()}
    record(scope.workspace_id, "casework:item:snooze", Subject("item", item_key), actor=actor, after=after)
    return mark


@transaction.atomic
def see_items(scope: Scope, item_keys: Sequence[str], *, actor: Actor) -> int:
    """Remember that the actor has seen these items; returns how many were new to them. Raises `NotAnItem`."""
    wanted = list(dict.fromkeys(item_keys))[:_MOST_SEEN]
    known = set(queries.marks(scope).filter(item_key__in=wanted).values_list("item_key", flat=True))
    new = [key for key in wanted if key not in known]
    if any(not queries.is_waiting(scope, key) for key in new):
        raise NotAnItem
    if new:
        user_id = _person(actor)
        InboxMark.objects.bulk_create(
            [InboxMark(workspace_id=scope.workspace_id, user_id=user_id, item_key=key) for key in new],
            ignore_conflicts=True,
        )
        record(scope.workspace_id, "casework:item:see", Subject("item"), actor=actor, after={"items": len(new)})
    return len(new)


@transaction.atomic
def wake_items(scope: Scope, *, actor: Actor) -> int:
    """Bring back everything that the actor has put off; returns how many."""
    mine = InboxMark.objects.filter(workspace_id=scope.workspace_id, user_id=_person(actor))
    woken = mine.filter(snoozed_until__gt=clock.now()).update(snoozed_until=None)
    if woken:
        record(scope.workspace_id, "casework:item:wake", Subject("item"), actor=actor, after={"items": woken})
    return woken


def _person(actor: Actor) -> UUID:
    """The inbox is a person's: a program has none. Raises `NotVisible`."""
    if actor.kind is not ActorKind.HUMAN:
        raise NotVisible
    return UUID(actor.id)
