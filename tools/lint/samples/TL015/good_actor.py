# place: src/trueline/findings/actions.py
"""Somebody acts."""


def resolve(finding, *, actor, note=""):
    """Resolve a finding."""
    _mark(finding)


def _mark(finding):
    finding.save()
