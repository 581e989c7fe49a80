"""References between objects, by name instead of by id.

Two tenants give the same group, location or filter different ids, and every assignment names one. Once such objects are
paired, their ids are read as a name on both sides before values are compared; else every assigned policy would seem to
have drifted. It is the name that an export writes which keeps no ids. An id without a partner stays as it is, and so
stays a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trueline.connections.contract import Facet, Json
from trueline.inventory.matching.evidence import ItemT, Pair

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_LENGTH = 36
Facets = Mapping[Facet, Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class References:
    """What the ids of one side, in lower case, are called.

    Attributes:
        anywhere: GUIDs, which are unmistakable wherever they stand.
        scope_tags: Ids of scope tags: small numbers, which mean a tag only where tags are listed.
    """

    anywhere: Mapping[str, str]
    scope_tags: Mapping[str, str]

    def named(self, facets: Facets) -> Facets:
        """The facets with every known id read as a name."""
        if not (self.anywhere or self.scope_tags):
            return facets
        return {facet: self._flat(facet, flat) for facet, flat in facets.items()}

    def _flat(self, facet: Facet, flat: Mapping[str, Json]) -> dict[str, Json]:
        return {self._text(path): self._value(facet, value) for path, value in flat.items()}

    def _value(self, facet: Facet, value: Json) -> Json:
        if isinstance(value, str):
            return self.scope_tags.get(value, value) if facet is Facet.SCOPE_TAGS else self._text(value)
        if isinstance(value, (list, tuple)):
            found = [self._value(facet, item) for item in value]
            return _sorted(found) if list(value) == _sorted(value) else found
        return value

    def _text(self, text: str) -> str:
        if len(text) < _LENGTH or "-" not in text:
            return text
        return _GUID.sub(lambda found: self.anywhere.get(found[0].lower(), found[0]), text)


NO_REFERENCES = References({}, {})
"""For two states of one tenant, where an id is what it is."""


def references(pairs: Iterable[Pair[ItemT]]) -> tuple[References, References]:
    """What the certain pairs of a matching give, for the left and for the right: the right's name on both sides."""
    certain = [pair for pair in pairs if pair.evidence.auto and pair.right.name]
    left = _known((pair.left.external_id, pair.left.area, pair.right.name) for pair in certain)
    return left, _known((pair.right.external_id, pair.right.area, pair.right.name) for pair in certain)


def _known(objects: Iterable[tuple[str, str, str]]) -> References:
    anywhere: dict[str, str] = {}
    scope_tags: dict[str, str] = {}
    for external_id, area, name in objects:
        if _GUID.fullmatch(external_id):
            anywhere[external_id.lower()] = name
        elif external_id and area == Facet.SCOPE_TAGS:
            scope_tags[external_id] = name
    return References(anywhere, scope_tags)


def _sorted(values: Iterable[Json]) -> list[Json]:
    """The order of a set's members in a facet. A list that was not in this order has one of its own and keeps it."""
    return sorted(values, key=lambda item: (type(item).__name__, str(item)))
