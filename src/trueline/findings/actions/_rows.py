"""What every write on a finding begins and ends with: its row locked, and its name in the trail."""

from __future__ import annotations

from uuid import UUID

from trueline.audit.actions import Subject
from trueline.findings import queries
from trueline.findings.models import Finding
from trueline.kit.scope import NotVisible, Scope


def locked(scope: Scope, finding_id: UUID) -> Finding:
    """One finding in reach, locked until the transaction ends. Raises `NotVisible`."""
    finding = queries.findings(scope).filter(id=finding_id).select_for_update(of=("self",)).first()
    if finding is None:
        raise NotVisible
    return finding


def subject_of(finding: Finding) -> Subject:
    """The finding as the trail names it."""
    return Subject("finding", str(finding.pk), finding.subject_name, finding.environment_id)
