# place: src/trueline/findings/actions.py
"""An action that says what happens."""


def resolve(finding, *, actor):
    """Resolve a finding. Raises `Conflict` when somebody else was first."""
    _mark(finding)


def _mark(finding):
    finding.save()
