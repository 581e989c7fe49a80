"""The result of comparing two readings, as one document of stable shape.

Field names and their order are a contract: `trueline compare --format json` prints exactly these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from trueline.connections.contract import Json


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """One file or address that could not be read."""

    path: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class WarningLine:
    """Something odd that lost nothing: a duplicate, an unknown type, settings in conflict within one side."""

    kind: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaLine:
    """How far one area was read."""

    area: str
    coverage: str
    objects: int
    reason: str


@dataclass(frozen=True, slots=True)
class SideLine:
    """One side as a whole."""

    objects: int
    unread: tuple[UnreadLine, ...]
    warnings: tuple[WarningLine, ...]
    areas: tuple[AreaLine, ...]


@dataclass(frozen=True, slots=True)
class ObjectLine:
    """One object."""

    path: str
    id: str
    type: str
    name: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One difference, with the words of the setting definitions where they are known.

    Attributes:
        setting: Name of the setting, what its id says when nobody told a name, empty outside settings.
        category: Where the vendor shows the setting, empty when unknown.
        left_label: The left value in words.
        right_label: The right value in words.
        named_by: Where the name comes from: `definitions` or `id`; empty outside settings.
    """

    facet: str
    path: str
    kind: str
    left: Json
    right: Json
    setting: str
    category: str
    left_label: Json
    right_label: Json
    named_by: str


@dataclass(frozen=True, slots=True)
class MatchLine:
    """Two objects taken for one. `state` is equal, changed, or not_comparable when a side shows only a part of it."""

    left: ObjectLine
    right: ObjectLine
    method: str
    confidence: float
    auto: bool
    reason: str
    state: str
    changes: tuple[ChangeLine, ...]


@dataclass(frozen=True, slots=True)
class NotComparableLine:
    """An object without a partner on a side that was not read completely: nobody knows whether it is there."""

    side: str
    path: str
    id: str
    type: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ConfiguredLine:
    """One policy's value for a setting; a list when it gives several."""

    value: Json
    policy: str
    path: str
    label: Json


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting on both sides. `state` is equal, conflict, only_left or only_right; `named_by` as of a change."""

    id: str
    name: str
    left: tuple[ConfiguredLine, ...]
    right: tuple[ConfiguredLine, ...]
    state: str
    category: str
    named_by: str


@dataclass(frozen=True, slots=True)
class SettingsLine:
    """Coverage by settings: counts of distinct settings, and each of them."""

    left: int
    right: int
    shared: int
    equal: int
    conflict: int
    items: tuple[SettingLine, ...]


@dataclass(frozen=True, slots=True)
class ComparisonDocument:
    """Everything that a comparison of two readings says."""

    left: SideLine
    right: SideLine
    matches: tuple[MatchLine, ...]
    only_left: tuple[ObjectLine, ...]
    only_right: tuple[ObjectLine, ...]
    settings: SettingsLine
    not_comparable: tuple[NotComparableLine, ...]

    @property
    def is_equal(self) -> bool:
        """Whether every object has its equal on the other side and nothing stayed unknown."""
        lone = self.only_left or self.only_right or self.not_comparable
        return not lone and all(match.state == "equal" for match in self.matches)

    def to_json(self) -> bytes:
        """The document as UTF-8 JSON."""
        return orjson.dumps(self, option=orjson.OPT_INDENT_2)
