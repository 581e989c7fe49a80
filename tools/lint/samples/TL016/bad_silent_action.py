# place: src/trueline/findings/actions.py
"""An action that promises nothing."""


def resolve(finding, *, actor):
    finding.save()
