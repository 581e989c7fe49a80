"""The connection of an environment that sends traces, and what of them is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.connections.actions import connect_traces
from trueline.engine.traces.redaction import ContentClass
from trueline.kit import clock, ids
from trueline.traces import queries
from trueline.traces.models import TracePolicy
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from trueline.kit.scope import Actor, Scope

PROVIDER = "agents"


def connect(scope: Scope, environment_id: UUID, *, actor: Actor) -> None:
    """Connect an environment with the first traces that it sends; later ones change nothing."""
    connect_traces(scope, access.environment_by_id(scope, environment_id), PROVIDER, actor=actor)


@transaction.atomic
def change_policy(
    scope: Scope, environment_id: UUID, content: ContentClass, keep_days: int, *, actor: Actor
) -> TracePolicy:
    """Choose what of an environment's traces is kept from now on, and for how long everything is."""
    environment = access.environment_by_id(scope, environment_id)
    scope.require(Capability.CONNECTIONS_MANAGE, environment.pk)
    before = queries.policy(scope, environment_id)
    chosen = {"content": str(content), "keep_days": keep_days}
    changed, _ = TracePolicy.objects.update_or_create(
        workspace_id=scope.workspace_id,
        environment_id=environment_id,
        defaults={**chosen, "changed_at": clock.now()},
        create_defaults={**chosen, "id": ids.new(), "changed_at": clock.now()},
    )
    subject = Subject("trace_policy", str(changed.pk), environment.name, environment.pk, environment.name)
    told = {"content": str(before.content), "keep_days": before.keep_days}
    record(scope.workspace_id, "traces:policy:change", subject, actor=actor, before=told, after=chosen)
    return changed
