"""Reads of destinations, rules, deliveries and notices."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Window

from trueline.findings import queries as findings
from trueline.kit import clock
from trueline.kit.database.reach import in_reach
from trueline.kit.scope import ActorKind, NotVisible, Scope
from trueline.notices.models import AlertRule, Delivery, Destination, Notice, NoticeWish
from trueline.notices.rules import FAILED_DAYS, REVIEW_RELEASED, DeliveryStatus
from trueline.workspaces.rules import Capability

MANAGE = Capability.WORKSPACE_SETTINGS_MANAGE
MOST_UNREAD = 99


# lint: allow TL003 a setting of the installation
def mail_is_set_up() -> bool:
    """Whether mail leaves this installation at all."""
    return bool(settings.EMAIL_HOST) or "locmem" in settings.EMAIL_BACKEND


def destinations(scope: Scope) -> QuerySet[Destination]:
    """Destinations of the workspace by name, for whoever reaches all of it; else none."""
    found = Destination.objects.filter(workspace_id=scope.workspace_id, removed_at=None).order_by("name", "id")
    return found if _reaches_all(scope) else found.none()


def destination(scope: Scope, destination_id: UUID) -> Destination:
    """One destination. Raises `NotVisible`."""
    found = destinations(scope).filter(id=destination_id).first()
    if found is None:
        raise NotVisible
    return found


def rules(scope: Scope) -> QuerySet[AlertRule]:
    """What is told to each destination in reach."""
    mine = destinations(scope).order_by().values("id")
    found = AlertRule.objects.filter(workspace_id=scope.workspace_id, destination_id__in=mine)
    return found.select_related("destination").order_by("destination__name", "id")


def rule_of(scope: Scope, destination_id: UUID) -> AlertRule:
    """The rule of one destination. Raises `NotVisible`."""
    found = rules(scope).filter(destination_id=destination_id).first()
    if found is None:
        raise NotVisible
    return found


def deliveries(scope: Scope) -> QuerySet[Delivery]:
    """Messages to destinations in reach, newest first. Those to persons are nobody else's to see."""
    found = Delivery.objects.filter(workspace_id=scope.workspace_id, destination__isnull=False)
    if not _reaches_all(scope):
        found = found.none()
    return found.select_related("destination").order_by("-created_at", "-id")


def delivery(scope: Scope, delivery_id: UUID) -> Delivery:
    """One message to a destination. Raises `NotVisible`."""
    found = deliveries(scope).filter(id=delivery_id).first()
    if found is None:
        raise NotVisible
    return found


def releases(scope: Scope, review_id: UUID) -> QuerySet[Delivery]:
    """Letters about a published review to its recipients, for those who may publish it; else none."""
    found = Delivery.objects.filter(
        workspace_id=scope.workspace_id, event_type=REVIEW_RELEASED, payload__review=str(review_id)
    )
    blind = [place for place, held in scope.lowered if Capability.REVIEWS_PUBLISH not in held]
    if not scope.may(Capability.REVIEWS_PUBLISH):
        found = found.none()
    return in_reach(scope, found).exclude(environment_id__in=blind).select_related("user").order_by("created_at", "id")


def failed(scope: Scope) -> QuerySet[Delivery]:
    """The newest message of each destination in use that lately was not delivered; `number` is how many they are."""
    since = clock.now() - timedelta(days=FAILED_DAYS)
    lately = deliveries(scope).filter(
        status=DeliveryStatus.FAILED, created_at__gt=since, destination__is_enabled=True, destination__removed_at=None
    )
    counted = lately.annotate(number=Window(Count("id"), partition_by="destination_id"))
    return counted.order_by("destination_id", "-created_at", "-id").distinct("destination_id")


def notices(scope: Scope) -> QuerySet[Notice]:
    """What the reader was told, newest first, as far as they reach it now; never what others were told."""
    found = Notice.objects.filter(workspace_id=scope.workspace_id).select_related("finding")
    if scope.actor.kind is not ActorKind.HUMAN or not scope.may(Capability.FINDINGS_VIEW):
        return found.none()
    reached = Q()
    if scope.environment_ids is not None:
        reached &= Q(finding__environment_id__in=scope.environment_ids)
    blind = [place for place, held in scope.lowered if Capability.FINDINGS_VIEW not in held]
    reached &= ~Q(finding__environment_id__in=[*scope.excluded_ids, *blind])
    return found.filter(reached, user_id=UUID(scope.actor.id)).order_by("-created_at", "-id")


def notice(scope: Scope, notice_id: UUID) -> Notice:
    """One of the reader's own notices. Raises `NotVisible`."""
    found = notices(scope).filter(id=notice_id).first()
    if found is None:
        raise NotVisible
    return found


def unread_count(scope: Scope) -> int:
    """How many notices the reader has not read; never more than `MOST_UNREAD`, which then means at least so many."""
    return notices(scope).filter(read_at=None).order_by()[:MOST_UNREAD].count()


def wish(scope: Scope) -> NoticeWish:
    """What the reader wants to be told; the defaults when they never said. Raises `NotVisible` for a program."""
    if scope.actor.kind is not ActorKind.HUMAN:
        raise NotVisible
    person = UUID(scope.actor.id)
    found = NoticeWish.objects.filter(workspace_id=scope.workspace_id, user_id=person).first()
    return found or NoticeWish(workspace_id=scope.workspace_id, user_id=person, time_zone=settings.TIME_ZONE)


def may_be_told(scope: Scope, notice_row: Notice) -> bool:
    """Whether whoever a notice is for still reaches what it tells of."""
    reached = findings.findings(scope).filter(id=notice_row.finding_id).first()
    return reached is not None and scope.may(Capability.FINDINGS_VIEW, reached.environment_id)


def _reaches_all(scope: Scope) -> bool:
    """A destination is told of all environments that its rule names, so whoever reaches only some sees none."""
    return scope.environment_ids is None and not scope.excluded_ids
