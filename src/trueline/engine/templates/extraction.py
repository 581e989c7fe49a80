"""Reading the slot values back out of a prompt, which is how a template proves itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trueline.engine.templates.alignment import Skeleton


def extract(skeleton: Skeleton, text: str) -> tuple[str, ...] | None:
    """The slot values of a prompt in order, or None when the prompt is no rendering of the skeleton.

    A closed start or end must match exactly there; between, each constant is taken at its first occurrence.
    """
    if skeleton.slot_count == 0:
        return () if [text] == list(skeleton.islands) else None
    if not skeleton.islands:
        return (text,)
    opening = "" if skeleton.open_start else skeleton.islands[0]
    ending = "" if skeleton.open_end else skeleton.islands[-1]
    fits = text.startswith(opening) and text.endswith(ending) and len(text) >= len(opening) + len(ending)
    if not fits:
        return None
    inner = skeleton.islands[bool(opening) : len(skeleton.islands) - bool(ending)]
    return _between(inner, text[len(opening) : len(text) - len(ending)])


def _between(islands: Sequence[str], text: str) -> tuple[str, ...] | None:
    values: list[str] = []
    for island in islands:
        value, found, text = text.partition(island)
        if not found:
            return None
        values.append(value)
    return (*values, text)
