"""Templates as they are kept: inferred ones without the values of their slots, declared ones taken apart. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from trueline.engine.templates.document import template_document
from trueline.engine.templates.inference import infer_templates
from trueline.engine.templates.parts import Part, split_constant
from trueline.engine.templates.prompts import Prompt, material_of
from trueline.engine.traces.model import Trace
from trueline.engine.traces.redaction import redacted_text
from trueline.systems.errors import TemplateUnreadable
from trueline.systems.rules import MOST_TRACES_NAMED

Segment = dict[str, Any]
MOST_PROMPTS = 3_000
"""Prompts that are looked at of one look, chosen by a digest: more take longer and teach nothing."""
ALIKE = 0.8
"""Share of the constant text from which on two templates of one agent are one that has changed."""
LONGEST_TEMPLATE = 60_000
_SLOT = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KEPT = ("kind", "part", "text", "slot", "reason", "source", "distinct")


@dataclass(frozen=True, slots=True)
class FoundTemplate:
    """A template as one look shows it.

    Attributes:
        key: Stable as long as agent, role and constants are.
        prompts: Prompts that look like it.
        read: How many of them it reads.
        samples: Different texts that it was fitted on.
        confidence: Lower end of a 95 % interval of the share of unseen texts that it reads.
    """

    key: str
    agent: str
    role: str
    segments: list[Segment]
    prompts: int
    read: int
    samples: int
    confidence: float
    trace_ids: list[str]


def found_templates(traces: Sequence[Trace]) -> tuple[FoundTemplate, ...]:
    """The templates behind the prompts of these traces, the one with most prompts first."""
    material = material_of(traces)
    inferred = infer_templates(_some(material.prompts)).templates
    return tuple(_found(template_document(fitted, material.said)) for fitted in inferred)


def _some(prompts: Sequence[Prompt]) -> Sequence[Prompt]:
    if len(prompts) <= MOST_PROMPTS:
        return prompts
    return sorted(prompts, key=lambda one: hashlib.sha256(f"{one.trace_id}{one.id}".encode()).digest())[:MOST_PROMPTS]


def _found(told: Mapping[str, Any]) -> FoundTemplate:
    segments = [{name: each[name] for name in _KEPT if each.get(name) is not None} for each in told["segments"]]
    for each in segments:
        if "text" in each:
            each["text"] = redacted_text(each["text"])
    return FoundTemplate(
        key=told["id"],
        agent=told["agent"][:200],
        role=told["role"][:40],
        segments=segments,
        prompts=told["prompts"],
        read=len(told["renderings"]),
        samples=told["samples"],
        confidence=told["confidence"],
        trace_ids=sorted({each["trace_id"] for each in told["renderings"]})[:MOST_TRACES_NAMED],
    )


def text_of(segments: Sequence[Segment]) -> str:
    """A template as one text, slots in double braces."""
    return "".join(each["text"] if each["kind"] == "constant" else "{{" + each["slot"] + "}}" for each in segments)


def is_alike(one: Sequence[Segment], other: Sequence[Segment]) -> bool:
    """Whether two templates share so much of their constant text that one is the other, changed."""
    mine, theirs = (" ".join(each["text"] for each in side if each["kind"] == "constant") for side in (one, other))
    matcher = SequenceMatcher(None, mine.split(), theirs.split(), autojunk=False)
    return matcher.ratio() >= ALIKE


def declared_segments(text: str) -> list[Segment]:
    """The segments of a text with `{{slots}}`. Raises `TemplateUnreadable` for one without text, or with a bad name."""
    if not text.strip() or len(text) > LONGEST_TEMPLATE:
        raise TemplateUnreadable("A template has a text of at most 60,000 characters.")
    segments: list[Segment] = []
    for number, piece in enumerate(_SLOT.split(text)):
        if number % 2:
            segments.append({"kind": "slot", "slot": _named(piece), "part": Part.CONTEXT.value})
        elif piece:
            segments += [
                {"kind": "constant", "part": each.part.value, "text": each.text} for each in split_constant(piece)
            ]
    _refuse_twins(segments)
    return segments


def adjusted_segments(segments: Sequence[Segment], wishes: Sequence[tuple[str, str]]) -> list[Segment]:
    """The segments with other parts and names of slots.

    Args:
        segments: As they were read.
        wishes: For each segment its part, and the name of its slot (ignored for a constant).

    Raises `TemplateUnreadable`.
    """
    if len(wishes) != len(segments):
        raise TemplateUnreadable("The template has changed meanwhile.", next_step="Look at it again.")
    made = []
    for each, (part, name) in zip(segments, wishes, strict=True):
        if part not in set(Part):
            raise TemplateUnreadable(f"There is no part of a prompt called {part!r}.")
        made.append({**each, "part": part} | ({"slot": _named(name)} if each["kind"] == "slot" else {}))
    _refuse_twins(made)
    return made


def _named(name: str) -> str:
    if not _NAME.fullmatch(name.strip()):
        raise TemplateUnreadable(
            f"{name!r} is no name of a slot.", next_step="Use small letters, digits and underscores."
        )
    return name.strip()


def _refuse_twins(segments: Sequence[Segment]) -> None:
    names = [each["slot"] for each in segments if each["kind"] == "slot"]
    twin = next((name for name in names if names.count(name) > 1), None)
    if twin is not None:
        raise TemplateUnreadable(f"Two slots are called {twin!r}.")
