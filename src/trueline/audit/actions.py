"""The one way to write an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from trueline.audit.models import AuditEvent, AuditHead
from trueline.audit.registry import EVENTS
from trueline.audit.rules import GENESIS, Outcome, body_digest, link_digest, sealable
from trueline.kit import clock, ids
from trueline.kit.scope import Actor


@dataclass(frozen=True, slots=True)
class Subject:
    """What was acted on, as it was called then."""

    type: str
    id: str = ""
    label: str = ""
    environment_id: UUID | None = None
    environment_label: str = ""


def record(  # noqa: PLR0913 - an event is these facts; grouping them would only rename the arguments
    workspace_id: UUID,
    action: str,
    subject: Subject,
    *,
    actor: Actor,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    outcome: Outcome = Outcome.SUCCESS,
) -> AuditEvent:
    """Append one event to the workspace's chain, inside the caller's transaction.

    The chain's head stays locked until that transaction ends, so call it last. If it fails, the caller's write fails
    with it. `before` and `after` hold labels for people, never secrets.
    """
    if action not in EVENTS:
        raise KeyError(f"audit action {action!r} is not registered")
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event is written only inside the transaction of what it tells of")
    event = AuditEvent(
        id=ids.new(),
        workspace_id=workspace_id,
        recorded_at=clock.now(),
        action=action,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        on_behalf_of=actor.on_behalf_of[:200],
        subject_type=subject.type,
        subject_id=subject.id,
        subject_label=subject.label[:300],
        environment_id=subject.environment_id,
        environment_label=subject.environment_label,
        before=sealable(before or {}),
        after=sealable(after or {}),
        outcome=outcome,
        request_id=actor.request_id,
    )
    return _seal(event)


def _seal(event: AuditEvent) -> AuditEvent:
    head = _locked_head(event.workspace_id)
    event.sequence = head.sequence + 1
    event.previous_digest = head.digest
    event.body_digest = body_digest(event.body())
    event.digest = link_digest(str(event.workspace_id), event.sequence, head.digest, event.body_digest)
    event.save(force_insert=True)
    head.sequence, head.digest = event.sequence, event.digest
    head.save(update_fields=["sequence", "digest"])
    return event


def _locked_head(workspace_id: UUID) -> AuditHead:
    AuditHead.objects.bulk_create([AuditHead(workspace_id=workspace_id, digest=GENESIS)], ignore_conflicts=True)
    return AuditHead.objects.select_for_update().get(workspace_id=workspace_id)
