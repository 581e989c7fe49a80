# place: src/trueline/casework/queries.py
"""A query on a model that another room owns."""

from trueline.findings.models import Finding


def inbox(scope: Scope):
    """What is to be done."""
    return Finding.objects.filter(workspace_id=scope.workspace_id)
