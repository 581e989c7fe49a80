"""What a comparison needs to know of one object, and the digests that say "unchanged" without looking inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from trueline.connections.contract import AreaReport, Coverage, Facet, Json, Record, Setting
from trueline.kit import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class ItemView(Protocol):
    """One object as a comparison sees it: who it is and its digests, never its content.

    A row of the database satisfies it with plain columns; `RecordItem` satisfies it for a record just read. The
    content is asked for through a loader and only where digests differ.

    Attributes:
        raw_digest: Digest of the redacted raw object; empty when unknown. Equal and not empty means equal whatever the
            rules of the facets were at the time.
        facet_digests: Digest of each facet that is not empty, by facet.
        is_truncated: Whether the source claimed more settings than it showed.
    """

    @property
    def object_type(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def external_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def source_path(self) -> str: ...
    @property
    def fixed_key(self) -> str: ...
    @property
    def is_truncated(self) -> bool: ...
    @property
    def raw_digest(self) -> str: ...
    @property
    def facet_digests(self) -> Mapping[Facet, str]: ...


class Content(Protocol):
    """What is inside an object. A `Record` satisfies it."""

    @property
    def facets(self) -> Mapping[Facet, Mapping[str, Json]]: ...
    @property
    def settings(self) -> Sequence[Setting]: ...


@dataclass(frozen=True, slots=True)
class RecordItem:
    """A record with its digests, ready to be compared."""

    record: Record
    raw_digest: str
    facet_digests: Mapping[Facet, str]

    @property
    def object_type(self) -> str:
        return self.record.object_type

    @property
    def area(self) -> str:
        return self.record.area

    @property
    def external_id(self) -> str:
        return self.record.external_id

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def platform(self) -> str:
        return self.record.platform

    @property
    def source_path(self) -> str:
        return self.record.source_path

    @property
    def fixed_key(self) -> str:
        return self.record.fixed_key

    @property
    def is_truncated(self) -> bool:
        return self.record.is_truncated


def facet_digests(record: Content) -> dict[Facet, str]:
    """SHA-256 of each facet of a record, by facet; an empty facet has none.

    The digest is over key-sorted JSON of the facet's flat mapping (`kit.digest.quick`). Readers and comparisons both
    call this one function, so that equal content always has equal digests.
    """
    return {facet: digest.sha256(digest.quick(flat)) for facet, flat in record.facets.items() if flat}


def raw_digest(raw: Mapping[str, Any]) -> str:
    """SHA-256 of the key-sorted JSON of a redacted raw object."""
    return digest.sha256(digest.quick(raw))


def record_item(record: Record) -> RecordItem:
    """A record with both kinds of digests computed."""
    return RecordItem(record, raw_digest(record.raw), facet_digests(record))


def record_items(records: Iterable[Record]) -> list[RecordItem]:
    """Records with their digests, in the order given."""
    return [record_item(record) for record in records]


def record_contents(items: Sequence[RecordItem]) -> list[Record]:
    """The loader for items made of records: their content is already at hand."""
    return [item.record for item in items]


def complete_areas(areas: Iterable[AreaReport]) -> frozenset[str]:
    """Names of the areas that were read completely; only there does absence mean anything."""
    return frozenset(area.area for area in areas if area.coverage is Coverage.COMPLETE)


def stable_key(item: ItemView) -> tuple[str, ...]:
    """An order of items that does not depend on the order in which they were read."""
    return (
        item.object_type,
        item.name.casefold(),
        item.platform,
        item.external_id.lower(),
        item.source_path,
        item.name,
        item.raw_digest,
    )
