# place: src/trueline/workspaces/access.py
"""The maker itself."""

from dataclasses import replace

from trueline.kit.scope import Scope


def enter(workspace):
    """A scope."""
    scope = Scope(workspace_id=workspace)
    return replace(scope, role="viewer")
