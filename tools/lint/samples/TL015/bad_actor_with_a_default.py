# place: src/trueline/findings/actions/approval.py
"""An actor nobody has to name."""


def approve(finding, *, actor=None):
    """Approve a finding."""
    finding.save()
