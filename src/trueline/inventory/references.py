"""What one side calls by its id, in the words of the other.

Two tenants give the same group, location or filter different ids, and every assignment names them. Once such objects are
paired, their ids are translated before values are compared; else every assigned policy would seem to have drifted. An id
without a partner stays as it is, and so stays a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trueline.connections.contract import Facet, Json
from trueline.inventory.matching.evidence import ItemT, Pair

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
Facets = Mapping[Facet, Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class References:
    """Ids of the left, in lower case, and what the right calls the same objects.

    Attributes:
        anywhere: GUIDs, which are unmistakable wherever they stand.
        scope_tags: Ids of scope tags: small numbers, which mean a tag only where tags are listed.
    """

    anywhere: Mapping[str, str]
    scope_tags: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to translate."""
        return not (self.anywhere or self.scope_tags)

    def translated(self, facets: Facets) -> Facets:
        """The left's facets as the right would write them."""
        if self.is_empty:
            return facets
        return {facet: self._flat(facet, flat) for facet, flat in facets.items()}

    def _flat(self, facet: Facet, flat: Mapping[str, Json]) -> dict[str, Json]:
        return {self._text(path): self._value(facet, value) for path, value in flat.items()}

    def _value(self, facet: Facet, value: Json) -> Json:
        if isinstance(value, str):
            if facet is Facet.SCOPE_TAGS:
                return self.scope_tags.get(value.lower(), value)
            return self._text(value)
        if isinstance(value, (list, tuple)):
            found = [self._value(facet, item) for item in value]
            return _sorted(found) if list(value) == _sorted(value) else found
        return value

    def _text(self, text: str) -> str:
        return _GUID.sub(lambda found: self.anywhere.get(found[0].lower(), found[0]), text)


def _sorted(values: Iterable[Json]) -> list[Json]:
    """The order of a set's members in a facet. A list that was not in this order has one of its own and keeps it."""
    return sorted(values, key=lambda item: (type(item).__name__, str(item)))


def references(pairs: Iterable[Pair[ItemT]]) -> References:
    """The ids that the certain pairs of a matching give."""
    anywhere: dict[str, str] = {}
    scope_tags: dict[str, str] = {}
    for pair in pairs:
        mine, theirs = pair.left.external_id.lower(), pair.right.external_id
        if not pair.evidence.auto or not mine or not theirs or mine == theirs.lower():
            continue
        if _GUID.fullmatch(mine):
            anywhere[mine] = theirs
        elif pair.left.area == Facet.SCOPE_TAGS:
            scope_tags[mine] = theirs
    return References(anywhere, scope_tags)
