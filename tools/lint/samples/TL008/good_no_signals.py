# place: src/trueline/findings/actions.py
"""What follows stands in the action; an operating system's signals are another thing."""

import signal


def resolve(finding, *, actor):
    """Resolve, then tell."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return finding, actor
