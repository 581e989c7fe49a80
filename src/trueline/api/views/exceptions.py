"""Decisions on risk. They are asked for and made by people, on pages; programs read them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import readings
from trueline.findings import queries
from trueline.findings.exceptions import Pin, validity
from trueline.findings.models import FindingException
from trueline.kit import clock
from trueline.kit.scope import NotVisible
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

_TAG = "Decisions"
_COPIED = (
    "finding_id", "requested_at", "decided_at", "reason", "compensating_control", "expires_at", "review_due_at",
    "pinned_path", "pinned_value", "pinned_snapshot_id", "pinned_scan_id",
)  # fmt: skip


@operation("GET", "/exceptions", Capability.FINDINGS_VIEW, readings.RiskExceptionPage, tag=_TAG)
def list_exceptions(asked: Asked, filters: Query[readings.ExceptionFilter]) -> dict[str, Any]:
    """Decisions on risk for findings in reach, the latest request first."""
    found = queries.exceptions(asked.scope)
    if filters.status:
        found = found.filter(status=filters.status)
    if filters.finding_id:
        found = found.filter(finding_id=filters.finding_id)
    return page(asked, filters, found, ("-requested_at", "-id"), lambda rows: _shown(asked, rows))


@operation(
    "GET",
    "/exceptions/{uuid:exception_id}",
    Capability.FINDINGS_VIEW,
    readings.RiskException,
    tag=_TAG,
    record=True,
)
def get_exception(asked: Asked, exception_id: UUID) -> readings.RiskException:
    """One decision: who, why, until when, and what it is worth now."""
    found = queries.exceptions(asked.scope).filter(id=exception_id).first()
    if found is None:
        raise NotVisible
    asked.scope.require(Capability.FINDINGS_VIEW, found.finding.environment_id)
    return _shown(asked, [found])[0]


def _shown(asked: Asked, rows: list[FindingException]) -> list[readings.RiskException]:
    slugs = {one.pk: one.slug for one in workspaces.environments(asked.scope)}
    now = clock.now()
    return [
        readings.RiskException(
            id=one.pk,
            environment=slugs[one.finding.environment_id],
            validity=validity(
                one.status,
                one.expires_at,
                Pin(one.pinned_digest, one.pinned_rank),
                Pin(one.finding.observed_digest, one.finding.severity_rank),
                now,
                has_lapsed=one.lapsed_at is not None,
            ),
            requested_by=one.requested_by_label,
            decided_by=one.decided_by_label,
            owner=str(one.owner),
            **{name: getattr(one, name) for name in _COPIED},
        )
        for one in rows
    ]
