"""The text that a set of prompts has in common, in order, by progressive alignment of tokens.

The common subsequence is refined prompt by prompt. Between two kept tokens a gap is remembered as soon as one prompt
has something there, so the result is a list of constant islands with slots between them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(r"\w+|\W", re.DOTALL)
_WORD = re.compile(r"\w+")
_LABEL = re.compile(r"\n[^\S\n]*[#*\[<>\-=`]*[^\S\n]*\w[\w \-/]{0,40}[*]*[:\]>]|</?\w[\w\-]*>")

MIN_ISLAND_WORDS = 4
"""Shorter constants between two slots are mostly chance: words such as "the" align in any two English texts."""

ANCHOR = 8
"""Tokens of an anchor. Anchors that occur once on both sides split a long alignment into short ones."""

MAX_CELLS = 400_000
"""Above this product of lengths a stretch without any anchor is two different slot values, not worth aligning."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Constant islands in order.

    Attributes:
        islands: The constants; a slot lies between each two neighbours.
        open_start: Whether prompts have text before the first island.
        open_end: Whether prompts have text after the last one.
    """

    islands: tuple[str, ...]
    open_start: bool
    open_end: bool

    @property
    def slot_count(self) -> int:
        """How many places vary."""
        return max(len(self.islands) - 1, 0) + self.open_start + self.open_end

    @property
    def constant_length(self) -> int:
        """Characters that are constant."""
        return sum(map(len, self.islands))


@dataclass(frozen=True, slots=True)
class _Common:
    """Kept tokens; `gaps[i]` is whether any prompt has something before token i, the last one: after all of them."""

    tokens: list[str]
    gaps: list[bool]


def tokens(text: str) -> list[str]:
    """Words, and each other character by itself; joined they are the text again."""
    return _TOKEN.findall(text)


def align(texts: Sequence[str]) -> Skeleton:
    """The skeleton that all texts share; of one text, the text itself without a slot.

    Args:
        texts: At least one rendered prompt.
    """
    first = tokens(texts[0])
    common = _Common(first, [False] * (len(first) + 1))
    for other in texts[1:]:
        common = _reduce(common, tokens(other))
    return _skeleton(common)


def _reduce(common: _Common, other: list[str]) -> _Common:
    kept: list[str] = []
    gaps: list[bool] = []
    left = right = 0
    for i, j in matching(common.tokens, other):
        gaps.append(i > left or j > right or common.gaps[i])
        kept.append(common.tokens[i])
        left, right = i + 1, j + 1
    gaps.append(left < len(common.tokens) or right < len(other) or common.gaps[-1])
    return _Common(kept, gaps)


def _skeleton(common: _Common) -> Skeleton:
    islands: list[str] = []
    for token, gap in zip(common.tokens, common.gaps, strict=False):
        if gap or not islands:
            islands.append("")
        islands[-1] += token
    if not islands:
        return Skeleton((), open_start=True, open_end=False)
    starts, ends = not common.gaps[0], not common.gaps[-1]
    last = len(islands) - 1
    kept = [n for n, text in enumerate(islands) if _is_kept(text, opens=starts and n == 0, closes=ends and n == last)]
    return Skeleton(
        tuple(islands[n] for n in kept),
        open_start=not (starts and 0 in kept),
        open_end=bool(kept) and not (ends and last in kept),
    )


def _is_kept(island: str, *, opens: bool, closes: bool) -> bool:
    # Where a prompt begins, one shared word is already telling; where it ends, many share a question mark by chance.
    needed = 1 if opens else 2 if closes else MIN_ISLAND_WORDS
    words = len(_WORD.findall(island))
    return words >= needed or (words >= 1 and _LABEL.search(island) is not None)


def matching(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of positions with equal tokens, both rising: shared ends first, then unique anchors, then the rest.

    Splitting at anchors is the patience method of Bram Cohen; stretches between them are left to difflib.
    """
    head = _shared_head(left, right)
    tail = _shared_head(left[head:][::-1], right[head:][::-1])
    yield from ((n, n) for n in range(head))
    i, j = head, head
    for a, b in [*_anchors(left, right, head, tail), (len(left) - tail, len(right) - tail)]:
        yield from ((i + x, j + y) for x, y in _short_matching(left[i:a], right[j:b]))
        i, j = a, b
        while i < len(left) - tail and j < len(right) - tail and left[i] == right[j]:
            yield i, j
            i, j = i + 1, j + 1
    yield from ((len(left) - tail + n, len(right) - tail + n) for n in range(tail))


def _shared_head(left: Sequence[str], right: Sequence[str]) -> int:
    length = min(len(left), len(right))
    return next((n for n in range(length) if left[n] != right[n]), length)


def _anchors(left: Sequence[str], right: Sequence[str], head: int, tail: int) -> list[tuple[int, int]]:
    """Starts of token runs that occur once on both sides, in rising order, none inside the run of the one before."""
    ours, theirs = _unique_runs(left, head, len(left) - tail), _unique_runs(right, head, len(right) - tail)
    pairs = sorted((ours[run], theirs[run]) for run in ours.keys() & theirs.keys())
    chosen: list[tuple[int, int]] = []
    end = (head, head)
    for a, b in _rising(pairs):
        if a >= end[0] and b >= end[1]:
            chosen.append((a, b))
            end = _run_end(left, right, a, b)
    return chosen


def _run_end(left: Sequence[str], right: Sequence[str], a: int, b: int) -> tuple[int, int]:
    while a < len(left) and b < len(right) and left[a] == right[b]:
        a, b = a + 1, b + 1
    return a, b


def _unique_runs(side: Sequence[str], start: int, stop: int) -> dict[tuple[str, ...], int]:
    seen: dict[tuple[str, ...], int] = {}
    for n in range(start, stop - ANCHOR + 1):
        run = tuple(side[n : n + ANCHOR])
        seen[run] = -1 if run in seen else n
    return {run: n for run, n in seen.items() if n >= 0}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs whose second positions rise, by patience sorting."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for index, (_, second) in enumerate(pairs):
        pile = bisect_left(tops, second)
        tops[pile : pile + 1] = [second]
        piles[pile : pile + 1] = [index]
        before.append(piles[pile - 1] if pile else -1)
    chain: list[tuple[int, int]] = []
    index = piles[-1] if piles else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _short_matching(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int]]:
    if not left or not right or len(left) * len(right) > MAX_CELLS:
        return
    for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
        yield from ((block.a + n, block.b + n) for n in range(block.size))
