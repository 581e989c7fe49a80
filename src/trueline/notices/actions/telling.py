"""Tell persons, and what persons do with it: read, and say what they want to be told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.kit import clock, ids
from trueline.kit.scope import Actor, ActorKind, NotVisible, Scope
from trueline.notices import queries
from trueline.notices.errors import SettingRefused
from trueline.notices.models import Delivery, Notice, NoticeWish
from trueline.notices.personal import Told
from trueline.notices.rules import Cause, Rhythm

_LAST_HOUR, _LAST_WEEKDAY = 23, 6


@dataclass(frozen=True, slots=True)
class Wished:
    """What a person chose.

    Attributes:
        causes: What comes by mail; everything is on the page anyway.
        weekday: 0 for Monday; counts for a weekly digest only.
    """

    causes: Collection[str]
    digest: str = Rhythm.NEVER
    hour: int = 8
    weekday: int = 0
    tells_when_nothing: bool = False
    time_zone: str = "UTC"


@transaction.atomic
# lint: allow TL015 the trail says who did what they are told of
def tell_persons(scope: Scope, told: Sequence[Told]) -> int:
    """Notices for persons, each once, and mail for those that want it; returns how many were new."""
    if not told:
        return 0
    rows = [_notice(scope, one) for one in told]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    new = list(Notice.objects.filter(workspace_id=scope.workspace_id, id__in=[row.pk for row in rows]))
    if queries.mail_is_set_up():
        wishes = {wish.user_id: wish for wish in NoticeWish.objects.filter(workspace_id=scope.workspace_id)}
        wanted = [row for row in new if row.user_id not in wishes or row.cause in wishes[row.user_id].mail_causes]
        Delivery.objects.bulk_create([_mail(row) for row in wanted], ignore_conflicts=True)
    return len(new)


def _notice(scope: Scope, one: Told) -> Notice:
    return Notice(
        id=ids.new(),
        workspace_id=scope.workspace_id,
        user_id=one.user_id,
        finding_id=one.finding.pk,
        cause=one.cause,
        cycle=one.cycle,
        actor_label=one.actor_label,
        created_at=clock.now(),
    )


def _mail(row: Notice) -> Delivery:
    return Delivery(
        workspace_id=row.workspace_id,
        user_id=row.user_id,
        notice_id=row.pk,
        event_type=row.cause,
        dedupe_key=f"notice:{row.pk}",
        created_at=row.created_at,
        send_after=row.created_at,
    )


@transaction.atomic
def read_notices(scope: Scope, notice_ids: Sequence[UUID] | None, *, actor: Actor) -> int:
    """Remember that the actor has read some of their notices, or all of them; returns how many were new to them."""
    mine = queries.notices(scope).filter(read_at=None)
    if notice_ids is not None:
        mine = mine.filter(id__in=notice_ids)
    found = list(mine.order_by().values_list("id", flat=True))
    done = Notice.objects.filter(workspace_id=scope.workspace_id, id__in=found).update(read_at=clock.now())
    if done:
        record(scope.workspace_id, "notices:notice:read", Subject("notice"), actor=actor, after={"notices": done})
    return done


@transaction.atomic
def wish_for(scope: Scope, wished: Wished, *, actor: Actor) -> NoticeWish:
    """Keep what a person wants to be told. Raises `SettingRefused`, `NotVisible` for a program."""
    if actor.kind is not ActorKind.HUMAN:
        raise NotVisible
    if wished.time_zone not in available_timezones():
        raise SettingRefused("There is no such time zone.", next_step="Write it like Europe/Berlin.")
    if set(wished.causes) - set(Cause) or wished.digest not in set(Rhythm):
        raise SettingRefused("Choose among what is offered.")
    if not (0 <= wished.hour <= _LAST_HOUR and 0 <= wished.weekday <= _LAST_WEEKDAY):
        raise SettingRefused("Choose among what is offered.")
    kept, _made = NoticeWish.objects.update_or_create(
        workspace_id=scope.workspace_id,
        user_id=UUID(actor.id),
        defaults={
            "mail_causes": sorted(set(wished.causes)),
            "digest": wished.digest,
            "digest_hour": wished.hour,
            "digest_weekday": wished.weekday,
            "tells_when_nothing": wished.tells_when_nothing,
            "time_zone": wished.time_zone,
        },
    )
    record(scope.workspace_id, "notices:wish:change", Subject("wish"), actor=actor, after={"digest": wished.digest})
    return kept
