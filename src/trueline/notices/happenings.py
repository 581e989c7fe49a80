"""What an event of the audit trail means to those outside: a happening, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from trueline.audit.models import AuditEvent
from trueline.audit.rules import Outcome
from trueline.findings import queries as findings
from trueline.findings.models import Finding
from trueline.findings.rules import VERIFIED_CLEARED, FindingState
from trueline.kit.scope import Scope
from trueline.notices.rules import EventType

DELIVER = "notices.deliver"
_FEW = 20
_TRANSACTION = timedelta(minutes=10)
"""Rows of a detection bear times of its transaction, which ended with its event."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that rules may tell outside.

    Attributes:
        fingerprint: Equal for what is a repeat of the same trouble, for the pause between equal messages.
        severity: The worst of what it is about; empty when none is known.
        number: How many findings it is about, 0 for none.
        few: The first of them, the most severe first.
    """

    type: EventType
    event: AuditEvent
    severity: str = ""
    number: int = 0
    few: tuple[Finding, ...] = field(default=())

    @property
    def fingerprint(self) -> str:
        """Type and place, and of a single record that record."""
        subject = "" if self.number > 1 else self.event.subject_id
        if self.type == EventType.RUN_FAILED:
            subject = self.event.subject_label
        if self.event.action == "findings:finding:detect":
            subject = ""
        return f"{self.type}:{self.event.environment_id or ''}:{subject}"[:200]

    def payload(self, scope: Scope) -> dict[str, Any]:
        """As receivers get it. Names and labels, never a value of a setting."""
        event = self.event
        return {
            "type": str(self.type),
            "occurred_at": event.recorded_at.isoformat(),
            "workspace": {"slug": scope.workspace_slug, "name": scope.workspace_name},
            "environment": {"id": str(event.environment_id), "name": event.environment_label}
            if event.environment_id
            else None,
            "subject": {"type": event.subject_type, "id": event.subject_id, "label": event.subject_label},
            "severity": self.severity,
            "outcome": str(event.outcome),
            "by": event.actor_label,
            "count": self.number,
            "findings": [_shown(finding) for finding in self.few],
        }


def happenings(scope: Scope, event: AuditEvent) -> tuple[Happening, ...]:
    """What an event means to those outside."""
    read = _READ.get(event.action)
    return tuple(read(scope, event)) if read else ()


def _shown(finding: Finding) -> dict[str, Any]:
    return {
        "id": str(finding.pk),
        "name": finding.subject_name,
        "severity": finding.severity,
        "state": finding.shown_state,
        "due_at": finding.due_at.isoformat(),
    }


def _detected(scope: Scope, event: AuditEvent) -> list[Happening]:
    """One detection may open, reopen and clear: one happening for each, however many findings it is about."""
    place = findings.findings(scope).filter(environment_id=UUID(str(event.environment_id)))
    seen_in = "scan_id" if event.subject_type == "scan" else "snapshot_id"
    window = (event.recorded_at - _TRANSACTION, event.recorded_at)
    rows: Mapping[str, tuple[EventType, QuerySet[Finding]]] = {
        "opened": (EventType.FINDING_OPENED, place.filter(**{seen_in: event.subject_id}, times_seen=1)),
        "reopened": (EventType.FINDING_REOPENED, place.filter(reopened_at__range=window)),
        "cleared": (
            EventType.FINDING_RESOLVED,
            place.filter(resolved_reason=VERIFIED_CLEARED, updated_at__range=window),
        ),
    }
    return [
        _about(kind, event, found, int(event.after[key])) for key, (kind, found) in rows.items() if event.after.get(key)
    ]


def _about(kind: EventType, event: AuditEvent, found: QuerySet[Finding], number: int) -> Happening:
    few = tuple(found[:_FEW])
    return Happening(kind, event, few[0].severity if few else "", number, few)


def _moved(scope: Scope, event: AuditEvent) -> list[Happening]:
    kinds = {
        FindingState.REOPENED: EventType.FINDING_REOPENED,
        FindingState.RESOLVED: EventType.FINDING_RESOLVED,
        FindingState.CLOSED: EventType.FINDING_RESOLVED,
    }
    kind = kinds.get(event.after.get("state", ""))
    return [_single(scope, kind, event)] if kind else []


def _single(scope: Scope, kind: EventType, event: AuditEvent) -> Happening:
    few = tuple(findings.findings(scope).filter(id=UUID(event.subject_id)))
    return Happening(kind, event, few[0].severity if few else "", len(few), few)


def _run_ended(_scope: Scope, event: AuditEvent) -> list[Happening]:
    """A run of our own that failed is seen by its deliveries; telling of it would never end."""
    failed = event.outcome in (Outcome.FAILURE, Outcome.BLOCKED) and event.subject_label != DELIVER
    return [Happening(EventType.RUN_FAILED, event, "high")] if failed else []


_Read = Callable[[Scope, AuditEvent], list[Happening]]
_READ: Mapping[str, _Read] = {
    "findings:finding:detect": _detected,
    "findings:finding:move": _moved,
    "findings:exception:lapse": lambda scope, event: [_single(scope, EventType.FINDING_REOPENED, event)],
    "findings:exception:request": lambda scope, event: [_single(scope, EventType.EXCEPTION_REQUESTED, event)],
    "findings:exception:approve": lambda scope, event: [_single(scope, EventType.EXCEPTION_DECIDED, event)],
    "findings:exception:reject": lambda scope, event: [_single(scope, EventType.EXCEPTION_DECIDED, event)],
    "findings:exception:revoke": lambda scope, event: [_single(scope, EventType.EXCEPTION_DECIDED, event)],
    "inventory:snapshot:capture": lambda _scope, event: [Happening(EventType.CAPTURE_FINISHED, event)],
    "operations:run:finish": _run_ended,
    "operations:run:block": _run_ended,
}
