# place: src/trueline/findings/detection.py
"""Methods of the same names that write no rows."""

import hashlib

READ = "select id from findings_finding where updated_at > %s"


def fingerprint(parts, known, client, image):
    """Delete from the parts what is known, then update the digest. Insert into nothing."""
    digest = hashlib.sha256()
    digest.update(parts)
    known.update(seen=True)
    client.delete("/sessions/1")
    image.save("chart.svg")
    return client.create(parts)
