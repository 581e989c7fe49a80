# place: src/trueline/web/findings.py
"""A page that reads a model itself."""

from trueline.findings.models import Finding


def index(request, scope):
    """The list."""
    return Finding.objects.filter(workspace_id=scope.workspace_id)
