"""Within how many days findings are to be done in the workspace."""

from __future__ import annotations

from collections.abc import Mapping

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.schemas.terms import NewTerms, Terms
from trueline.findings import queries
from trueline.findings.actions.terms import set_terms
from trueline.findings.rules import Severity
from trueline.workspaces.rules import Capability

_TAG = "Findings"


@operation("GET", "/terms", Capability.FINDINGS_VIEW, Terms, tag=_TAG)
def get_terms(asked: Asked) -> Terms:
    """Within how many days findings of each severity are to be done."""
    return _shown(queries.terms(asked.scope))


@operation("PATCH", "/terms", Capability.WORKSPACE_SETTINGS_MANAGE, Terms, tag=_TAG)
def change_terms(asked: Asked, given: NewTerms) -> Terms:
    """Change the days, for findings that open or come back from now on; dates that stand already stay.

    Answers 422 when a severity would have less time than one that matters more.
    """
    wished = {Severity(name): days for name, days in given.model_dump(exclude_none=True).items()}
    return _shown(set_terms(asked.scope, wished, actor=asked.actor))


def _shown(days: Mapping[Severity, int]) -> Terms:
    return Terms(**{str(severity): number for severity, number in days.items()})
