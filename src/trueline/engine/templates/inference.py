"""From prompts to templates: group, align a few, prove on the rest, refine, and look again at what did not fit."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.engine.templates.alignment import Skeleton, align
from trueline.engine.templates.extraction import extract
from trueline.engine.templates.grouping import MIN_PROMPTS, group_texts
from trueline.engine.templates.prompts import OPENING_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trueline.engine.templates.prompts import Prompt

MIN_CONSTANT_WORDS = 12
"""Less constant text is a figure of speech, unless most prompts of the sender have it."""
FEW_CONSTANT_WORDS = 2
MOST = 0.5
MANY_TEXTS = 8
"""Different texts from which on "most" means something."""
ROUNDS = 4
"""How often a template is refitted with prompts that it did not fit."""
KEPT_TEXT = 0.7
"""A refit may lose at most 30 percent of the constant text; a prompt that costs more belongs to another template."""
SAME_TEXT = 0.8
"""Two groups are one when together they keep this share of the constant text of the one that has less."""
MERGE_PARTNERS = 10
"""Groups that a new one is compared with, the largest: bounds the work where everything is a little alike."""
FOLDS = 3
"""Parts of a small group that are held out in turn to measure cover."""
OPENING_WORDS = 3
"""Words at the start by which a group without a common opening is split."""

FIXED_SHARE = 0.1
"""Share of an agent's user messages that one text needs to be a fixed template, and not a task run several times."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Settings:
    """How templates are inferred.

    Attributes:
        samples: Prompts that a template is fitted on; fewer than 12 leave chance agreements in the constants.
    """

    samples: int = 12


