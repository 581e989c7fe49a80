"""The identity ladder from its first rung to its last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trueline.connections.contract import Facet
from trueline.inventory.matching.cross_type import climb_across_types
from trueline.inventory.matching.evidence import Evidence, ItemT, Matching, Method, Pair
from trueline.inventory.matching.keyed import Sides, climb, sides_of
from trueline.inventory.matching.links import Link, LinkBook, identity_key, link_book
from trueline.inventory.matching.lower_rungs import climb_by_likeness
from trueline.inventory.matching.names import normal_name
from trueline.inventory.rules import ItemView

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from trueline.inventory.matching.lower_rungs import Load

SAME_ID = Evidence(Method.ID, 1.0, auto=True, reason="Both have the same id.")
SHARED_ID = Evidence(Method.ID, 0.8, auto=True, reason="Both have the same id, which several objects share.")
SAME_LINK = Evidence(Method.LINK, 1.0, auto=True, reason="A person said that they are the same object.")
SAME_FIXED_ID = Evidence(
    Method.FIXED_ID, 0.99, auto=True, reason="Both have the same fixed identity, which holds in every tenant."
)
SAME_NAME_AND_SETTINGS = Evidence(
    Method.NAME, 0.98, auto=True, reason="Both have the same name, type and platform, and the same settings."
)
TWINS = Evidence(
    Method.NAME,
    0.9,
    auto=True,
    reason="Both are the same in name and content, as others beside them are: any of them stands for any.",
)
SAME_NAME = Evidence(Method.NAME, 0.97, auto=True, reason="Both have the same name, type and platform.")


def match_items(  # noqa: PLR0913 - two sides, how to look inside, and what is known of them
    left: Iterable[ItemT],
    right: Iterable[ItemT],
    *,
    load: Load[ItemT],
    links: Iterable[Link] = (),
    ignore_ids: bool = False,
    propose: bool = True,
) -> Matching[ItemT]:
    """Pair the objects of two sides, one to one, the same whatever their order.

    Args:
        left: Objects of one side.
        right: Objects of the other.
        load: Gives the content of items; asked only for the rungs that look inside.
        links: What people answered earlier about pairs.
        ignore_ids: Treat the sides as two tenants, where an equal id means nothing.
        propose: Whether doubtful pairs are wanted. Without them their members stay alone.

    Returns:
        Every pair with its evidence, and the objects left over on each side.
    """
    book = link_book(links)
    sides = sides_of(left, right, book)
    places = {id(item): place for place, item in enumerate(sides.left)}
    _climb_links(sides, book)
    if not ignore_ids:
        climb(sides, _id_key, SAME_ID, inside=(_content_key, _name_key), leftover=SHARED_ID)
    climb(sides, _fixed_key, SAME_FIXED_ID)
    climb(sides, _name_and_settings_key, SAME_NAME_AND_SETTINGS)
    climb(sides, _twin_key, TWINS, inside=(_twin_key,), leftover=TWINS)
    if ignore_ids:
        climb_by_likeness(sides, load)
    climb(sides, _name_key, SAME_NAME, inside=(_content_key,))
    if ignore_ids and propose:
        climb_across_types(sides, load)
    if not propose:
        sides.withdraw_proposals()
    pairs = sorted(sides.pairs, key=lambda pair: places[id(pair.left)])
    return Matching(tuple(pairs), tuple(sides.left), tuple(sides.right))


def _climb_links(sides: Sides[ItemT], book: LinkBook) -> None:
    """Pair what a person linked; a link to an object that is gone is no longer a pair."""
    for left_key, right_key in sorted(book.confirmed):
        mine = [item for item in sides.left if identity_key(item) == left_key]
        theirs = [item for item in sides.right if identity_key(item) == right_key]
        if len(mine) == len(theirs) == 1:
            sides.accept([Pair(mine[0], theirs[0], SAME_LINK)])


def _id_key(item: ItemView) -> Hashable | None:
    return (item.object_type, item.external_id.lower()) if item.external_id else None


def _fixed_key(item: ItemView) -> Hashable | None:
    return (item.object_type, item.fixed_key) if item.fixed_key else None


def _name_key(item: ItemView) -> Hashable | None:
    return (item.object_type, item.platform, normal_name(item.name)) if item.name else None


def _name_and_settings_key(item: ItemView) -> Hashable | None:
    settings = item.facet_digests.get(Facet.SETTINGS)
    return (_name_key(item), settings) if item.name and settings else None


def _twin_key(item: ItemView) -> Hashable | None:
    return (_name_key(item), _content_key(item)) if item.name and item.facet_digests.get(Facet.SETTINGS) else None


def _content_key(item: ItemView) -> Hashable | None:
    return tuple(sorted(item.facet_digests.items()))
