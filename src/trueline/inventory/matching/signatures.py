"""What an object is made of, and how much two objects have in common.

The measure is the Jaccard index over weighted features. A feature that many objects have says little, one that only two
have says much: weight = log((n + 1) / df), the inverse document frequency (K. Sparck Jones, 1972). Weights are whole
numbers, so that no order of addition can change a result.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.connections.contract import Facet, Json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from trueline.inventory.rules import Content

SCALE = 1000
"""Units of weight for one unit of information; whole numbers stay exact."""

COMMON = 400
"""A feature of more objects than this is left out: it says nothing and would make every object everyone's neighbour."""

PRIOR = 2 * SCALE
"""Weight of doubt: an object of one common setting is never similar by content alone."""

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def content_features(content: Content) -> frozenset[str]:
    """Setting ids and (id, value) pairs; for an object without settings, its paths and (path, value) pairs."""
    if content.settings:
        return frozenset(_setting_features(content))
    return frozenset(_flat_features(content.facets.get(Facet.SETTINGS, {})))


def _setting_features(content: Content) -> Iterator[str]:
    for setting in content.settings:
        yield setting.id
        for value in setting.values:
            yield f"{setting.id}={value}"


def _flat_features(flat: Mapping[str, Json]) -> Iterator[str]:
    for path, value in flat.items():
        yield path
        for one in value if isinstance(value, (list, tuple)) else (value,):
            yield f"{path}={str(one).lower()}"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Objects as sets of features, each feature with its weight.

    Attributes:
        documents: Features of each object that carry weight, sorted.
        masses: Total weight of each object.
        rarity: Weight of a feature that only two objects have, the unit of evidence.
    """

    weights: Mapping[str, int]
    documents: tuple[tuple[str, ...], ...]
    masses: tuple[int, ...]
    rarity: int


def corpora(
    left: Sequence[frozenset[str] | Counter[str]], right: Sequence[frozenset[str] | Counter[str]]
) -> tuple[Corpus, Corpus]:
    """Both sides weighed together, so that a feature weighs the same on both."""
    frequency = Counter(feature for document in (*left, *right) for feature in document)
    size = len(left) + len(right)
    weights = {
        feature: round(SCALE * math.log((size + 1) / times))
        for feature, times in frequency.items()
        if times <= COMMON and not _is_foreign_id(feature, times)
    }
    rarity = max(1, round(SCALE * math.log((size + 1) / 2)))
    return _corpus(left, weights, rarity), _corpus(right, weights, rarity)


def _is_foreign_id(feature: str, times: int) -> bool:
    """Whether a value is an id that only one object knows: ids of one tenant say nothing about another."""
    return times == 1 and _GUID.fullmatch(feature.rpartition("=")[2]) is not None


def _corpus(documents: Iterable[Iterable[str]], weights: Mapping[str, int], rarity: int) -> Corpus:
    kept = tuple(tuple(sorted(set(document) & weights.keys())) for document in documents)
    masses = tuple(sum(weights[feature] for feature in document) for document in kept)
    return Corpus(weights, kept, masses, rarity)


def postings(corpus: Corpus) -> dict[str, list[int]]:
    """For each feature the objects that have it, ascending."""
    index: dict[str, list[int]] = {}
    for number, document in enumerate(corpus.documents):
        for feature in document:
            index.setdefault(feature, []).append(number)
    return index


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two objects share.

    Attributes:
        similarity: Weighted Jaccard index from 0 to 1, with a prior added to the union: little evidence cannot give a
            high similarity.
        evidence: The weight they share, counted in features that only two objects have.
    """

    similarity: float
    evidence: float


NO_OVERLAP = Overlap(0.0, 0.0)


def overlaps(
    number: int, corpus: Corpus, other: Corpus, index: Mapping[str, Sequence[int]], prior: int = PRIOR
) -> dict[int, Overlap]:
    """What one object shares with every object of the other side that has any of its features."""
    shared: dict[int, int] = {}
    for feature in corpus.documents[number]:
        weight = corpus.weights[feature]
        for neighbour in index.get(feature, ()):
            shared[neighbour] = shared.get(neighbour, 0) + weight
    mass = corpus.masses[number] + prior
    return {
        neighbour: Overlap(weight / (mass + other.masses[neighbour] - weight), weight / corpus.rarity)
        for neighbour, weight in shared.items()
        if weight
    }
