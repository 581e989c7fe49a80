# place: src/trueline/findings/actions/_staging.py
"""A part of the room's actions that nobody else calls."""


def stage(cursor, rows):
    """Load rows into the temporary table."""
    cursor.copy("copy staged_detections (id) from stdin")
