"""The look, every few seconds, whether there is something to tell in any workspace."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import connections, transaction

from trueline.audit.actions import Subject, record
from trueline.kit import ids
from trueline.kit.database.away import is_away
from trueline.kit.database.context import within
from trueline.kit.errors import Refused
from trueline.kit.scope import Actor, ActorKind, Scope
from trueline.notices import registry
from trueline.notices.actions import delivering
from trueline.notices.actions.evaluating import evaluate
from trueline.notices.jobs import DELIVER
from trueline.operations.actions.runs import start_run
from trueline.workspaces import access

log = logging.getLogger(__name__)
_SYSTEM = Actor(ActorKind.SYSTEM, "system", "Trueline")
_WITH_WORK = """
select head.workspace_id
from audit_audithead as head
join workspaces_workspace as workspace on workspace.id = head.workspace_id and workspace.archived_at is null
left join notices_noticecursor as cursor on cursor.workspace_id = head.workspace_id
where cursor.id is null or head.sequence > cursor.sequence or cursor.looked_at is null
  or cursor.looked_at < now() - interval '5 minutes'
  or exists (
    select from notices_delivery as delivery
    where delivery.workspace_id = head.workspace_id
      and ((delivery.status in ('queued', 'deferred') and delivery.send_after <= now())
        or (delivery.status = 'sending' and delivery.lease_until < now())))
"""


def look() -> int:
    """Look in every workspace whether there is something to tell, and ask for its delivery; returns in how many.

    One failing workspace keeps no other waiting.
    """
    with connections["system"].cursor() as cursor:
        cursor.execute(_WITH_WORK)
        found = [row[0] for row in cursor.fetchall()]
    started = sum(_looked_into(workspace_id) for workspace_id in found)
    if started:
        with within(ids.installation()), transaction.atomic():
            after = {"workspaces": started}
            record(ids.installation(), "notices:sweep:read", Subject("sweep"), actor=_SYSTEM, after=after)
    return started


def _looked_into(workspace_id: UUID) -> bool:
    try:
        with within(workspace_id):
            return _look(access.system(workspace_id))
    except Exception as error:  # the next look comes; this one is in the log, and the others go on
        if is_away(error):
            raise
        log.exception("the look for messages of workspace %s failed", workspace_id)
        return False


def _look(scope: Scope) -> bool:
    evaluate(scope)
    for make in registry.makers():
        make(scope)
    if not delivering.has_due(scope):
        return False
    try:
        return start_run(scope, DELIVER.code, None, {}, actor=scope.actor).is_new
    except Refused:
        return False  # paused, or the contract stops new work: what is due waits, and is seen waiting
