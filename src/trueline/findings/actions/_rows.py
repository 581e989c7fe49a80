"""What every write on a finding begins and ends with: its row locked, and its name in the trail."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from trueline.audit.actions import Subject
from trueline.findings import queries
from trueline.findings.errors import TooMany
from trueline.findings.models import Finding
from trueline.findings.workflow import MOST_AT_ONCE
from trueline.kit.scope import NotVisible, Scope
from trueline.workspaces.rules import Capability


def locked(scope: Scope, finding_id: UUID) -> Finding:
    """One finding in reach, locked until the transaction ends. Raises `NotVisible`."""
    finding = queries.findings(scope).filter(id=finding_id).select_for_update(of=("self",)).first()
    if finding is None:
        raise NotVisible
    return finding


def all_workable(scope: Scope, finding_ids: Sequence[UUID]) -> list[Finding]:
    """All of them, locked in one order; `NotVisible` for one out of reach as for one that never was."""
    wanted = set(finding_ids)
    if len(wanted) > MOST_AT_ONCE:
        raise TooMany(MOST_AT_ONCE)
    found = list(queries.findings(scope).filter(id__in=wanted).select_for_update(of=("self",)).order_by("id"))
    if len(found) != len(wanted):
        raise NotVisible
    for finding in found:
        scope.require(Capability.FINDINGS_WORK, finding.environment_id)
    return found


def subject_of(finding: Finding) -> Subject:
    """The finding as the trail names it."""
    return Subject("finding", str(finding.pk), finding.subject_name, finding.environment_id)
