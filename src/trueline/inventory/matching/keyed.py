"""The rungs of the ladder that need a key only: ids, links, fixed ids, names."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from trueline.inventory.matching.evidence import Evidence, ItemT, Pair
from trueline.inventory.rules import stable_key

if TYPE_CHECKING:
    from trueline.inventory.matching.links import LinkBook

Key = Callable[[ItemT], Hashable | None]


@dataclass(slots=True)
class Sides(Generic[ItemT]):
    """What is still to be paired on both sides, in stable order, and the pairs found so far."""

    left: list[ItemT]
    right: list[ItemT]
    pairs: list[Pair[ItemT]]
    links: LinkBook

    def accept(self, found: Iterable[Pair[ItemT]]) -> None:
        """Keep pairs and take their members out of the search."""
        pairs = list(found)
        taken_left = {id(pair.left) for pair in pairs}
        taken_right = {id(pair.right) for pair in pairs}
        self.pairs.extend(pairs)
        self.left = [item for item in self.left if id(item) not in taken_left]
        self.right = [item for item in self.right if id(item) not in taken_right]

    def withdraw_proposals(self) -> None:
        """Let the members of doubtful pairs stay alone."""
        doubtful = [pair for pair in self.pairs if not pair.evidence.auto]
        self.pairs = [pair for pair in self.pairs if pair.evidence.auto]
        self.left = sorted((*self.left, *(pair.left for pair in doubtful)), key=stable_key)
        self.right = sorted((*self.right, *(pair.right for pair in doubtful)), key=stable_key)


def sides_of(left: Iterable[ItemT], right: Iterable[ItemT], links: LinkBook) -> Sides[ItemT]:
    """Both sides at the foot of the ladder, in an order that does not depend on how they were read."""
    return Sides(sorted(left, key=stable_key), sorted(right, key=stable_key), [], links)


def climb(
    sides: Sides[ItemT],
    key: Key[ItemT],
    evidence: Evidence,
    *,
    inside: Sequence[Key[ItemT]] = (),
    leftover: Evidence | None = None,
) -> None:
    """Pair what shares a key that only one object of each side has.

    Where several share it, `inside` says by which further keys to tell them apart, in turn. Those that stay ambiguous
    are left for the lower rungs, or, where a `leftover` evidence is given, paired in stable order.
    """
    left, right = _grouped(sides.left, key), _grouped(sides.right, key)
    found = list(_alone(left, right, evidence, sides.links))
    for value in sorted(left.several.keys() | right.several.keys(), key=repr) if inside else ():
        group = Sides(left.of(value), right.of(value), [], sides.links)
        for further in inside:
            climb(group, further, evidence)
        found += group.pairs
        if leftover is not None:
            rest = zip(group.left, group.right, strict=False)
            found += [Pair(mine, theirs, leftover) for mine, theirs in rest if not sides.links.refuses(mine, theirs)]
    sides.accept(found)


def _alone(left: _Groups[ItemT], right: _Groups[ItemT], evidence: Evidence, links: LinkBook) -> Iterator[Pair[ItemT]]:
    """Pairs of objects that nobody else on their side shares the key with."""
    for value, mine in left.singles.items():
        theirs = right.singles.get(value)
        if theirs is not None and not links.refuses(mine, theirs):
            yield Pair(mine, theirs, evidence)


@dataclass(slots=True)
class _Groups(Generic[ItemT]):
    """Items by key, those alone with theirs apart: nearly all are, and a list for each costs more than it holds."""

    singles: dict[Hashable, ItemT]
    several: dict[Hashable, list[ItemT]]

    def of(self, value: Hashable) -> list[ItemT]:
        return self.several.get(value) or [item for item in (self.singles.get(value),) if item is not None]


def _grouped(items: Iterable[ItemT], key: Key[ItemT]) -> _Groups[ItemT]:
    singles: dict[Hashable, ItemT] = {}
    several: dict[Hashable, list[ItemT]] = {}
    for item in items:
        value = key(item)
        if value is None:
            continue
        if value in several:
            several[value].append(item)
        elif value in singles:
            several[value] = [singles.pop(value), item]
        else:
            singles[value] = item
    return _Groups(singles, several)
