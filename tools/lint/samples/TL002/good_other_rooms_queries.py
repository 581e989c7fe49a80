# place: src/trueline/casework/queries.py
"""Reads that ask another room."""

from trueline.findings import queries as findings
from trueline.kit.scope import Scope


def inbox(scope: Scope):
    """What is to be done."""
    return findings.open_findings(scope).filter(owner=None)
