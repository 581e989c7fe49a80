"""An object of a snapshot as a comparison takes it: a plain row, cheaper than a model. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from trueline.connections.contract import Facet, Json, Setting

if TYPE_CHECKING:
    from trueline.inventory.rules import Content


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One object of a snapshot. Satisfies `ItemView`; `FIELDS` names its columns in order."""

    id: UUID
    area: str
    object_type: str
    external_id: str
    name: str
    platform: str
    source_path: str
    fixed_key: str
    is_truncated: bool
    raw_digest: str
    content_digest: str
    digests: Mapping[str, str]

    @property
    def facet_digests(self) -> Mapping[Facet, str]:
        """Digest of each facet, by facet; a facet is its text, so that a mapping by text is one by facet."""
        return self.digests  # type: ignore[return-value]  # looked up for each object several times: no copy


FIELDS = tuple(ItemRow.__slots__)


@dataclass(frozen=True, slots=True)
class HeldObject:
    """An object of a snapshot with its content, as assertions and questions read it. Satisfies `ObjectView`."""

    object_type: str
    area: str
    external_id: str
    name: str
    platform: str
    source_path: str
    is_truncated: bool
    facets: Mapping[Facet, Mapping[str, Json]]
    settings: Sequence[Setting]


def held_object(row: ItemRow, content: Content) -> HeldObject:
    """The row joined with its content."""
    return HeldObject(
        row.object_type,
        row.area,
        row.external_id,
        row.name,
        row.platform,
        row.source_path,
        row.is_truncated,
        content.facets,
        content.settings,
    )
