# place: src/trueline/findings/actions.py
"""Nobody acts."""


def resolve(finding):
    """Resolve a finding."""
    finding.save()
