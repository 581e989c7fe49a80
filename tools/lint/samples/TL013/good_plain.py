# place: src/trueline/web/findings.py
"""A page renders a template; <b>prose</b> may speak of tags, comparisons and generics are none."""

EMPTY = "No finding <of this kind> here"
PLACEHOLDER = "<redacted>"


def badge(a, b):
    """A <span> is named here only."""
    return "a < b" if a < b else "b > a"
