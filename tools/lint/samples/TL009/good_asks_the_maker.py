# place: src/trueline/findings/jobs.py
"""A job that asks for a scope."""

from dataclasses import replace

from trueline.workspaces import access


def detect(workspace_id, finding):
    """Run the detectors."""
    return access.system(workspace_id), replace(finding, state="open")
