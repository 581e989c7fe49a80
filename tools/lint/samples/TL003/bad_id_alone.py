# place: src/trueline/findings/queries.py
"""A query that answers whoever asks."""

from trueline.findings.models import Finding


def finding(finding_id):
    """One finding."""
    return Finding.objects.get(id=finding_id)
