# place: src/trueline/findings/queries.py
"""Queries that demand a scope."""

from trueline.kit import scope as scopes
from trueline.kit.scope import Scope


def finding(scope: Scope, finding_id):
    """One finding."""
    return _row(scope.workspace_id, finding_id)


def findings(scope: scopes.Scope):
    """All of them."""
    return _row(scope.workspace_id, None)


def _row(workspace_id, finding_id):
    return workspace_id, finding_id
