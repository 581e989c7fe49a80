"""Findings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import readings
from trueline.findings import queries
from trueline.findings.models import Finding
from trueline.findings.rules import OPEN
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

_TAG = "Findings"
_ORDER = ("severity_rank", "-last_seen_at", "id")
_COPIED = (
    "severity", "state", "kind", "detector", "area", "object_type", "subject_name", "subject_key", "facet", "path",
    "expected", "observed", "first_seen_at", "last_seen_at", "times_seen", "times_reopened", "due_at", "reopened_at",
    "resolved_at", "resolved_reason", "closed_at", "closed_reason", "updated_at",
)  # fmt: skip


@operation("GET", "/findings", Capability.FINDINGS_VIEW, readings.FindingPage, tag=_TAG)
def list_findings(asked: Asked, filters: Query[readings.FindingFilter]) -> dict[str, Any]:
    """Findings in reach, the most severe first, then the latest seen.

    All states unless `state` says otherwise; `state=open` for those that still ask for something.
    """
    found = _filtered(asked, filters)
    return page(asked, filters, found, _ORDER, lambda rows: _shown(asked, rows))


@operation("GET", "/findings/{uuid:finding_id}", Capability.FINDINGS_VIEW, readings.Finding, tag=_TAG, record=True)
def get_finding(asked: Asked, finding_id: UUID) -> readings.Finding:
    """One finding: what should be, what is, and how it came about."""
    found = queries.finding(asked.scope, finding_id)
    asked.scope.require(Capability.FINDINGS_VIEW, found.environment_id)
    return _shown(asked, [found])[0]


def _filtered(asked: Asked, filters: readings.FindingFilter) -> QuerySet[Finding]:
    found = queries.findings(asked.scope)
    if filters.environment:
        found = found.filter(environment_id=access.environment_in_any_state(asked.scope, filters.environment).pk)
    if filters.state:
        found = found.filter(state__in=OPEN if filters.state == "open" else [filters.state])
    if filters.standard_id:
        found = found.filter(standard_id=str(filters.standard_id))
    if filters.q:
        found = found.filter(Q(subject_name__icontains=filters.q) | Q(path__icontains=filters.q))
    exact = {name: value for name in ("severity", "area", "detector") if (value := getattr(filters, name))}
    return found.filter(**exact)


def _shown(asked: Asked, rows: list[Finding]) -> list[readings.Finding]:
    slugs = {one.pk: one.slug for one in workspaces.environments(asked.scope)}
    return [
        readings.Finding(
            id=one.pk,
            environment=slugs[one.environment_id],
            standard_id=UUID(one.standard_id) if one.standard_id else None,
            capture_id=one.snapshot_id,
            **{name: getattr(one, name) for name in _COPIED},
        )
        for one in rows
    ]
