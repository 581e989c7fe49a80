"""Trees of hashes over an ordered list, as RFC 6962, section 2.1 defines them (and RFC 9162 after it).

A tree over n leaves costs n hashes once; to show that one leaf is in it takes log2(n) hashes and no other leaf.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry; the prefix keeps an entry from passing for a node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashes of entries, in order."""
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY


def proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The neighbours that lead from one entry to the root, the lowest first (RFC 6962, 2.1.1).

    Raises `IndexError` when there is no such entry.
    """
    return proofs(leaves, [index])[0]


def proofs(
    leaves: Sequence[bytes], indexes: Sequence[int], *, peaks: Sequence[bytes] = (), before: int = 0
) -> list[list[bytes]]:
    """As `proof`, for several entries of one tree, which is built once.

    Args:
        leaves: Hashes of the entries, or of those that are still there.
        indexes: Places in the whole tree, from 0.
        peaks: What stands for entries at the beginning that are not there any more; see `grown`.
        before: How many those are.
    """
    total = before + len(leaves)
    if any(not before <= index < total for index in indexes):
        raise IndexError("no such entry")
    paths: list[list[bytes]] = [[] for _index in indexes]
    places, level, first, left = list(indexes), list(leaves), before, list(peaks)
    while total > 1:
        if first & 1:
            level.insert(0, left.pop())
            first -= 1
        for path, place in zip(paths, places, strict=True):
            if place ^ 1 < total:
                path.append(level[(place ^ 1) - first])
        places, level = [place >> 1 for place in places], _above(level)
        first, total = first >> 1, (total + 1) >> 1
    return paths


def grown(peaks: Sequence[bytes], size: int, leaves: Iterable[bytes]) -> list[bytes]:
    """The peaks of a tree after more entries; with them a tree goes on without its earlier entries.

    Args:
        peaks: Roots of the complete subtrees that a tree of that size is made of, the greatest first.
        size: How many entries those stand for.
        leaves: Hashes of the entries that follow.
    """
    found = list(peaks)
    for number, leaf in enumerate(leaves, start=size):
        node, place = leaf, number
        while place & 1:
            node, place = node_hash(found.pop(), node), place >> 1
        found.append(node)
    return found


def root_of_peaks(peaks: Sequence[bytes]) -> bytes:
    """The root of a tree by its peaks."""
    return functools.reduce(lambda right, left: node_hash(left, right), reversed(peaks)) if peaks else EMPTY


def _above(level: list[bytes]) -> list[bytes]:
    pairs = [node_hash(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
    return pairs + level[len(pairs) * 2 :]
