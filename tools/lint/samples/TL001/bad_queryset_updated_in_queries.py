# place: src/trueline/findings/queries.py
"""A read that marks what it read."""

from trueline.findings.models import Finding


def unseen(scope: Scope):
    """Findings nobody has seen."""
    found = Finding.objects.filter(workspace_id=scope.workspace_id)
    found.filter(seen_at=None).update(seen_at=scope.now)
    return found
