"""An object of a snapshot as a comparison takes it: a plain row, cheaper than a model. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from trueline.connections.contract import Facet


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
        """Digest of each facet, by facet."""
        return {Facet(key): value for key, value in self.digests.items()}


FIELDS = tuple(ItemRow.__slots__)
