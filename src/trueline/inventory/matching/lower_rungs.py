"""The rungs that look inside: base names, settings, content, each as one global assignment for a type."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from trueline.inventory.matching.assignment import best_assignment
from trueline.inventory.matching.evidence import ItemT, Pair
from trueline.inventory.matching.names import house_prefix, name_tokens
from trueline.inventory.matching.resemblance import Block, Side, block_of
from trueline.inventory.matching.verdicts import FLOOR, Contest, contests, verdict
from trueline.inventory.rules import stable_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from trueline.inventory.matching.keyed import Sides
    from trueline.inventory.matching.links import LinkBook
    from trueline.inventory.matching.resemblance import Likeness
    from trueline.inventory.rules import Content

    Load = Callable[[Sequence[ItemT]], Sequence[Content]]


KINSHIP = 0.2
"""Share of the smaller side that must have a clear likeness on the other before likeness can make a link."""

CLEAR_SCORE, CLEAR_CONTENT = 0.5, 0.75
"""Score, or content alone, from which a likeness is clear enough to show that two sides are of one descent."""


def climb_by_likeness(sides: Sides[ItemT], load: Load[ItemT]) -> None:
    """Pair what resembles each other within a type; doubtful pairs are proposed."""
    likely = [pair for block in _blocks(sides, load) for pair in _contests(block, sides.links)]
    are_related = _are_related(sides, likely)
    sides.accept(Pair(pair.left.item, pair.right.item, verdict(pair, are_related=are_related)) for pair in likely)


def _are_related(sides: Sides[ItemT], contests: Sequence[Contest[ItemT]]) -> bool:
    """Whether enough objects of the smaller side are paired, or clearly resemble one, to be of one descent."""
    known = len(sides.pairs)
    clear = known + sum(_is_clear(pair.likeness) for pair in contests)
    return clear >= KINSHIP * (known + min(len(sides.left), len(sides.right)))


def _is_clear(likeness: Likeness) -> bool:
    return likeness.score >= CLEAR_SCORE or likeness.content >= CLEAR_CONTENT


def _blocks(sides: Sides[ItemT], load: Load[ItemT]) -> Iterator[Block[ItemT]]:
    """One block for each type that has free objects on both sides."""
    free_right = _by_type(sides.right)
    taken_left = _by_type([pair.left for pair in sides.pairs])
    taken_right = _by_type([pair.right for pair in sides.pairs])
    house_left, house_right = _house(sides.left, taken_left), _house(sides.right, taken_right)
    for object_type, free in sorted(_by_type(sides.left).items()):
        if object_type in free_right:
            left = _side(free, taken_left.get(object_type, []), load, house_left)
            right = _side(free_right[object_type], taken_right.get(object_type, []), load, house_right)
            yield block_of(left, right)


def _house(free: Sequence[ItemT], taken: Mapping[str, Sequence[ItemT]]) -> frozenset[str]:
    return house_prefix(name_tokens(item.name) for item in chain(free, *taken.values()))


def _by_type(items: Sequence[ItemT]) -> dict[str, list[ItemT]]:
    groups: dict[str, list[ItemT]] = defaultdict(list)
    for item in items:
        groups[item.object_type].append(item)
    return groups


def _side(free: Sequence[ItemT], taken: Sequence[ItemT], load: Load[ItemT], house: frozenset[str]) -> Side[ItemT]:
    items = sorted((*free, *taken), key=stable_key)
    open_ones = {id(item) for item in free}
    free_numbers = frozenset(number for number, item in enumerate(items) if id(item) in open_ones)
    return Side(items, load(items), free_numbers, house)


def _contests(block: Block[ItemT], links: LinkBook) -> list[Contest[ItemT]]:
    rows = sorted(block.forward)
    found = best_assignment([_allowed(block, row, links) for row in rows])
    return contests(block, {rows[number]: column for number, column in found.items()})


def _allowed(block: Block[ItemT], row: int, links: LinkBook) -> dict[int, float]:
    mine = block.left[row].item
    return {
        column: likeness.score
        for column, likeness in block.forward[row].items()
        if likeness.score >= FLOOR and block.right[column].is_free and not links.refuses(mine, block.right[column].item)
    }
