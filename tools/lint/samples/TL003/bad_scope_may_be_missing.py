# place: src/trueline/findings/queries_export.py
"""A query that takes a scope or nothing."""

from trueline.kit.scope import Scope


def rows(scope: Scope | None = None):
    """All rows."""
    return scope
