"""Make digests due: one delivery for each person and period, composed when it is sent."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import transaction

from trueline.kit import clock
from trueline.kit.scope import Scope
from trueline.notices import queries
from trueline.notices.models import Delivery, NoticeWish
from trueline.notices.rules import DIGEST, Rhythm, digest_period
from trueline.workspaces import queries as workspaces


@transaction.atomic
# lint: allow TL015 the wish of each person says that it is sent; the delivery is the record
def queue_digests(scope: Scope) -> int:
    """Queue the digest of everybody whose period has begun; returns how many were new.

    A unique key holds one for each person and period, whoever looks and however often. Without a mail server none is
    queued, so that nobody gets the digests of a year at once when there is one.
    """
    if not queries.mail_is_set_up():
        return 0
    members = workspaces.members(scope).filter(suspended_at=None, user__is_active=True).values("user_id")
    wishes = NoticeWish.objects.filter(workspace_id=scope.workspace_id, user_id__in=members)
    made = [one for wish in wishes.exclude(digest=Rhythm.NEVER) for one in _due(wish)]
    known = Delivery.objects.filter(workspace_id=scope.workspace_id, dedupe_key__in=[one.dedupe_key for one in made])
    there = set(known.values_list("dedupe_key", flat=True)) if made else set()
    new = [one for one in made if one.dedupe_key not in there]
    Delivery.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _due(wish: NoticeWish) -> list[Delivery]:
    now = clock.now()
    period = digest_period(wish.digest, wish.digest_hour, wish.digest_weekday, now.astimezone(ZoneInfo(wish.time_zone)))
    if not period:
        return []
    return [
        Delivery(
            workspace_id=wish.workspace_id,
            user_id=wish.user_id,
            event_type=DIGEST,
            dedupe_key=f"digest:{wish.user_id}:{period}",
            created_at=now,
            send_after=now,
        )
    ]
