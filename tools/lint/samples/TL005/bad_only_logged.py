# place: src/trueline/findings/jobs.py
"""A broad except that only logs."""

import logging

log = logging.getLogger(__name__)


def detect(run):
    """Run the detectors."""
    try:
        run()
    except Exception as error:
        log.exception("detection failed: %s", error)
