"""Say within how many days findings are to be done in a workspace."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.findings import queries
from trueline.findings.errors import TermsRefused
from trueline.findings.models import FindingTerm
from trueline.findings.rules import SLA_DAYS, Severity
from trueline.findings.sla import are_in_order
from trueline.kit.scope import Actor, Scope
from trueline.workspaces.rules import Capability


@transaction.atomic
def set_terms(scope: Scope, days: Mapping[Severity, int], *, actor: Actor) -> Mapping[Severity, int]:
    """Set the days of each severity, for findings that open or come back from now on. Raises `TermsRefused`.

    Dates that stand already stay: somebody was told of them.
    """
    scope.require(Capability.WORKSPACE_SETTINGS_MANAGE)
    before = queries.terms(scope)
    wanted = {**before, **days}
    if not are_in_order(wanted):
        raise TermsRefused
    if wanted == before:
        return before
    own = FindingTerm.objects.filter(workspace_id=scope.workspace_id)
    own.delete()
    FindingTerm.objects.bulk_create(
        [
            FindingTerm(workspace_id=scope.workspace_id, severity=severity, days=number)
            for severity, number in wanted.items()
            if number != SLA_DAYS[severity]
        ]
    )
    said = [{str(severity): number for severity, number in one.items()} for one in (before, wanted)]
    record(scope.workspace_id, "findings:term:change", Subject("term"), actor=actor, before=said[0], after=said[1])
    return wanted
