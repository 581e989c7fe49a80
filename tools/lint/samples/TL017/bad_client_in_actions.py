# place: src/trueline/changes/actions.py
"""An action that can reach out."""

import httpx


def apply(plan, *, actor):
    """Apply a plan."""
    return httpx, plan
