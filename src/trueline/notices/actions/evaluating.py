"""Look through the trail of a workspace from where it was left, and make deliveries and notices out of it.

The trail is written in order and in the transaction of what it tells of, so nothing is missed and nothing comes twice:
the cursor moves in the transaction that makes the deliveries, and a unique key refuses a second one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from trueline.audit import queries as audit
from trueline.audit.models import AuditEvent
from trueline.findings.rules import RANK
from trueline.kit import clock
from trueline.kit.scope import Scope
from trueline.notices import personal
from trueline.notices.actions.releasing import queue_releases
from trueline.notices.actions.telling import tell_persons
from trueline.notices.happenings import Happening, happenings
from trueline.notices.models import AlertRule, Delivery, NoticeCursor
from trueline.notices.rules import DeliveryStatus, Quiet, after_quiet, is_severe_enough

_MOST_EVENTS = 500
_FIRST_LOOK = timedelta(hours=1)
_RANKS = {str(severity): rank for severity, rank in RANK.items()}
_S = DeliveryStatus


@transaction.atomic
# lint: allow TL015 it derives from the trail, which names who did what; the deliveries are the record
def evaluate(scope: Scope) -> int:
    """Turn new events into deliveries and notices; returns how many events were looked at.

    Another worker that is at it keeps the cursor's row, and then nothing is done here.
    """
    cursor = _cursor(scope)
    if cursor is None:
        return 0
    events = list(audit.events(scope).filter(sequence__gt=cursor.sequence).order_by("sequence")[:_MOST_EVENTS])
    _alert(scope, events)
    queue_releases(scope, events)
    told = [told for event in events for told in personal.told_by(scope, event)]
    tell_persons(scope, [*told, *personal.told_by_date(scope)])
    cursor.sequence = events[-1].sequence if events else cursor.sequence
    cursor.looked_at = clock.now()
    cursor.save(update_fields=["sequence", "looked_at"])
    return len(events)


def _cursor(scope: Scope) -> NoticeCursor | None:
    """The locked cursor; None while another worker has it. A new one begins a little before now, not with history."""
    mine = NoticeCursor.objects.filter(workspace_id=scope.workspace_id)
    if not mine.exists():
        NoticeCursor.objects.bulk_create(
            [NoticeCursor(workspace_id=scope.workspace_id, sequence=_start(scope))], ignore_conflicts=True
        )
    return mine.select_for_update(skip_locked=True).first()


def _start(scope: Scope) -> int:
    before = audit.events(scope).filter(recorded_at__lt=clock.now() - _FIRST_LOOK).first()
    return before.sequence if before else 0


def _alert(scope: Scope, events: Iterable[AuditEvent]) -> None:
    rules = list(
        AlertRule.objects.filter(
            workspace_id=scope.workspace_id, destination__is_enabled=True, destination__removed_at=None
        )
    )
    if not rules:
        return
    for event in events:
        for happening in happenings(scope, event):
            for rule in (rule for rule in rules if _concerns(rule, happening)):
                # One at a time: the pause between equal messages looks at those that were made just now.
                Delivery.objects.bulk_create([_delivery(scope, rule, happening)], ignore_conflicts=True)


def _concerns(rule: AlertRule, happening: Happening) -> bool:
    if str(happening.type) not in rule.event_types:
        return False
    place = happening.event.environment_id
    if rule.environment_ids is not None and str(place) not in rule.environment_ids:
        return False
    return is_severe_enough(happening.severity, rule.minimum_severity, _RANKS)


def _delivery(scope: Scope, rule: AlertRule, happening: Happening) -> Delivery:
    now = clock.now()
    made = Delivery(
        workspace_id=scope.workspace_id,
        destination_id=rule.destination_id,
        environment_id=happening.event.environment_id,
        event_type=happening.type,
        fingerprint=happening.fingerprint,
        dedupe_key=f"{rule.destination_id}:{happening.event.sequence}:{happening.type}",
        payload=happening.payload(scope),
        created_at=now,
        send_after=now,
    )
    if _is_repeat(rule, made, now):
        made.status, made.last_error_code = _S.SUPPRESSED, "cooldown"
    elif rule.quiet_start is not None and rule.quiet_end is not None:
        end = after_quiet(Quiet(rule.quiet_start, rule.quiet_end, rule.time_zone), now)
        made.status, made.send_after = (_S.DEFERRED, end) if end else (_S.QUEUED, now)
    return made


def _is_repeat(rule: AlertRule, made: Delivery, now: datetime) -> bool:
    if rule.cooldown_seconds == 0:
        return False
    since = now - timedelta(seconds=rule.cooldown_seconds)
    before = Delivery.objects.filter(
        workspace_id=made.workspace_id,
        destination_id=rule.destination_id,
        fingerprint=made.fingerprint,
        created_at__gt=since,
    )
    return before.exclude(status__in=[_S.SUPPRESSED, _S.CANCELED]).exists()
