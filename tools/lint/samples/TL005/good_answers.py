# place: src/trueline/findings/jobs.py
"""Exceptions that are answered."""

import contextlib
import os


def detect(run, unread, ending):
    """Run the detectors."""
    try:
        return run()
    except PermissionError as error:
        return unread(str(error))
    except Exception as error:
        ending(reason=error)
        raise


def number(text):
    """The number in a text, None when there is none."""
    try:
        return int(text)
    except ValueError:
        return None


def supervise(run, end):
    """Run to the end, whatever the end."""
    try:
        run()
    except Exception:
        end("failed", run.FAILED)


def remove(path):
    """Remove a file that may be gone."""
    with contextlib.suppress(FileNotFoundError):
        os.remove(path)
