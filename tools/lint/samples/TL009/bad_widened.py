# place: src/trueline/web/findings.py
"""A view that widens what it was given."""

from dataclasses import replace


def index(request):
    """The list."""
    return replace(request.scope, capabilities=frozenset())
