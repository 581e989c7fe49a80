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
    from collections.abc import Set as AbstractSet

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
        documents: Features of each object that carry weight.
        masses: Total weight of each object.
        rarity: Weight of a feature that only two objects have, the unit of evidence.
    """

    weights: Mapping[str, int]
    documents: tuple[AbstractSet[str], ...]
    masses: tuple[int, ...]
    rarity: int


def corpora(
    left: Sequence[frozenset[str] | Counter[str]], right: Sequence[frozenset[str] | Counter[str]]
) -> tuple[Corpus, Corpus]:
    """Both sides weighed together, so that a feature weighs the same on both."""
    frequency = Counter(feature for document in (*left, *right) for feature in document)
    size = len(left) + len(right)
    # Nearly every feature is as rare as many others: one logarithm for each frequency, not one for each feature.
    weight_of = {times: round(SCALE * math.log((size + 1) / times)) for times in set(frequency.values())}
    weights = {
        feature: weight_of[times]
        for feature, times in frequency.items()
        if times <= COMMON and not _is_foreign_id(feature, times)
    }
    rarity = max(1, round(SCALE * math.log((size + 1) / 2)))
    return _corpus(left, weights, rarity), _corpus(right, weights, rarity)


def _is_foreign_id(feature: str, times: int) -> bool:
    """Whether a value is an id that only one object knows: ids of one tenant say nothing about another."""
    return times == 1 and feature[-13:-12] == "-" and _GUID.fullmatch(feature.rpartition("=")[2]) is not None


def _corpus(documents: Iterable[Iterable[str]], weights: Mapping[str, int], rarity: int) -> Corpus:
    kept = tuple(frozenset(document) & weights.keys() for document in documents)
    masses = tuple(sum(weights[feature] for feature in document) for document in kept)
    return Corpus(weights, kept, masses, rarity)


def postings(corpus: Corpus, wanted: AbstractSet[str] | None = None) -> dict[str, list[int]]:
    """For each feature the objects that have it, ascending; only for wanted ones where somebody says which."""
    index: dict[str, list[int]] = {}
    for number, document in enumerate(corpus.documents):
        for feature in document if wanted is None else document & wanted:
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
    mass = corpus.masses[number] + prior
    return {
        neighbour: overlap(weight, mass + other.masses[neighbour], corpus.rarity)
        for neighbour, weight in shared_weights(number, corpus, index).items()
        if weight
    }


def shared_weights(number: int, corpus: Corpus, index: Mapping[str, Sequence[int]]) -> dict[int, int]:
    """The weight that one object shares with every object of the other side that has any of its features."""
    shared: dict[int, int] = {}
    for feature in corpus.documents[number]:
        weight = corpus.weights[feature]
        for neighbour in index.get(feature, ()):
            shared[neighbour] = shared.get(neighbour, 0) + weight
    return shared


def overlap(weight: int, masses: int, rarity: int) -> Overlap:
    """What two objects share that have this weight in common and these masses together."""
    return Overlap(weight / (masses - weight), weight / rarity)
