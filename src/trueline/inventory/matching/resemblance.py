"""How much the objects of one type resemble each other across the two sides, by name and by content."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING, Generic

from trueline.connections.contract import Facet
from trueline.inventory.matching.evidence import ItemT
from trueline.inventory.matching.names import base_tokens, name_tokens
from trueline.inventory.matching.signatures import (
    NO_OVERLAP,
    PRIOR,
    Corpus,
    Overlap,
    content_features,
    corpora,
    overlap,
    postings,
    shared_weights,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trueline.inventory.rules import Content, ItemView

NAME_SHARE = 0.4
"""Share of the name in the score of a pair; content says more, as authors rename more than they rewrite."""

FULL_CONTENT = 2.0
"""Content, in features that only two objects have, from which it has its full share. With less the name counts more:
a group, or a policy of one common setting, is known by its name."""


LEAST = 0.19
"""Likeness of name or content from which two objects are looked at. With less in both they are no pair, and no rival of
one: a pair begins at `verdicts.FLOOR`, and who is behind it by `verdicts.LEAD` is no rival. Where thousands of objects
share settings, nearly all of their neighbours are left out here."""


@dataclass(frozen=True, slots=True)
class Face(Generic[ItemT]):
    """One object as the lower rungs see it."""

    item: ItemT
    is_free: bool
    features: frozenset[str]
    base: tuple[str, ...]
    is_base_unique: bool
    is_content_unique: bool
    has_settings: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two objects resemble each other, each figure from 0 to 1.

    Attributes:
        name: Of their names without version and prefixes; 1 only when these are equal.
        content: Of their settings, or of their values for a type without settings.
        score: Both together.
        evidence: How much content they share, in features that only two objects have.
    """

    name: float
    content: float
    score: float
    evidence: float


@dataclass(frozen=True, slots=True)
class Block(Generic[ItemT]):
    """The objects of one type on both sides, and how each resembles each of the other side.

    Attributes:
        left: Objects of the left, in stable order, those already paired included: they are rivals.
        forward: For each free left object its likeness to every right object that may be its partner or a rival.
        backward: The same from each free right object to the left.
    """

    left: tuple[Face[ItemT], ...]
    right: tuple[Face[ItemT], ...]
    forward: Mapping[int, Mapping[int, Likeness]]
    backward: Mapping[int, Mapping[int, Likeness]]


@dataclass(frozen=True, slots=True)
class Side(Generic[ItemT]):
    """The objects of one type on one side with their content, and which of them are still free.

    `house` holds the words that most names of the whole side begin with.
    """

    items: Sequence[ItemT]
    contents: Sequence[Content]
    free: frozenset[int]
    house: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Weighed:
    content: Corpus
    names: Corpus
    content_index: Mapping[str, list[int]]
    names_index: Mapping[str, list[int]]
    bases: Mapping[tuple[str, ...], list[int]]


def block_of(left: Side[ItemT], right: Side[ItemT]) -> Block[ItemT]:
    """Everything the lower rungs need to know about one type."""
    mine, theirs = faces(left), faces(right)
    weighed_left, weighed_right = _weigh(mine, theirs)
    forward = _likenesses(mine, theirs, weighed_left, weighed_right)
    backward = _likenesses(theirs, mine, weighed_right, weighed_left)
    return Block(mine, theirs, forward, backward)


def faces(side: Side[ItemT]) -> tuple[Face[ItemT], ...]:
    """One side as the lower rungs see it."""
    bases = [base_tokens(name_tokens(item.name), side.house) for item in side.items]
    names = Counter((item.platform, base) for item, base in zip(side.items, bases, strict=True))
    digests = Counter(map(content_digest, side.items))
    return tuple(
        Face(
            item,
            number in side.free,
            content_features(content),
            base,
            names[item.platform, base] == 1,
            digests[content_digest(item)] == 1,
            bool(content.settings),
        )
        for number, (item, content, base) in enumerate(zip(side.items, side.contents, bases, strict=True))
    )


def content_digest(item: ItemView) -> str:
    """Digest of the settings of an object; empty when it has none."""
    return item.facet_digests.get(Facet.SETTINGS, "")


