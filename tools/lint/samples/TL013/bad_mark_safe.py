# place: src/trueline/web/findings.py
"""A string declared to be safe."""

from django.utils import safestring


def badge(name):
    """A badge."""
    return safestring.mark_safe(name)
