# place: src/trueline/findings/actions/detection.py
"""Writes of findings that a capture brought."""


def record(rows, *, actor):
    """Store detections."""
    rows.bulk_create([])
