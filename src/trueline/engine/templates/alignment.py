"""The text that a set of prompts has in common, in order, by progressive alignment of tokens.

The common subsequence is refined prompt by prompt. Between two kept tokens a gap is remembered as soon as one prompt
has something there, so the result is a list of constant islands with slots between them.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(r"\w+|\W", re.DOTALL)
_WORD = re.compile(r"\w+")
_DELIMITER = re.compile(r"^\s*[:|;=>→]+\s*$")
_CLOSING = re.compile(r"\n|</?\w")
_SENTENCE_END = re.compile(r"^[.?!]+(?=\n|$)")
_LABEL = re.compile(r"\n[^\S\n]*[#*\[<>\-=`]*[^\S\n]*\w[\w \-/]{0,40}[*]*[:\]>]|</?\w[\w\-]*>")

MIN_ISLAND_WORDS = 4
"""Shorter constants between two slots are mostly chance: words such as "the" align in any two English texts."""

NEAR_WORDS = 3.0
"""A short constant that stands, on average, at most so many words after the one before it is no chance: the same word
would have to open the slot in every text."""

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
    return _skeleton(common, [tokens(text) for text in texts])


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


@dataclass(frozen=True, slots=True)
class _Island:
    """A run of kept tokens without a gap inside.

    Attributes:
        text: Its text.
        opens: Whether every text begins with it.
        closes: Whether every text ends with it.
        before: Mean number of words in the gap before it.
    """

    text: str
    opens: bool
    closes: bool
    before: float

    @property
    def words(self) -> int:
        return len(_WORD.findall(self.text))


def _skeleton(common: _Common, texts: Sequence[list[str]]) -> Skeleton:
    kept: list[_Island] = []
    distance = 0.0
    for island in _islands(common, texts):
        distance += island.before
        if _is_kept(island, distance if kept else math.inf):
            kept.append(_without_sentence_end(island))
            distance = 0.0
        else:
            distance += island.words
    kept = [island for island in kept if island.text]
    return Skeleton(
        tuple(island.text for island in kept),
        open_start=not (kept and kept[0].opens),
        open_end=bool(kept) and not kept[-1].closes,
    )


def _islands(common: _Common, texts: Sequence[list[str]]) -> list[_Island]:
    starts = [n for n in range(len(common.tokens)) if n == 0 or common.gaps[n]]
    gaps = _gap_words(common, texts)
    return [
        _Island(
            "".join(common.tokens[start:stop]),
            opens=start == 0 and not common.gaps[0],
            closes=stop == len(common.tokens) and not common.gaps[-1],
            before=gaps[start],
        )
        for start, stop in pairwise([*starts, len(common.tokens)])
    ]


def _gap_words(common: _Common, texts: Sequence[list[str]]) -> list[float]:
    """Mean number of words that the texts have before each kept token; infinite where one of them cannot be aligned."""
    totals = [0.0] * len(common.tokens)
    for text in texts:
        position = 0
        unmatched = set(range(len(common.tokens)))
        for n, j in matching(common.tokens, text):
            totals[n] += sum(_WORD.match(token) is not None for token in text[position:j])
            position = j + 1
            unmatched.discard(n)
        for n in unmatched:
            totals[n] = math.inf
    return [total / len(texts) for total in totals]


def _is_kept(island: _Island, distance: float) -> bool:
    if island.words >= MIN_ISLAND_WORDS or (island.words and _LABEL.search(island.text)):
        return True
    if island.opens or island.closes:
        # Where a prompt begins, one shared word is telling; where it ends, many share a question mark by chance.
        return island.words >= (1 if island.opens else 2) or (
            island.closes and _CLOSING.search(island.text) is not None
        )
    return distance <= NEAR_WORDS and (island.words > 0 or _DELIMITER.match(island.text) is not None)


def _without_sentence_end(island: _Island) -> _Island:
    """Without the full stop that ends the slot before it: most slots are sentences, so all texts may share it."""
    return island if island.opens else replace(island, text=_SENTENCE_END.sub("", island.text))


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
