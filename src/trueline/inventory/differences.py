"""What differs between the flat facets of two objects."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from trueline.connections.contract import Facet, Json

if TYPE_CHECKING:
    from collections.abc import Mapping

FACET_ORDER = (Facet.SETTINGS, Facet.ASSIGNMENTS, Facet.SCOPE_TAGS, Facet.IDENTITY, Facet.METADATA)
"""Settings first, as they are what a person looks for."""


class ChangeKind(StrEnum):
    """How a value differs, read from left to right."""

    ADDED = "added"
    REMOVED = "removed"
    MODIFIED = "modified"


@dataclass(frozen=True, slots=True)
class Change:
    """One differing value. `left` is None when the value was added, `right` when it was removed."""

    facet: Facet
    path: str
    kind: ChangeKind
    left: Json
    right: Json


def facet_changes(
    left: Mapping[Facet, Mapping[str, Json]], right: Mapping[Facet, Mapping[str, Json]]
) -> tuple[Change, ...]:
    """Every difference between two objects' facets, ordered by facet and then path.

    A facet that is absent is an empty one. Empty when the objects are equal. A member of the identity that only one
    side states is no difference: some shapes of export leave out the type or the technologies, which is unknown and not
    gone.
    """
    return tuple(
        change
        for facet in FACET_ORDER
        for change in flat_changes(facet, left.get(facet, {}), right.get(facet, {}))
        if facet is not Facet.IDENTITY or change.kind is ChangeKind.MODIFIED
    )


def flat_changes(facet: Facet, left: Mapping[str, Json], right: Mapping[str, Json]) -> list[Change]:
    """Every difference between two flat mappings of path to value, ordered by path."""
    # Nearly every value is text that is the same: comparing it here spares a call for each.
    differing = [
        path
        for path, value in left.items()
        if path not in right
        or ((type(value) is not str or right[path] != value) and not same_value(value, right[path]))
    ]
    differing += right.keys() - left.keys()
    return [_change_at(facet, path, left, right) for path in sorted(differing)]


def _change_at(facet: Facet, path: str, left: Mapping[str, Json], right: Mapping[str, Json]) -> Change:
    if path not in left:
        return Change(facet, path, ChangeKind.ADDED, None, right[path])
    if path not in right:
        return Change(facet, path, ChangeKind.REMOVED, left[path], None)
    return Change(facet, path, ChangeKind.MODIFIED, left[path], right[path])


def same_value(left: Json, right: Json) -> bool:
    """Whether two values are the same in JSON: true is not 1, yet 1 is 1.0; a letter is one, however it is encoded."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        # An umlaut may be one character or two that are drawn as one; nobody could see such a difference.
        return left == right or (not (left.isascii() and right.isascii()) and _composed(left) == _composed(right))
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(same_value, left, right))
    return bool(left == right)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