@dataclass(frozen=True, slots=True)
class Rendering:
    """A prompt with the slot values that a template reads out of it."""

    prompt: Prompt
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A skeleton with its evidence.

    Attributes:
        agent: The sender, empty when prompts of several senders or of unknown ones share the template.
        role: Role of the message.
        skeleton: The constants.
        renderings: Prompts that it reads, in their given order.
        misfits: Prompts that look alike and that it does not read.
        samples: Number of different texts that it was fitted on.
        held_out: Number of different texts that it was not fitted on and was tried on.
        held_out_read: How many of those it reads.
    """

    agent: str
    role: str
    skeleton: Skeleton
    renderings: tuple[Rendering, ...]
    misfits: tuple[Prompt, ...]
    samples: int
    held_out: int
    held_out_read: int

    @property
    def cover(self) -> float:
        """Share of the prompts that look alike and that the template reads, 0..1."""
        return len(self.renderings) / (len(self.renderings) + len(self.misfits))


@dataclass(frozen=True, slots=True)
class Inference:
    """Templates, the one with most prompts first, and the prompts in which nothing repeats."""

    templates: tuple[Fitted, ...]
    unassigned: tuple[Prompt, ...]


def infer_templates(prompts: Sequence[Prompt], settings: Settings | None = None) -> Inference:
    """Templates of prompts: first within each agent and role, then across agents for what is left.

    Deterministic: the prompts' order and the process do not matter, samples are chosen by a digest of the text.
    """
    settings = settings or Settings()
    ordered = sorted(prompts, key=lambda prompt: (prompt.trace_id, prompt.id))
    found: list[Fitted] = []
    left: list[Prompt] = []
    for key in sorted({(prompt.agent, prompt.role) for prompt in ordered}):
        same = [prompt for prompt in ordered if (prompt.agent, prompt.role) == key]
        left += _infer_alike(same, key, settings, found)
    unassigned: list[Prompt] = []
    for role in sorted({prompt.role for prompt in left}):
        unassigned += _infer_alike([prompt for prompt in left if prompt.role == role], ("", role), settings, found)
    found.sort(key=lambda fitted: (-len(fitted.renderings), fitted.agent, fitted.role, fitted.skeleton.islands))
    return Inference(tuple(found), tuple(unassigned))


def _infer_alike(
    prompts: Sequence[Prompt],
    key: tuple[str, str],
    settings: Settings,
    found: list[Fitted],
) -> list[Prompt]:
    """Add the templates of one agent and role to `found`; returns the prompts that none of them explains."""
    by_text: dict[str, list[Prompt]] = {}
    for prompt in prompts:
        by_text.setdefault(prompt.text, []).append(prompt)
    texts = list(by_text)
    fits = [
        fitted
        for members in _groups(texts, settings.samples)
        for fitted in _proven(members, by_text, key, settings.samples)
    ]
    explained = _texts(fits)
    # A template of a few words leaves no frequent run of words; it shows when what is left is aligned as one group.
    left = [text for text in texts if text not in explained]
    if len(left) >= max(MANY_TEXTS, MOST * len(texts)):
        fits += _proven(left, by_text, key, settings.samples)
        explained = _texts(fits)
    found += fits
    needed = MIN_PROMPTS if key[1] in OPENING_ROLES else max(MIN_PROMPTS, FIXED_SHARE * len(prompts))
    for text in texts:
        if text not in explained and len(by_text[text]) >= needed and _has_enough_text(text):
            found.append(_evidence(align([text]), [by_text[text]], key, frozenset({text})))
            explained.add(text)
    return [prompt for prompt in prompts if prompt.text not in explained]


def _proven(
    members: Sequence[str],
    by_text: Mapping[str, Sequence[Prompt]],
    key: tuple[str, str],
    samples: int,
) -> list[Fitted]:
    fits = [
        _evidence(skeleton, [by_text[text] for text in alike], key, sampled)
        for skeleton, alike, sampled in _fit_all(members, samples, len(by_text))
    ]
    # What reads no prompt that it was not made of has proved nothing.
    return [fitted for fitted in fits if fitted.held_out_read]


def _texts(fits: Iterable[Fitted]) -> set[str]:
    """The texts of all prompts that the fits account for, read or not."""
    fits = list(fits)
    read = {rendering.prompt.text for fitted in fits for rendering in fitted.renderings}
    return read | {prompt.text for fitted in fits for prompt in fitted.misfits}


def _groups(texts: Sequence[str], samples: int) -> list[list[str]]:
    """Groups of like texts; those that differ only in a value that many of them share (a country, a tier) are one."""
    merged: list[list[str]] = []
    for members in _split_groups(texts):
        partner = next((each for each in merged[:MERGE_PARTNERS] if _are_one(each, members, samples)), None)
        if partner is None:
            merged.append(members)
        else:
            partner.extend(members)
    return merged


def _are_one(left: Sequence[str], right: Sequence[str], samples: int) -> bool:
    if _opening(left[0]) != _opening(right[0]):
        return False  # they begin differently: one may quote what the other is made of
    half = max(2, samples // 2)
    ours, theirs = sorted(left, key=_digest)[:half], sorted(right, key=_digest)[:half]
    together, apart = align([*ours, *theirs]), [align(ours), align(theirs)]
    return together.constant_length >= SAME_TEXT * min(skeleton.constant_length for skeleton in apart)


def _opening(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text[:200])[:OPENING_WORDS])


def _split_groups(texts: Sequence[str]) -> Iterable[list[str]]:
    for group in group_texts(texts):
        members = [texts[position] for position in group.members]
        openings: dict[tuple[str, ...], list[str]] = {}
        for text in members:
            openings.setdefault(_opening(text), []).append(text)
        repeated = [each for each in openings.values() if len(each) >= MIN_PROMPTS]
        # Two templates that quote the same long task share most runs; they differ in how they begin.
        yield from repeated if sum(map(len, repeated)) >= KEPT_TEXT * len(members) else [members]


def _fit_all(texts: Sequence[str], samples: int, among: int) -> Iterable[tuple[Skeleton, list[str], frozenset[str]]]:
    """Templates of one group, each with the texts that it is judged on and those that it was fitted on.

    Args:
        texts: The group.
        samples: Texts to fit on.
        among: How many texts the sender has sent in all.
    """
    skeleton, sampled = _fit(texts, samples)
    misfits = [text for text in texts if extract(skeleton, text) is None]
    if _has_enough_text(*skeleton.islands, is_usual=len(texts) >= max(MANY_TEXTS, MOST * among)):
        rest = [members for members in _split_groups(misfits) if len(members) < len(texts)]
        apart = {text for members in rest for text in members}
        yield skeleton, [text for text in texts if text not in apart], sampled
        for members in rest:
            yield from _fit_all(members, samples, among)


def _fit(texts: Sequence[str], samples: int) -> tuple[Skeleton, frozenset[str]]:
    """A skeleton of a few texts, refitted with texts it does not read as long as most of it stays."""
    ordered = sorted(texts, key=_digest)
    sampled = ordered[:samples]
    skeleton = align(sampled)
    for _ in range(ROUNDS):
        misfits = [text for text in ordered if extract(skeleton, text) is None]
        if not misfits:
            break
        refitted = align(sampled + misfits[: samples // 2 or 1])
        if refitted.constant_length < KEPT_TEXT * skeleton.constant_length:
            break
        sampled, skeleton = sampled + misfits[: samples // 2 or 1], refitted
    return skeleton, frozenset(sampled)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _has_enough_text(*islands: str, is_usual: bool = False) -> bool:
    needed = FEW_CONSTANT_WORDS if is_usual else MIN_CONSTANT_WORDS
    return sum(len(_WORD.findall(island)) for island in islands) >= needed


def _evidence(
    skeleton: Skeleton,
    alike: Sequence[Sequence[Prompt]],
    key: tuple[str, str],
    sampled: frozenset[str],
) -> Fitted:
    renderings: list[Rendering] = []
    misfits: list[Prompt] = []
    for same in alike:
        values = extract(skeleton, same[0].text)
        if values is None:
            misfits.extend(same)
        else:
            renderings.extend(Rendering(prompt, values) for prompt in same)
    texts = [same[0].text for same in alike]
    # A template without slots proves itself by being sent again; one with slots only by reading other texts.
    fixed = (len(renderings) + len(misfits), len(renderings))
    held_out, read = _held_out(skeleton, texts, sampled) if skeleton.slot_count else fixed
    return Fitted(*key, skeleton, tuple(renderings), tuple(misfits), len(sampled), held_out, read)


def _held_out(skeleton: Skeleton, texts: Sequence[str], sampled: frozenset[str]) -> tuple[int, int]:
    """Texts tried and read that the fit had not seen; a group too small for that is fitted again on parts of itself."""
    unseen = [text for text in texts if text not in sampled]
    if unseen:
        return len(unseen), sum(extract(skeleton, text) is not None for text in unseen)
    ordered = sorted(texts, key=_digest)
    read = 0
    for fold in range(FOLDS):
        rest = [text for number, text in enumerate(ordered) if number % FOLDS != fold]
        part = align(rest) if rest else skeleton
        read += sum(extract(part, text) is not None for text in ordered[fold::FOLDS])
    return len(ordered), read
