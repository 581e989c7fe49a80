"""Which prompts were rendered from the same template, judged by the word runs that many prompts share.

A run of words that only one prompt has comes from a slot; one that many prompts have comes from a template. So each
prompt is reduced to its frequent runs, and prompts with nearly the same frequent runs belong together.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SHINGLE_WORDS = 5
MIN_PROMPTS = 3
"""Fewer different renderings show no template."""
FREQUENT_SHARE = 0.02
"""A run of words is frequent when at least this share of the prompts has it (and at least `MIN_PROMPTS`)."""
MIN_JACCARD = 0.6
"""Prompts with this overlap of frequent runs share a template."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Group:
    """Positions of prompts that look alike, in the order given."""

    members: tuple[int, ...]


def group_texts(texts: Sequence[str]) -> tuple[Group, ...]:
    """Groups of at least `MIN_PROMPTS` different texts with a common base, the largest first.

    Texts in no group have nothing that repeats.
    """
    runs = [_runs(text) for text in texts]
    counts = Counter(run for each in runs for run in each)
    needed = max(MIN_PROMPTS, round(FREQUENT_SHARE * len(texts)))
    frequent = [frozenset(run for run in each if counts[run] >= needed) for each in runs]
    leaders: list[frozenset[int]] = []
    members: dict[int, list[int]] = {}
    for signature, positions in _by_signature(frequent):
        leader = _leader(signature, leaders)
        members.setdefault(leader, []).extend(positions)
    groups = [Group(tuple(sorted(each))) for each in members.values() if len(each) >= MIN_PROMPTS]
    return tuple(sorted(groups, key=lambda group: (-len(group.members), group.members)))


def _runs(text: str) -> frozenset[int]:
    words = _WORD.findall(text.lower())
    length = min(SHINGLE_WORDS, len(words))
    return (
        frozenset(hash(tuple(words[n : n + length])) for n in range(len(words) - length + 1)) if words else frozenset()
    )


def _by_signature(frequent: Sequence[frozenset[int]]) -> list[tuple[frozenset[int], list[int]]]:
    by_signature: dict[frozenset[int], list[int]] = {}
    for position, signature in enumerate(frequent):
        if signature:
            by_signature.setdefault(signature, []).append(position)
    return sorted(by_signature.items(), key=lambda item: (-len(item[1]), item[1]))


def _leader(signature: frozenset[int], leaders: list[frozenset[int]]) -> int:
    for index, leader in enumerate(leaders):
        if _jaccard(signature, leader) >= MIN_JACCARD:
            return index
    leaders.append(signature)
    return len(leaders) - 1


def _jaccard(left: frozenset[int], right: frozenset[int]) -> float:
    if min(len(left), len(right)) < MIN_JACCARD * max(len(left), len(right)):
        return 0.0
    both = len(left & right)
    return both / (len(left) + len(right) - both)
