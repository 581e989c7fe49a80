# place: src/trueline/findings/queries.py
"""Reads of findings."""

from trueline.findings.models import Finding
from trueline.kit.scope import Scope


def open_findings(scope: Scope):
    """Findings that are open."""
    return Finding.objects.filter(workspace_id=scope.workspace_id, state="open")
