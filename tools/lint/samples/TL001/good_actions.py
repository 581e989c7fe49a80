# place: src/trueline/findings/actions.py
"""Writes of findings."""

from trueline.findings.models import Finding

_CLEAR = "delete from findings_finding where workspace_id = %s"


def resolve(scope, finding, *, actor):
    """Resolve a finding."""
    Finding.objects.filter(workspace_id=scope.workspace_id, id=finding.pk).update(state="resolved")
    finding.save()
