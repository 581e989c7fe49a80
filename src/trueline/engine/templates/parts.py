"""Which of the five parts of a prompt a stretch of a template is, and what it was recognised by.

Base prompt, context, chain of thought, few-shot examples, upstream injection. Constants are told apart by markers in
their paragraphs, slots by where their values came from.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trueline.engine.templates.inference import Rendering
    from trueline.engine.templates.prompts import Utterance


class Part(StrEnum):
    """A part of a prompt template."""

    BASE_PROMPT = "base_prompt"
    CONTEXT = "context"
    CHAIN_OF_THOUGHT = "chain_of_thought"
    FEW_SHOT = "few_shot"
    UPSTREAM_INJECTION = "upstream_injection"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a constant, with the words that gave it its name."""

    part: Part
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the values of a slot came from.

    Attributes:
        speaker: An agent's name, or `user`.
        share: Share of the renderings whose value was said by that speaker in the same trace, 0..1.
    """

    speaker: str
    share: float


MIN_SOURCE_SHARE = 0.5
"""Below half, agreement with somebody's words is chance or quotation."""
SHORTEST_QUOTE = 20
"""Characters: shorter texts are found inside others by chance."""
LONGEST_INTERLUDE = 1_500
"""Characters of unlabelled text between two examples that still belong to them."""
USER = "user"

_EXAMPLE_HEADER = re.compile(
    r"\bfew[- ]shot\b|\bhere (are|is)\b[^.\n]{0,30}\bexamples?\b|^[^.\n]{0,30}\bexamples?\b[^.\n]{0,40}:[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_EXAMPLE_LABEL = re.compile(
    r"^[ \t]*[*#-]*[ \t]*"
    r"(task|question|q|input|thought|code|observation|output|answer|a|action|user|assistant|human|ai)"
    r"[ \t]*\d*[ \t]*[*]*:",
    re.IGNORECASE | re.MULTILINE,
)
_REASONING = re.compile(
    r"step[- ]by[- ]step|chain[- ]of[- ]thought|think (carefully|aloud|through|about|it)|let'?s think|"
    r"explain your reasoning|reason(ing)? (step|through|before|about)|'?thought:?'? sequence|"
    r"take a (deep breath|moment)|breathe deeply|show your work",
    re.IGNORECASE,
)
_QUOTING = re.compile(r"\\[nrt\"'\\]|[\"'`]")
_PARAGRAPH = re.compile(r".*?(?:\n[ \t]*\n+|\Z)", re.DOTALL)


def split_constant(text: str) -> tuple[Stretch, ...]:
    """A constant cut into stretches of one part each; joined they are the text again."""
    found: list[Stretch] = []
    for paragraph in filter(None, _PARAGRAPH.findall(text)):
        found.append(_paragraph_part(paragraph, after_example=bool(found) and found[-1].part is Part.FEW_SHOT))
    merged = _merged(found)
    inside = [
        _as_example(stretch, merged[number - 1]) if _is_inside_examples(merged, number) else stretch
        for number, stretch in enumerate(merged)
    ]
    return tuple(_merged(inside))


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for stretch in stretches:
        if merged and merged[-1].part is stretch.part:
            merged[-1] = Stretch(stretch.part, merged[-1].text + stretch.text, merged[-1].reason)
        else:
            merged.append(stretch)
    return merged


def _is_inside_examples(stretches: Sequence[Stretch], number: int) -> bool:
    around = stretches[max(number - 1, 0) : number + 2]
    both = len(around) == 3 and around[0].part is Part.FEW_SHOT and around[2].part is Part.FEW_SHOT
    return both and len(stretches[number].text) <= LONGEST_INTERLUDE


def _as_example(stretch: Stretch, before: Stretch) -> Stretch:
    return Stretch(Part.FEW_SHOT, stretch.text, before.reason)


def _paragraph_part(paragraph: str, *, after_example: bool) -> Stretch:
    labels = {label.lower() for label in _EXAMPLE_LABEL.findall(paragraph)}
    header = _EXAMPLE_HEADER.search(paragraph)
    if len(labels) >= 2 or (labels and after_example):
        return Stretch(Part.FEW_SHOT, paragraph, f"lines labelled {', '.join(sorted(labels))}")
    if header is not None:
        return Stretch(Part.FEW_SHOT, paragraph, f"the words {header.group(0)!r}")
    reasoning = _REASONING.search(paragraph)
    if reasoning is not None:
        return Stretch(Part.CHAIN_OF_THOUGHT, paragraph, f"the words {reasoning.group(0)!r}")
    return Stretch(Part.BASE_PROMPT, paragraph, "constant in every prompt")


def slot_part(
    values: Sequence[str],
    renderings: Sequence[Rendering],
    said: Mapping[str, Sequence[Utterance]],
) -> tuple[Part, str, Source | None]:
    """The part of a slot, why, and the speaker its values came from if they came from one.

    Args:
        values: The slot's value in each rendering.
        renderings: The renderings, in the same order.
        said: What was said in each trace.
    """
    source = _source(values, renderings, said)
    own = {rendering.prompt.agent for rendering in renderings}
    if source is not None:
        upstream = source.speaker != USER and source.speaker not in own
        whose = "the agent's own earlier words" if source.speaker in own else f"words of {source.speaker}"
        return (
            Part.UPSTREAM_INJECTION if upstream else Part.CONTEXT,
            f"{source.share:.0%} of the values are {whose}",
            source,
        )
    examples = sum(len(set(_EXAMPLE_LABEL.findall(value))) >= 2 for value in values)
    if values and examples > len(values) / 2:
        return Part.FEW_SHOT, f"{examples} of {len(values)} values have labelled lines", None
    return Part.CONTEXT, "varies from prompt to prompt", None


def _source(
    values: Sequence[str],
    renderings: Sequence[Rendering],
    said: Mapping[str, Sequence[Utterance]],
) -> Source | None:
    speakers: Counter[str] = Counter()
    for value, rendering in zip(values, renderings, strict=True):
        prompt = rendering.prompt
        speakers.update(_speakers(value, prompt.sent_at, said.get(prompt.trace_id, ())))
    if not speakers:
        return None
    # A quotation of the user reaches a slot through every agent that repeats it: at equal share the user goes first.
    speaker, count = min(speakers.items(), key=lambda item: (-item[1], item[0] != USER, item[0]))
    return Source(speaker, count / len(values)) if count >= MIN_SOURCE_SHARE * len(values) else None


def _speakers(value: str, sent_at: int, said: Iterable[Utterance]) -> set[str]:
    plain = plain_text(value)
    if len(plain) < SHORTEST_QUOTE:
        return set()
    earlier = [(each.speaker, plain_text(each.text)) for each in said if each.speaker and each.said_at <= sent_at]
    return {speaker for speaker, text in earlier if len(text) >= SHORTEST_QUOTE and (plain in text or text in plain)}


def plain_text(text: str) -> str:
    """Text without what quoting it in JSON or in code changes: escapes, quotation marks, runs of white space."""
    return " ".join(_QUOTING.sub(" ", text).split())
