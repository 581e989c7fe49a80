"""The trail, and the check of its chain."""

from __future__ import annotations

from typing import Any

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import readings
from trueline.audit import queries
from trueline.audit.models import AuditEvent
from trueline.kit.scope import ActorKind
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

_TAG = "Audit"
_VIEW = Capability.AUDIT_VIEW
_COPIED = (
    "sequence", "recorded_at", "action", "outcome", "on_behalf_of", "environment_id", "before", "after", "request_id",
    "previous_digest", "digest",
)  # fmt: skip


@operation("GET", "/audit/events", _VIEW, readings.AuditEventPage, tag=_TAG)
def list_events(asked: Asked, filters: Query[readings.AuditFilter]) -> dict[str, Any]:
    """What was done, newest first.

    Events of environments out of reach are left out; their numbers then show as gaps.
    """
    found = queries.events(asked.scope)
    if filters.environment:
        found = found.filter(environment_id=access.environment_in_any_state(asked.scope, filters.environment).pk)
    wanted = {"action": filters.action, "actor_kind": filters.actor_kind}
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    return page(asked, filters, found, ("-sequence",), lambda rows: [_shown(one) for one in rows])


@operation("GET", "/audit/verdict", _VIEW, readings.Verdict, tag=_TAG)
def get_verdict(asked: Asked) -> readings.Verdict:
    """Check the whole chain now.

    About 100,000 events a second.
    """
    verdict = queries.chain_verdict(asked.scope.workspace_id)
    return readings.Verdict(
        is_whole=verdict.is_whole, checked=verdict.checked, bad_sequence=verdict.bad_sequence, reason=verdict.reason
    )


def _shown(event: AuditEvent) -> readings.AuditEvent:
    return readings.AuditEvent(
        actor=readings.Actor(kind=ActorKind(event.actor_kind), id=event.actor_id, label=event.actor_label),
        subject=readings.Subject(type=event.subject_type, id=event.subject_id, label=event.subject_label),
        environment_name=event.environment_label,
        **{name: getattr(event, name) for name in _COPIED},
    )
