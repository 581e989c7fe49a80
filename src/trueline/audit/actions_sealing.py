"""Seal a trail by a signed checkpoint: at least daily, and whenever something is published that cites it."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db import connections, transaction

from trueline.audit import queries
from trueline.audit.actions import Subject, record
from trueline.audit.checkpoints import Checkpoint, signed
from trueline.audit.errors import TrailBroken
from trueline.audit.models import AuditCheckpoint
from trueline.kit import clock, ids
from trueline.kit.database.context import within
from trueline.kit.scope import Actor, ActorKind
from trueline.vault.actions_signing import signer
from trueline.vault.queries import stamp

log = logging.getLogger(__name__)
SEALED_EVERY = timedelta(days=1)
SEAL_SECONDS = 60.0
"""How often a worker looks for trails that wait for their seal."""
_SELF = Actor(ActorKind.SYSTEM, "system", "Trueline")
_DUE = """
    select head.workspace_id from audit_audithead as head
    where head.sequence > 0 and not exists (
        select from audit_auditcheckpoint as kept
        where kept.workspace_id = head.workspace_id
            and (kept.signed_at > %(since)s or kept.size = head.sequence)
    )
    limit 200
"""


# lint: allow TL015 a seal changes nothing that an event could tell of; the checkpoint is its own record
def checkpoint(workspace_id: UUID) -> Checkpoint:
    """Sign the trail of a workspace as it is now, with the events of the present transaction.

    What came since the checkpoint before is checked first. Without new events that one is given again.

    Raises `TrailBroken`.
    """
    with within(workspace_id), transaction.atomic():
        before = queries.last_end(workspace_id)
        bad = queries.verdict_after(workspace_id, before)
        if bad.bad_sequence is not None:
            raise TrailBroken(bad.bad_sequence)
        end = before.followed_by(queries.digests_after(workspace_id, before.size, bad.checked))
        if end.size > before.size:
            key = signer()  # first: it may be made here, and signs nothing before it was there
            _keep(signed(str(workspace_id), end, stamp(clock.now()), key), end.peaks)
        return queries.checkpoint_at(workspace_id, end.size)


def _keep(made: Checkpoint, peaks: tuple[str, ...]) -> None:
    """Another transaction may be first; its checkpoint then stands for this one."""
    row = AuditCheckpoint(
        workspace_id=UUID(made.workspace),
        size=made.size,
        head=made.head,
        root=made.root,
        peaks=list(peaks),
        signed_at=clock.now(),
        envelope=dict(made.envelope),
    )
    AuditCheckpoint.objects.bulk_create([row], ignore_conflicts=True)


# lint: allow TL015 Trueline itself sweeps
def seal_trails() -> int:
    """Sign every trail, the installation's own too, that has new events and no checkpoint of the last day.

    A trail that does not hold is not signed; the installation's trail tells of it once a day.
    """
    with connections["system"].cursor() as cursor:
        cursor.execute(_DUE, {"since": clock.now() - SEALED_EVERY})
        due = [row[0] for row in cursor.fetchall()]
    number = sum(map(_sealed, due))
    if number:
        with within(ids.installation()), transaction.atomic():
            after = {"workspaces": number}
            record(ids.installation(), "audit:sweep:read", Subject("sweep"), actor=_SELF, after=after)
    return number


def _sealed(workspace_id: UUID) -> bool:
    try:
        checkpoint(workspace_id)
    except TrailBroken as error:
        _tell_of_break(workspace_id, error.sequence)
        return False
    return True


def _tell_of_break(workspace_id: UUID, sequence: int) -> None:
    with within(ids.installation()), transaction.atomic():
        if queries.was_told_of_break(workspace_id, clock.now() - SEALED_EVERY):
            return
        log.error("the audit trail of workspace %s does not hold at event %s", workspace_id, sequence)
        subject, after = Subject("trail", str(workspace_id)), {"event": sequence}
        record(ids.installation(), "audit:trail:break", subject, actor=_SELF, after=after)
