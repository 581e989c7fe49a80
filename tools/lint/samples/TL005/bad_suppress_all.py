# place: src/trueline/findings/jobs.py
"""All exceptions suppressed by name, and without one."""

from contextlib import suppress


def detect(run):
    """Run the detectors."""
    with suppress(Exception):
        run()
    with suppress():
        run()
