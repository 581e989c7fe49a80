# place: src/trueline/findings/actions.py
"""Two people who can be mixed up."""


def approve(finding, actor, owner):
    """Approve a finding."""
    finding.save()