def _weigh(left: Sequence[Face[ItemT]], right: Sequence[Face[ItemT]]) -> tuple[_Weighed, _Weighed]:
    content = corpora([face.features for face in left], [face.features for face in right])
    names = corpora([frozenset(face.base) for face in left], [frozenset(face.base) for face in right])
    return _weighed(left, content[0], names[0], _sought(right)), _weighed(right, content[1], names[1], _sought(left))


def _sought(faces_of_side: Sequence[Face[ItemT]]) -> frozenset[str]:
    """The features of what is still free: only by these does it look for neighbours on the other side."""
    return frozenset().union(*(face.features for face in faces_of_side if face.is_free))


def _weighed(faces_of_side: Sequence[Face[ItemT]], content: Corpus, names: Corpus, sought: frozenset[str]) -> _Weighed:
    bases: dict[tuple[str, ...], list[int]] = {}
    for number, face in enumerate(faces_of_side):
        bases.setdefault(face.base, []).append(number)
    return _Weighed(content, names, postings(content, sought), postings(names), bases)


def _likenesses(
    mine: Sequence[Face[ItemT]], theirs: Sequence[Face[ItemT]], own: _Weighed, other: _Weighed
) -> dict[int, dict[int, Likeness]]:
    """For each free object its likeness to the objects of the other side, by their number."""
    return {number: _neighbours(number, mine, theirs, own, other) for number, face in enumerate(mine) if face.is_free}


def _neighbours(
    number: int, mine: Sequence[Face[ItemT]], theirs: Sequence[Face[ItemT]], own: _Weighed, other: _Weighed
) -> dict[int, Likeness]:
    face, platform = mine[number], mine[number].item.platform
    content = _shares(number, own.content, other.content, other.content_index, PRIOR)
    names = _shares(number, own.names, other.names, other.names_index, 0)
    kept = content.alike() | names.alike()
    if twins := other.bases.get(face.base, ()):
        # The content of one of the same name is held against the best that anybody has, however little that is.
        kept |= {one for one in twins if one in content.weights or one in names.weights}
        of_platform = (one for one in content.weights if is_one_platform(platform, theirs[one].item.platform))
        # Of equals the first: the order in which features come to light differs from run to run.
        kept |= set(nlargest(2, of_platform, key=lambda one: (content.overlap(one).similarity, -one)))
    return {
        neighbour: _likeness(
            names.overlap(neighbour).similarity,
            content.overlap(neighbour),
            max(own.content.masses[number], other.content.masses[neighbour]) / own.content.rarity,
            is_same_name=face.base == theirs[neighbour].base,
        )
        for neighbour in sorted(kept)
        if is_one_platform(platform, theirs[neighbour].item.platform)
    }


@dataclass(frozen=True, slots=True)
class _Shares:
    """The weight that one object shares with others, by their number, and what that comes to."""

    weights: Mapping[int, int]
    mass: int
    masses: Sequence[int]
    rarity: int

    def alike(self) -> set[int]:
        """Those that are alike enough to be looked at; without dividing, as there are many that are not."""
        mass, masses = self.mass, self.masses
        return {one for one, weight in self.weights.items() if weight * (1 + LEAST) >= LEAST * (mass + masses[one])}

    def overlap(self, other: int) -> Overlap:
        weight = self.weights.get(other)
        return overlap(weight, self.mass + self.masses[other], self.rarity) if weight else NO_OVERLAP


def _shares(number: int, own: Corpus, other: Corpus, index: Mapping[str, list[int]], prior: int) -> _Shares:
    weights = shared_weights(number, own, index)
    return _Shares(weights, own.masses[number] + prior, other.masses, own.rarity)


def is_one_platform(left: str, right: str) -> bool:
    """Whether two objects can be for the same platform; an unknown one may be any."""
    return not left or not right or left.casefold() == right.casefold()


def _likeness(name: float, content: Overlap, mass: float, *, is_same_name: bool) -> Likeness:
    """One pair; the same words in another order are almost, not quite, the same name."""
    name = 1.0 if is_same_name else min(name, 0.95)
    share = 1 - (1 - NAME_SHARE) * min(1.0, mass / FULL_CONTENT)
    return Likeness(name, content.similarity, share * name + (1 - share) * content.similarity, content.evidence)
