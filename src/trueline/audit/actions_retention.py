"""Remove events that are older than they have to be kept; a signed checkpoint then stands for them.

Nobody but the owner of the tables can: the application has no right to DELETE, and a trigger refuses it to the owner,
who takes both away for this one transaction.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction

from trueline.audit import queries
from trueline.audit.actions import Subject, record
from trueline.audit.errors import NothingToCut, TermRefused, TrailBroken
from trueline.audit.models import AuditTerm
from trueline.audit.rules import SHORTEST_TERM_DAYS
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.kit.scope import Actor, ActorKind, Scope

log = logging.getLogger(__name__)
CUT_SECONDS = 3_600.0
"""How often a worker looks for trails that are to be cut."""
_SELF = Actor(ActorKind.SYSTEM, "system", "Trueline")
_TABLE = "audit_auditevent"


@transaction.atomic
def keep_trail_for(scope: Scope, days: int | None, *, actor: Actor) -> None:
    """Say for how many days the workspace keeps its trail; None for ever. Raises `TermRefused`, `NotAllowed`."""
    scope.require("workspace.danger")
    if days is not None and days < SHORTEST_TERM_DAYS:
        raise TermRefused
    before = queries.term_days(scope)
    if before == days:
        return
    AuditTerm.objects.update_or_create(workspace_id=scope.workspace_id, defaults={"days": days})
    subject = Subject("trail", str(scope.workspace_id), scope.workspace_name)
    was, now = {"days": before}, {"days": days}
    record(scope.workspace_id, "audit:term:change", subject, actor=actor, before=was, after=now)


# lint: allow TL015 Trueline itself sweeps
def cut_trails() -> int:
    """Remove from every trail that has a term what is older than it, as far as a signed checkpoint stands for it.

    A worker that does not hold the way in of the tables' owner cuts nothing: `trueline audit cut` does it there.
    """
    if not settings.DATABASES["owner"]["USER"]:
        return 0
    with connections["system"].cursor() as cursor:
        cursor.execute("select workspace_id, days from audit_auditterm where days is not null order by workspace_id")
        terms = cursor.fetchall()
    return sum(_cut_by_term(workspace_id, clock.now() - timedelta(days=days)) for workspace_id, days in terms)


def _cut_by_term(workspace_id: UUID, before: datetime) -> bool:
    with within(workspace_id):
        if queries.checkpoint_before(workspace_id, before) is None:
            return False
    try:
        cut_trail(workspace_id, str(workspace_id), before, actor=_SELF)
    except NothingToCut:
        return False
    except TrailBroken as error:  # the daily seal tells of it; what is broken stays for whoever looks into it
        log.warning("the audit trail of workspace %s is not cut: event %s does not hold", workspace_id, error.sequence)
        return False
    return True


def cut_trail(workspace_id: UUID, label: str, before: datetime, *, actor: Actor) -> int:
    """Remove the events that the newest checkpoint before a moment covers; gives how many of the trail are gone.

    The trail tells of it first. Killed in between, it is whole with and without those events; repeated, it goes on.

    Raises `NothingToCut`, `TrailBroken`.
    """
    with within(workspace_id), transaction.atomic():
        verdict, found = queries.chain_verdict(workspace_id), queries.checkpoint_before(workspace_id, before)
        if verdict.bad_sequence is not None:
            raise TrailBroken(verdict.bad_sequence)
        if found is None or found.size == verdict.checked:
            raise NothingToCut
        subject, after = Subject("trail", str(workspace_id), label), {"events": found.size, "head": found.head}
        record(workspace_id, "audit:trail:cut", subject, actor=actor, after=after)
    _remove(workspace_id, found.size)
    return found.size


def _remove(workspace_id: UUID, size: int) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(f"alter table {_TABLE} no force row level security, disable trigger user")
        cursor.execute(f"delete from {_TABLE} where workspace_id = %s and sequence <= %s", [workspace_id, size])  # noqa: S608 - a constant
        cursor.execute(f"alter table {_TABLE} force row level security, enable trigger user")
