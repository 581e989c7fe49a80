# place: src/trueline/findings/queries.py
"""A query that promises nothing."""

from trueline.kit.scope import Scope


def finding(scope: Scope):
    return scope
