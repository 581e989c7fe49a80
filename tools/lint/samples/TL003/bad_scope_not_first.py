# place: src/trueline/findings/queries/details.py
"""A query with the scope in the second place."""

from trueline.kit.scope import Scope


def history(finding, scope: Scope):
    """What was done to a finding."""
    return scope.history(finding)
