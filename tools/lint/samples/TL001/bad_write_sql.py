# place: src/trueline/findings/detection.py
"""A statement that writes, outside of the room's actions."""

MARK = """
    update findings_finding f set times_seen = times_seen + 1 where id = %s
"""


def clear(cursor, finding_id):
    """Remove a finding."""
    cursor.execute("delete from findings_finding where id = %s", [finding_id])


def copy_in(cursor):
    """Load many."""
    return cursor.copy("COPY detections (id) FROM STDIN")
