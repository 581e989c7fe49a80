"""What settings and their values are called, from a file of setting definitions."""

from __future__ import annotations

import gzip
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from trueline.inventory.errors import UnknownDefinitions
from trueline.inventory.id_names import name_from_id
from trueline.kit.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from trueline.connections.contract import Json, SettingDefinition

GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Definition:
    """One setting in words.

    Attributes:
        name: The name a person knows, such as "Require secure boot"; empty when the source has none.
        category: Where the vendor's portal shows it, empty when unknown.
        labels: Names of its values by value id, in lower case.
    """

    name: str
    category: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Definitions:
    """Definitions by setting id in lower case."""

    by_id: Mapping[str, Definition] = field(default_factory=dict)

    def name(self, setting_id: str) -> str:
        """The setting's name, or what its id says when nobody told us one (`knows` tells which)."""
        known = self.by_id.get(setting_id.lower())
        return known.name if known and known.name else name_from_id(setting_id)

    def knows(self, setting_id: str) -> bool:
        """Whether the setting has a name here."""
        known = self.by_id.get(setting_id.lower())
        return known is not None and bool(known.name)

    def named_by(self, setting_id: str) -> str:
        """Where the name comes from: `definitions`, or `id` where nobody told one; empty for no setting."""
        if not setting_id:
            return ""
        return "definitions" if self.knows(setting_id) else "id"

    def over(self, other: Definitions) -> Definitions:
        """These, and where they say nothing the other's."""
        if not self.by_id or not other.by_id:
            return self if self.by_id else other
        return Definitions(ChainMap(dict(self.by_id), dict(other.by_id)))

    def category(self, setting_id: str) -> str:
        known = self.by_id.get(setting_id.lower())
        return known.category if known else ""

    def label(self, setting_id: str, value: Json) -> Json:
        """The name of a value, or the value itself; a list value by value."""
        known = self.by_id.get(setting_id.lower())
        if known is None:
            return value
        if isinstance(value, list):
            return [known.labels.get(str(one).lower(), one) for one in value]
        return known.labels.get(str(value).lower(), value)


def definitions_of(told: Iterable[SettingDefinition]) -> Definitions:
    """Definitions that a source brought along."""
    return Definitions({one.id: Definition(one.name, one.category, one.labels) for one in told})


def definitions_document(told: Iterable[SettingDefinition]) -> dict[str, list[Json]]:
    """The same as the short form that `read_definitions` understands, to be kept."""
    return {one.id: [one.name, one.category, dict(one.labels)] for one in told}


def definitions_file(path: Path) -> Definitions:
    """Definitions from a JSON file, gzipped or not. Raises `Refused`, and `UnknownDefinitions` for another shape."""
    try:
        content = path.read_bytes()
        document = orjson.loads(gzip.decompress(content) if content[:2] == GZIP_MAGIC else content)
    except (OSError, EOFError, ValueError) as error:
        raise Refused(f"The definitions file {path} cannot be read as JSON.") from error
    return read_definitions(document)


def read_definitions(document: Json) -> Definitions:
    """Definitions from a JSON document.

    Understood are a list of definitions as Graph gives it (alone or under `value`), a mapping of id to definition, and
    the short form that maps an id to name, category and value names.

    Raises:
        UnknownDefinitions: The document has another shape.
    """
    return Definitions({key.lower(): definition for key, definition in _entries(document)})


def _entries(document: Json) -> Iterator[tuple[str, Definition]]:
    if isinstance(document, dict) and isinstance(document.get("value"), list):
        document = document["value"]
    if isinstance(document, list):
        document = {_id_of(entry): entry for entry in document}
    if not isinstance(document, dict) or not document:
        raise UnknownDefinitions
    for key, entry in document.items():
        yield str(key), _definition(entry)


def _id_of(entry: Json) -> str:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise UnknownDefinitions
    return str(entry["id"])


def _definition(entry: Json) -> Definition:
    match entry:
        case {"displayName": str() | None as name}:
            labels_of_options = dict(_labels(entry.get("options") or ()))
            return Definition(name or "", str(entry.get("categoryName") or ""), labels_of_options)
        case [str() | None as name, str() | None as category, dict() | None as labels]:
            named = {str(key).lower(): str(label) for key, label in (labels or {}).items()}
            return Definition(name or "", category or "", named)
        case _:
            raise UnknownDefinitions


def _labels(options: Iterable[Json]) -> Iterator[tuple[str, str]]:
    # PowerShell writes a list of one element as that element.
    for option in [options] if isinstance(options, dict) else options:
        if not isinstance(option, dict):
            raise UnknownDefinitions
        key = option.get("itemId") or option.get("id")
        if key and option.get("displayName"):
            yield str(key).lower(), str(option["displayName"])
