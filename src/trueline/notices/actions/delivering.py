"""Claim a delivery, and write down what became of it.

At least once: a worker that dies after sending has not written it down, so the message is sent again, with the same id.
Claiming is one conditional UPDATE with a lease and a fence, so two workers never send at once, and a late one writes
nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from trueline.audit.actions import Subject, record
from trueline.kit import clock
from trueline.kit.scope import Actor, Scope
from trueline.notices import queries
from trueline.notices.errors import NotSendable
from trueline.notices.models import Delivery, Destination
from trueline.notices.queries import MANAGE
from trueline.notices.rules import FAILED_DAYS, LEASE_SECONDS, WAITING, DeliveryStatus, next_attempt

_S = DeliveryStatus
_MOST_AGAIN = 1_000


# lint: allow TL015 an attempt is no decision; the delivery is the record
def claim(scope: Scope, *, leave: Collection[UUID] = ()) -> Delivery | None:
    """Take one delivery that is due, or whose sender has died; None when there is none.

    Args:
        scope: Whose deliveries.
        leave: Destinations that have just failed, and are left alone for this while.
    """
    while True:
        now = clock.now()
        due = Delivery.objects.filter(_is_due(now), workspace_id=scope.workspace_id)
        found = due.exclude(destination_id__in=leave).order_by("send_after", "id").first()
        if found is None:
            return None
        taken = due.filter(id=found.pk, fence=found.fence).update(
            status=_S.SENDING,
            lease_until=now + timedelta(seconds=LEASE_SECONDS),
            fence=F("fence") + 1,
            attempt_count=F("attempt_count") + 1,
        )
        if taken:
            mine = Delivery.objects.select_related("destination", "user", "notice__finding")
            return mine.get(workspace_id=scope.workspace_id, id=found.pk)


# lint: allow TL015 an attempt is no decision
def has_due(scope: Scope) -> bool:
    """Whether something is to be sent now."""
    return Delivery.objects.filter(_is_due(clock.now()), workspace_id=scope.workspace_id).exists()


def _is_due(now: datetime) -> Q:
    return Q(status__in=WAITING, send_after__lte=now) | Q(status=_S.SENDING, lease_until__lt=now)


# lint: allow TL015 an attempt is no decision
def sent(claimed: Delivery) -> bool:
    """Write down that it was sent; False when another worker has taken it over."""
    return _ended(claimed, status=_S.SENT, sent_at=clock.now(), last_error_code="", last_error="", sealed=b"")


# lint: allow TL015 an attempt is no decision
def canceled(claimed: Delivery, code: str) -> bool:
    """Write down that there is nobody, or nothing, to send it to."""
    return _ended(claimed, status=_S.CANCELED, last_error_code=code, last_error="")


@transaction.atomic
def not_sent(claimed: Delivery, code: str, sentence: str, *, for_good: bool, actor: Actor) -> bool:
    """Write down that it was not taken, and when it is tried again; the last failure is in the trail."""
    again = None if for_good else next_attempt(claimed.attempt_count, clock.now())
    said = {"last_error_code": code[:64], "last_error": sentence[:300]}
    if again is not None:
        return _ended(claimed, status=_S.QUEUED, send_after=again, **said)
    ended = _ended(claimed, status=_S.FAILED, **said)
    if ended:
        record(claimed.workspace_id, "notices:delivery:fail", _subject(claimed), actor=actor, after={"reason": code})
    return ended


@transaction.atomic
def send_again(scope: Scope, delivery_id: UUID, *, actor: Actor) -> Delivery:
    """Queue a delivery that has ended once more, under the same id. Raises `NotVisible`, `NotSendable`."""
    scope.require(MANAGE)
    found = queries.delivery(scope, delivery_id)
    if not _queue_again(scope, [found.pk]):
        raise NotSendable("This is still on its way, or its destination is off.", next_step="Look again in a while.")
    record(scope.workspace_id, "notices:delivery:repeat", _subject(found), actor=actor, after={"deliveries": 1})
    return queries.delivery(scope, delivery_id)


@transaction.atomic
def send_range_again(scope: Scope, destination_id: UUID, since: datetime, until: datetime, *, actor: Actor) -> int:
    """Queue everything once more that a destination was sent, or should have been, in a time; returns how many.

    The oldest 1,000 at once. Raises `NotVisible`, `NotSendable` when the destination is off.
    """
    scope.require(MANAGE)
    destination = _in_use(scope, destination_id)
    found = queries.deliveries(scope).filter(destination_id=destination.pk, created_at__gte=since, created_at__lt=until)
    return _repeated(scope, destination, found.filter(status__in=[_S.SENT, _S.FAILED]), actor)


@transaction.atomic
def send_failed_again(scope: Scope, destination_id: UUID, *, actor: Actor) -> int:
    """Queue everything once more that a destination lately did not take; returns how many. Raises as for a range."""
    scope.require(MANAGE)
    destination = _in_use(scope, destination_id)
    since = clock.now() - timedelta(days=FAILED_DAYS)
    found = queries.deliveries(scope).filter(destination_id=destination.pk, status=_S.FAILED, created_at__gt=since)
    return _repeated(scope, destination, found, actor)


def _in_use(scope: Scope, destination_id: UUID) -> Destination:
    destination = queries.destination(scope, destination_id)
    if not destination.is_enabled:
        raise NotSendable("This destination is off.", next_step="Turn it on first.")
    return destination


def _repeated(scope: Scope, destination: Destination, found: QuerySet[Delivery], actor: Actor) -> int:
    ids = list(found.order_by("created_at", "id").values_list("id", flat=True)[:_MOST_AGAIN])
    number = _queue_again(scope, ids)
    if number:
        subject = Subject("destination", str(destination.pk), destination.name)
        record(scope.workspace_id, "notices:delivery:repeat", subject, actor=actor, after={"deliveries": number})
    return number


def _queue_again(scope: Scope, delivery_ids: Collection[UUID]) -> int:
    ended = Delivery.objects.filter(workspace_id=scope.workspace_id, id__in=delivery_ids)
    ended = ended.filter(status__in=[_S.SENT, _S.FAILED, _S.SUPPRESSED, _S.CANCELED])
    sendable = ended.filter(destination__is_enabled=True, destination__removed_at=None).values("id")
    return Delivery.objects.filter(
        workspace_id=scope.workspace_id, id__in=list(sendable.values_list("id", flat=True))
    ).update(status=_S.QUEUED, send_after=clock.now(), attempt_count=0, last_error_code="", last_error="")


def _ended(claimed: Delivery, **values: object) -> bool:
    mine = Delivery.objects.filter(workspace_id=claimed.workspace_id, id=claimed.pk, fence=claimed.fence)
    return bool(mine.filter(status=_S.SENDING).update(lease_until=None, **values))


def _subject(found: Delivery) -> Subject:
    label = found.destination.name if found.destination else ""
    return Subject("delivery", str(found.pk), label, found.environment_id)
