# place: src/trueline/findings/jobs.py
"""A job that deletes a row itself."""


def expire(finding):
    """Remove a finding."""
    finding.delete()
