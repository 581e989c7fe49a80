"""Slots that quote: words that every quotation shares are part of what was quoted, and no constant of the template.

A plan that one agent hands to another names that other each time. Alignment alone must take the name for a constant and
cut the plan in two; what was said before in the trace shows that it is one value.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trueline.engine.templates.parts import MIN_SOURCE_SHARE, SHORTEST_QUOTE, USER, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trueline.engine.templates.inference import Fitted, Rendering
    from trueline.engine.templates.prompts import Utterance

AROUND = 24
"""Characters on either side that must have been said together with a constant, for it to be part of a quotation."""


def joined(fitted: Fitted, said: Mapping[str, Sequence[Utterance]]) -> Fitted:
    """The template with each quotation as one slot; the same one when nothing is quoted.

    Args:
        fitted: A template with its renderings.
        said: What was said in each trace.
    """
    skeleton = fitted.skeleton
    first = 0 if skeleton.open_start else 1
    last = len(skeleton.islands) - (0 if skeleton.open_end else 1)
    quoted = [number for number in range(first, last) if _is_quoted(fitted, number, number - first, said)]
    if not quoted:
        return fitted
    kept = tuple(island for number, island in enumerate(skeleton.islands) if number not in quoted)
    renderings = tuple(_rejoined(one, skeleton.islands, [(n, n - first) for n in quoted]) for one in fitted.renderings)
    return replace(fitted, skeleton=replace(skeleton, islands=kept), renderings=renderings)


def _is_quoted(fitted: Fitted, number: int, slot: int, said: Mapping[str, Sequence[Utterance]]) -> bool:
    """Whether most prompts have this constant from what somebody else had said, together with what stands beside it."""
    islands = fitted.skeleton.islands
    before, after = islands[number - 1 : number], islands[number + 1 : number + 2]
    hits = 0
    for one in fitted.renderings:
        left = "".join(before) + one.values[slot]
        right = one.values[slot + 1] + "".join(after)
        hits += any(_was_said(text, one, said) for text in _beside(left, islands[number], right))
    return bool(hits) and hits >= MIN_SOURCE_SHARE * len(fitted.renderings)


def _beside(left: str, island: str, right: str) -> Iterator[str]:
    """The constant with what stands on both sides; one that has a word of its own also with one side alone."""
    yield left[-AROUND:] + island + right[:AROUND]
    if any(letter.isalnum() for letter in island):
        yield left[-AROUND:] + island
        yield island + right[:AROUND]


def _was_said(text: str, rendering: Rendering, said: Mapping[str, Sequence[Utterance]]) -> bool:
    wanted, prompt = plain_text(text), rendering.prompt
    if len(wanted) < SHORTEST_QUOTE:
        return False
    others = (one for one in said.get(prompt.trace_id, ()) if one.speaker not in {"", USER, prompt.agent})
    return any(one.said_at <= prompt.sent_at and wanted in plain_text(one.text) for one in others)


def _rejoined(rendering: Rendering, islands: Sequence[str], quoted: Sequence[tuple[int, int]]) -> Rendering:
    values = list(rendering.values)
    for number, slot in reversed(quoted):
        values[slot : slot + 2] = [values[slot] + islands[number] + values[slot + 1]]
    return replace(rendering, values=tuple(values))
