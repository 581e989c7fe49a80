"""What a review cites of the audit trail: the decisions, and that they stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from trueline.audit import queries as audit
from trueline.audit.actions_sealing import checkpoint
from trueline.engine.packs.packing import Trail
from trueline.kit.scope import Scope

_DECISIONS = ("findings:exception:approve", "findings:exception:reject", "findings:exception:revoke")
_MOST = 2_000


def cited(scope: Scope, environment_id: UUID) -> list[dict[str, Any]]:
    """Decisions on risk in an environment, latest first, as the trail has them."""
    found = audit.events(scope).filter(environment_id=environment_id, action__in=_DECISIONS)[:_MOST]
    return [
        {
            "sequence": event.sequence,
            "digest": event.digest,
            "action": event.action,
            "recorded_at": event.recorded_at.isoformat(),
            "actor": event.actor_label,
            "subject": event.subject_label,
        }
        for event in found
    ]


def sealed(workspace_id: UUID, sequences: Sequence[int]) -> Trail:
    """The trail of a workspace sealed as it is now, with a path for each of these events. Raises `TrailBroken`."""
    found = checkpoint(workspace_id)
    return Trail(found.about, found.envelope, audit.proofs(found, sequences))


def as_json(made: Trail) -> dict[str, Any]:
    """The sealed trail as it is kept."""
    return {"checkpoint": dict(made.checkpoint), "envelope": dict(made.envelope), "proofs": list(made.proofs)}


def of_json(kept: dict[str, Any]) -> Trail:
    """The sealed trail as it was kept."""
    return Trail(kept["checkpoint"], kept["envelope"], kept["proofs"])
