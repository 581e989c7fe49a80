# place: src/trueline/findings/jobs.py
"""A job that makes its own proof."""

from trueline.kit.scope import Scope


def detect(workspace_id):
    """Run the detectors."""
    return Scope(workspace_id=workspace_id)
