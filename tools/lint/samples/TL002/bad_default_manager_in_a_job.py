# place: src/trueline/findings/jobs.py
"""A job that goes round the manager's name."""

from trueline.findings.models import Finding


def sweep():
    """All findings."""
    return Finding._default_manager.all()
