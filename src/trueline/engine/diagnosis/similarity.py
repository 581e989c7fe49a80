"""Causes outside the lexicon that are worded alike: agglomerative clustering of their masked messages.

Similarity is the cosine of character 3- to 5-gram counts. Inverse document frequencies are left out on purpose: with
them the likeness of two messages, and so the clusters, would depend on what else was read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array
from scipy.spatial.distance import squareform

from trueline.engine.diagnosis.vocabulary import content_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from trueline.engine.diagnosis.normalizer import Fingerprint

MAX_DISTANCE = 0.5
MAX_BLOCK = 1_000
_NEVER = 2.0
_GRAMS = (3, 4, 5)


def merged_keys(weights: Mapping[Fingerprint, int]) -> dict[str, str]:
    """For each fingerprint's key the key of the cause that it belongs to.

    Args:
        weights: How often each fingerprint occurred.

    Returns:
        Key to representative key; a known concept is always its own. The representative is the shortest key of the
        cluster, so that it does not move when rarer wordings arrive.
    """
    joined = {fingerprint.key: fingerprint.key for fingerprint in weights}
    placed = _with_place(weights)
    blocks: dict[tuple[frozenset[str], str], list[Fingerprint]] = defaultdict(list)
    for fingerprint in weights:
        if not fingerprint.concept:
            home = placed[fingerprint.key]
            blocks[home.targets, home.context].append(fingerprint)
    for block in blocks.values():
        joined.update(_merged_block(block, weights))
    return joined


def _with_place(weights: Iterable[Fingerprint]) -> dict[str, Fingerprint]:
    """A cause without a tool joins the same words with a tool when there is exactly one such tool."""
    by_words: dict[tuple[str, str], list[Fingerprint]] = defaultdict(list)
    for fingerprint in weights:
        by_words[fingerprint.type, fingerprint.template].append(fingerprint)
    placed: dict[str, Fingerprint] = {}
    for group in by_words.values():
        with_tool = [fingerprint for fingerprint in group if fingerprint.context]
        for fingerprint in group:
            joins = not fingerprint.context and len(with_tool) == 1
            placed[fingerprint.key] = with_tool[0] if joins else fingerprint
    return placed


def _merged_block(block: Sequence[Fingerprint], weights: Mapping[Fingerprint, int]) -> dict[str, str]:
    ordered = sorted(block, key=lambda fingerprint: (-weights[fingerprint], fingerprint.key))[:MAX_BLOCK]
    if len(ordered) < 2:
        return {}
    ordered.sort(key=lambda fingerprint: fingerprint.key)
    tree = linkage(squareform(distances(ordered), checks=False), method="complete")
    labels = fcluster(tree, t=MAX_DISTANCE, criterion="distance")
    groups: dict[int, list[str]] = defaultdict(list)
    for label, fingerprint in zip(labels, ordered, strict=True):
        groups[int(label)].append(fingerprint.key)
    return {key: min(keys, key=lambda item: (len(item), item)) for keys in groups.values() for key in keys}


def distances(fingerprints: Sequence[Fingerprint]) -> NDArray[np.float64]:
    """Distances between causes, shape (n, n): 1 - cosine, and 2 for two that must not be merged."""
    likeness = _cosines([fingerprint.template for fingerprint in fingerprints])
    apart = np.clip(1.0 - likeness, 0.0, 1.0)
    words = [content_words(fingerprint.template) for fingerprint in fingerprints]
    # Only pairs that are near enough to be merged need a closer look.
    for row, column in np.argwhere(np.tril(apart <= MAX_DISTANCE, -1)):
        if _is_conflict(fingerprints[row], fingerprints[column], words[row], words[column]):
            apart[row, column] = apart[column, row] = _NEVER
    np.fill_diagonal(apart, 0.0)
    return np.asarray(apart, dtype=np.float64)


def _is_conflict(one: Fingerprint, other: Fingerprint, words: frozenset[str], other_words: frozenset[str]) -> bool:
    """Another type, or each has a word of its own: then they speak of two things."""
    if one.type and other.type and one.type != other.type:
        return True
    return bool(words - other_words) and bool(other_words - words)


def _cosines(texts: Sequence[str]) -> NDArray[np.float64]:
    vocabulary: dict[str, int] = {}
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        for gram, count in _grams(text).items():
            rows.append(row)
            columns.append(vocabulary.setdefault(gram, len(vocabulary)))
            values.append(1.0 + float(np.log(count)))
    counts = csr_array((values, (rows, columns)), shape=(len(texts), max(len(vocabulary), 1)))
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    products = (counts @ counts.T).toarray()
    scale = np.outer(lengths, lengths)
    return np.asarray(np.divide(products, scale, out=np.zeros_like(products), where=scale > 0), dtype=np.float64)


def _grams(text: str) -> Counter[str]:
    padded = f" {text} "
    return Counter(padded[at : at + size] for size in _GRAMS for at in range(len(padded) - size + 1))
