# place: src/trueline/findings/jobs.py
"""A broad except whose answer says nothing."""


def detect(run):
    """Run the detectors."""
    try:
        return run()
    except (OSError, Exception):
        return None
