"""How much the objects of one type resemble each other across the two sides, by name and by content."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from trueline.connections.contract import Facet
from trueline.inventory.matching.evidence import ItemT
from trueline.inventory.matching.names import base_tokens, name_tokens
from trueline.inventory.matching.signatures import (
    NO_OVERLAP,
    Corpus,
    Overlap,
    content_features,
    corpora,
    overlaps,
    postings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trueline.inventory.rules import Content, ItemView

NAME_SHARE = 0.4
"""Share of the name in the score of a pair; content says more, as authors rename more than they rewrite."""

FULL_CONTENT = 2.0
"""Content, in features that only two objects have, from which it has its full share. With less the name counts more:
a group, or a policy of one common setting, is known by its name."""


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
        forward: For each free left object its likeness to every right object that it shares anything with.
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
    return _weighed(content[0], names[0]), _weighed(content[1], names[1])


def _weighed(content: Corpus, names: Corpus) -> _Weighed:
    return _Weighed(content, names, postings(content), postings(names))


def _likenesses(
    mine: Sequence[Face[ItemT]], theirs: Sequence[Face[ItemT]], own: _Weighed, other: _Weighed
) -> dict[int, dict[int, Likeness]]:
    """For each free object its likeness to the objects of the other side, by their number."""
    return {number: _neighbours(number, mine, theirs, own, other) for number, face in enumerate(mine) if face.is_free}


def _neighbours(
    number: int, mine: Sequence[Face[ItemT]], theirs: Sequence[Face[ItemT]], own: _Weighed, other: _Weighed
) -> dict[int, Likeness]:
    by_content = overlaps(number, own.content, other.content, other.content_index)
    by_name = overlaps(number, own.names, other.names, other.names_index, prior=0)
    face = mine[number]
    found = {}
    for neighbour in sorted(by_content.keys() | by_name.keys()):
        partner = theirs[neighbour]
        if is_one_platform(face.item.platform, partner.item.platform):
            found[neighbour] = _likeness(
                by_name.get(neighbour, NO_OVERLAP).similarity,
                by_content.get(neighbour, NO_OVERLAP),
                max(own.content.masses[number], other.content.masses[neighbour]) / own.content.rarity,
                is_same_name=face.base == partner.base,
            )
    return found


def is_one_platform(left: str, right: str) -> bool:
    """Whether two objects can be for the same platform; an unknown one may be any."""
    return not left or not right or left.casefold() == right.casefold()


def _likeness(name: float, content: Overlap, mass: float, *, is_same_name: bool) -> Likeness:
    """One pair; the same words in another order are almost, not quite, the same name."""
    name = 1.0 if is_same_name else min(name, 0.95)
    share = 1 - (1 - NAME_SHARE) * min(1.0, mass / FULL_CONTENT)
    return Likeness(name, content.similarity, share * name + (1 - share) * content.similarity, content.evidence)
