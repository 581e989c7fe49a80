# place: src/trueline/changes/queries.py
"""A query that asks the outside."""

from urllib import request


def answer():  # lint: allow TL003 a sample of another rule
    """What the outside says."""
    return request
