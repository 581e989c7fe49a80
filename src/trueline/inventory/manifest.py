"""Collects what a source yields into one manifest, with documents packed as they come. No Django.

Memory holds the compressed documents and one row for each object, never the raw objects together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from trueline.connections.contract import (
    AreaReport,
    Coverage,
    Facet,
    Progress,
    Record,
    Setting,
    SettingDefinition,
    Source,
    Unread,
    Warn,
)
from trueline.connections.errors import SourceRefused
from trueline.evidence.rules import Packed, pack
from trueline.inventory.definitions import definitions_document
from trueline.inventory.rules import facet_digests
from trueline.kit import digest

_FACETS = {str(facet): facet for facet in Facet}
_SAYS_NOTHING = frozenset({Coverage.UNREAD, Coverage.PARTIAL})
"""Coverage of an area without a single object that tells nothing of the environment; denied and empty do."""


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One object as it will be stored. Satisfies `ItemView`."""

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
    facet_digests: dict[Facet, str]


@dataclass(slots=True)
class Manifest:
    """All that one capture found."""

    items: list[ItemDraft] = field(default_factory=list)
    documents: dict[str, Packed] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)
    areas: tuple[AreaReport, ...] = ()
    definitions_digest: str | None = None

    @property
    def coverage(self) -> Coverage:
        """Complete only when every area was; an area that could not be read makes the whole partial."""
        whole = all(area.coverage is Coverage.COMPLETE for area in self.areas)
        return Coverage.COMPLETE if whole and self.areas else Coverage.PARTIAL

    def digest(self) -> str:
        """Digest of who is there with which content, whatever the order it was read in."""
        lines = sorted((item.object_type, item.external_id, item.name, item.content_digest) for item in self.items)
        return digest.sha256(digest.quick(lines))


@dataclass(frozen=True, slots=True)
class StoredContent:
    """The content of an object as evidence keeps it. Satisfies `Content`."""

    facets: dict[Facet, dict[str, Any]]
    settings: tuple[Setting, ...]


def collect(source: Source, tell: Callable[[Progress], None]) -> Manifest:
    """Read a source to its end. Raises `SourceRefused`, or what `tell` raises, and keeps nothing then."""
    manifest, definitions = Manifest(), list[SettingDefinition]()
    for found in source.read():
        if isinstance(found, Record):
            _take(manifest, found)
        elif isinstance(found, Unread):
            manifest.unread.append(found)
        elif isinstance(found, Warn):
            manifest.warnings.append(found)
        elif isinstance(found, SettingDefinition):
            definitions.append(found)
        else:
            tell(found)
    manifest.areas = source.areas()
    if not (manifest.items or definitions) and all(area.coverage in _SAYS_NOTHING for area in manifest.areas):
        raise SourceRefused(_nothing_read(manifest))
    if definitions:
        named = pack(definitions_document(definitions))
        manifest.documents[named.digest] = named
        manifest.definitions_digest = named.digest
    return manifest


def _nothing_read(manifest: Manifest) -> str:
    """Why there is nothing to keep: a capture that shows nothing must not stand for the environment."""
    if not manifest.unread:
        return "There is no exported object in it."
    first = manifest.unread[0]
    return f"Nothing in it could be read. {first.path}: {first.detail}"


def _take(manifest: Manifest, record: Record) -> None:
    raw, content = pack(record.raw), pack(content_document(record))
    manifest.documents[raw.digest] = raw
    manifest.documents[content.digest] = content
    manifest.items.append(
        ItemDraft(
            record.area,
            record.object_type,
            record.external_id,
            record.name,
            record.platform,
            record.source_path,
            record.fixed_key,
            record.is_truncated,
            raw.digest,
            content.digest,
            facet_digests(record),
        )
    )


def content_document(record: Record) -> dict[str, Any]:
    """The normalised content of a record as a JSON value."""
    return {
        "facets": {str(facet): dict(flat) for facet, flat in record.facets.items() if flat},
        "settings": [[setting.id, list(setting.values)] for setting in record.settings],
    }


def stored_content(document: dict[str, Any]) -> StoredContent:
    """The reverse of `content_document`."""
    return StoredContent(
        {_FACETS[facet]: flat for facet, flat in document["facets"].items()},
        tuple(Setting(key, tuple(values)) for key, values in document["settings"]),
    )
