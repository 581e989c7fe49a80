"""Labels: words that people put on findings, to find them together. Pure."""

from __future__ import annotations

LONGEST_LABEL = 40
MOST_LABELS = 200
"""So many are in use in a workspace at most: more would be a list that nobody chooses from."""
MOST_ON_ONE = 20


def label_of(text: str) -> str:
    """The label that somebody meant; empty when it is none.

    A comma would make two of it wherever several stand in one line.
    """
    name = " ".join(text.split())
    return name if 0 < len(name) <= LONGEST_LABEL and name.isprintable() and "," not in name else ""
