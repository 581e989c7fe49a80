"""Write down, once, that an accepted risk ends soon or has ended. Dates say whether it holds, not this."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connections, transaction
from django.db.models import QuerySet

from trueline.audit.actions import Subject, record
from trueline.findings import queries
from trueline.findings.actions._rows import subject_of
from trueline.findings.actions.accepting import settle, write_down_lapses
from trueline.findings.exceptions import EXPIRING_DAYS, ExceptionStatus
from trueline.findings.models import FindingException
from trueline.findings.rules import FindingState
from trueline.kit import clock, ids
from trueline.kit.database.context import within
from trueline.kit.scope import Actor, ActorKind, Scope
from trueline.workspaces import access

_SELF = Actor(ActorKind.SYSTEM, "system", "Trueline")
_MOST = 500
_DUE = """
    select distinct workspace_id from findings_findingexception
    where status = 'active' and lapsed_at is null
      and (expires_at <= %(now)s or (warned_at is null and expires_at <= %(soon)s))
    limit 200
"""


# lint: allow TL015 Trueline itself sweeps
def sweep_exceptions() -> int:
    """In every workspace, open findings whose accepted risk has ended, and warn of what ends soon. Returns how many.

    Which workspaces those are is read as the narrow system role; the rest happens inside each of them. Two sweeps at
    once share the work: each row is taken by one.
    """
    found = _workspaces()
    if found:
        _tell_of_sweep(len(found))
    number = 0
    for workspace_id in found:
        with within(workspace_id), transaction.atomic():
            scope = access.system(workspace_id)
            number += write_down_ends(scope, actor=scope.actor) + warn_of_ends(scope, actor=scope.actor)
    return number


def _workspaces() -> list[UUID]:
    now = clock.now()
    with connections["system"].cursor() as cursor:
        cursor.execute(_DUE, {"now": now, "soon": now + timedelta(days=EXPIRING_DAYS)})
        return [row[0] for row in cursor.fetchall()]


def _tell_of_sweep(number: int) -> None:
    """Each use of the system role that showed something is in the installation's own trail."""
    with within(ids.installation()), transaction.atomic():
        subject, after = Subject("sweep"), {"workspaces": number}
        record(ids.installation(), "findings:sweep:read", subject, actor=_SELF, after=after)


@transaction.atomic
def write_down_ends(scope: Scope, *, actor: Actor) -> int:
    """Open each finding whose accepted risk ran out, with its event, and mark what needs no more looking at."""
    over = _active(scope).filter(expires_at__lte=clock.now(), lapsed_at=None)
    ended = list(
        over.select_related("finding").select_for_update(of=("self",), skip_locked=True).order_by("id")[:_MOST]
    )
    lapsed = queries.findings_in(scope, FindingState.REOPENED).filter(
        id__in=[one.finding_id for one in ended], state=FindingState.RISK_ACCEPTED
    )
    number = settle(scope, lapsed.select_for_update(of=("self",)).order_by("id"), actor=actor)
    for one in over.filter(id__in=[one.pk for one in ended]).select_related("finding"):  # of a finding that has ended
        write_down_lapses([one], one.finding, actor=actor)
    return number


@transaction.atomic
def warn_of_ends(scope: Scope, *, actor: Actor) -> int:
    """Tell once of each accepted risk that ends within the lead time."""
    now = clock.now()
    soon = _active(scope).filter(
        expires_at__gt=now, expires_at__lte=now + timedelta(days=EXPIRING_DAYS), warned_at=None
    )
    warned = list(
        soon.select_related("finding").select_for_update(of=("self",), skip_locked=True).order_by("id")[:_MOST]
    )
    for one in warned:
        one.warned_at = now
        one.save(update_fields=["warned_at"])
        after = {"until": one.expires_at.date().isoformat()}
        record(scope.workspace_id, "findings:exception:warn", subject_of(one.finding), actor=actor, after=after)
    return len(warned)


def _active(scope: Scope) -> QuerySet[FindingException]:
    return FindingException.objects.filter(workspace_id=scope.workspace_id, status=ExceptionStatus.ACTIVE)
