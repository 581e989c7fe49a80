"""The look, once a minute, whether a date of a review cycle has come in any workspace."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import connections, transaction

from trueline.audit.actions import Subject, record
from trueline.kit import clock, ids
from trueline.kit.database.away import is_away
from trueline.kit.database.context import within
from trueline.kit.scope import Actor, ActorKind
from trueline.reviews.actions_cycles import take_due_turns
from trueline.workspaces import access

LOOK_SECONDS = 60.0
log = logging.getLogger(__name__)
_SELF = Actor(ActorKind.SYSTEM, "system", "Trueline")
_DUE = """
    select distinct cycle.workspace_id from reviews_reviewcycle as cycle
    join workspaces_workspace as workspace on workspace.id = cycle.workspace_id and workspace.archived_at is null
    where cycle.paused_at is null and cycle.next_at <= %(now)s
    limit 200
"""


def turn_cycles() -> int:
    """In every workspace, ask for the reviews whose date has come; returns in how many.

    Which workspaces those are is read as the narrow system role. Two at once share the work, and one failing workspace
    keeps no other waiting.
    """
    with connections["system"].cursor() as cursor:
        cursor.execute(_DUE, {"now": clock.now()})
        found = [row[0] for row in cursor.fetchall()]
    taken = sum(map(_turned, found))
    if taken:
        with within(ids.installation()), transaction.atomic():
            record(ids.installation(), "reviews:sweep:read", Subject("sweep"), actor=_SELF, after={"workspaces": taken})
    return taken


def _turned(workspace_id: UUID) -> bool:
    try:
        with within(workspace_id):
            scope = access.system(workspace_id)
            return take_due_turns(scope, actor=scope.actor) > 0
    except Exception as error:  # the next look comes; this one is in the log, and the others go on
        if is_away(error):
            raise
        log.exception("the look for reviews that are due in workspace %s failed", workspace_id)
        return False
