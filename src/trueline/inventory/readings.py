"""Two readings of sources compared into one document. No database, no provider."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from trueline.connections.contract import AreaReport, Facet, Unread, Warn
from trueline.inventory.compare import Compared, Comparison, Outcome, compare_snapshots
from trueline.inventory.coverage import Policy, SettingsCoverage, setting_conflicts, settings_coverage
from trueline.inventory.definitions import Definitions
from trueline.inventory.document import (
    AreaLine,
    ChangeLine,
    ComparisonDocument,
    ConfiguredLine,
    MatchLine,
    NotComparableLine,
    ObjectLine,
    SettingLine,
    SettingsLine,
    SideLine,
    UnreadLine,
    WarningLine,
)
from trueline.inventory.matching.evidence import ItemT
from trueline.inventory.rules import ItemView, RecordItem, record_contents, record_items

if TYPE_CHECKING:
    from trueline.connections.contract import Json, Reading
    from trueline.inventory.compare import Load
    from trueline.inventory.coverage import Configured, CoveredSetting, SettingConflict, Values
    from trueline.inventory.differences import Change
    from trueline.inventory.matching.links import Link

NOTHING_KNOWN = Definitions()

_ADDRESSED = re.compile(r"\[([^\[\]]*/[^\[\]]*)\]\.value$")
_LAST_ID = re.compile(r"([^/\[\]]+)(?:\[[^\]]*\])?$")


@dataclass(frozen=True, slots=True)
class Told(Generic[ItemT]):
    """One side: its objects, how far each area was read, what could not be read, what is odd."""

    items: Sequence[ItemT]
    areas: Sequence[AreaReport]
    unread: Sequence[Unread]
    warnings: Sequence[Warn]


@dataclass(frozen=True, slots=True)
class Whole(Generic[ItemT]):
    """Everything that two sides say about each other, by objects and by settings, without any names of settings."""

    left: Told[ItemT]
    right: Told[ItemT]
    comparison: Comparison[ItemT]
    coverage: SettingsCoverage

    def document(self, definitions: Definitions = NOTHING_KNOWN) -> ComparisonDocument:
        """The document of stable shape, with names of settings and values where they are known."""
        comparison = self.comparison
        return ComparisonDocument(
            left=_side(self.left, {one.id: one.left for one in self.coverage.settings}),
            right=_side(self.right, {one.id: one.right for one in self.coverage.settings}),
            matches=tuple(_matches(comparison, definitions)),
            only_left=tuple(_object(entry.left) for entry in comparison.of(Outcome.ONLY_LEFT) if entry.left),
            only_right=tuple(_object(entry.right) for entry in comparison.of(Outcome.ONLY_RIGHT) if entry.right),
            settings=_settings(self.coverage, definitions),
            not_comparable=tuple(_not_comparable(comparison)),
        )


def compare_readings(
    left: Reading,
    right: Reading,
    *,
    ignore_ids: bool = False,
    links: Iterable[Link] = (),
    definitions: Definitions = NOTHING_KNOWN,
) -> ComparisonDocument:
    """Compare two readings by objects and by settings.

    Args:
        left: One reading, read to its end.
        right: The other.
        ignore_ids: Treat them as two tenants, where an equal id means nothing.
        links: What people answered earlier about pairs.
        definitions: Names of settings and values; without them ids stand for themselves.

    Returns:
        The document, the same whatever the order of records.
    """
    whole = compare_whole(_told(left), _told(right), load=record_contents, links=links, ignore_ids=ignore_ids)
    return whole.document(definitions)


def compare_whole(
    left: Told[ItemT],
    right: Told[ItemT],
    *,
    load: Load[ItemT],
    links: Iterable[Link] = (),
    ignore_ids: bool = False,
) -> Whole[ItemT]:
    """Compare two sides by objects, doubtful pairs too, and by settings.

    Args:
        left: One side.
        right: The other.
        load: Gives the content of items; asked for every item, since each may configure settings.
        links: What people answered earlier about pairs.
        ignore_ids: Treat them as two tenants, where an equal id means nothing.
    """
    comparison = compare_snapshots(
        left.items,
        right.items,
        left_areas=left.areas,
        right_areas=right.areas,
        load=load,
        links=links,
        ignore_ids=ignore_ids,
        propose=True,
    )
    return Whole(left, right, comparison, settings_coverage(_policies(left, load), _policies(right, load)))


def _told(reading: Reading) -> Told[RecordItem]:
    return Told(record_items(reading.records), reading.areas, reading.unread, reading.warnings)


def _policies(side: Told[ItemT], load: Load[ItemT]) -> list[Policy]:
    contents = load(side.items)
    return [
        Policy(item.name, item.source_path, content.settings)
        for item, content in zip(side.items, contents, strict=True)
    ]


def _side(side: Told[ItemT], configured: Mapping[str, Sequence[Configured]]) -> SideLine:
    unread = sorted((gap.path, gap.reason, gap.detail) for gap in side.unread)
    odd = sorted((warn.kind, warn.subjects) for warn in side.warnings)
    areas = tuple(AreaLine(area.area, str(area.coverage), area.objects, area.reason) for area in side.areas)
    conflicts = setting_conflicts(configured)
    warnings = (*(WarningLine(kind, subjects) for kind, subjects in odd), *map(_conflict_warning, conflicts))
    return SideLine(len(side.items), tuple(UnreadLine(*gap) for gap in unread), warnings, areas)


def _conflict_warning(conflict: SettingConflict) -> WarningLine:
    """The setting first, then the policies that disagree on it."""
    return WarningLine("setting_conflict", (conflict.id, *(one.policy for one in conflict.configured)))


def _object(item: ItemView) -> ObjectLine:
    return ObjectLine(item.source_path, item.external_id, item.object_type, item.name)


def _matches(comparison: Comparison[ItemT], definitions: Definitions) -> Iterator[MatchLine]:
    for entry in comparison.entries:
        if entry.left and entry.right and entry.evidence:
            yield MatchLine(
                left=_object(entry.left),
                right=_object(entry.right),
                method=entry.evidence.method.value,
                confidence=entry.evidence.confidence,
                auto=entry.evidence.auto,
                reason=f"{entry.evidence.reason} {entry.reason}".strip(),
                state=entry.outcome.value,
                changes=tuple(_change(change, definitions) for change in entry.changes),
            )


def _change(change: Change, definitions: Definitions) -> ChangeLine:
    key = setting_id(change)
    return ChangeLine(
        facet=change.facet.value,
        path=change.path,
        kind=change.kind.value,
        left=change.left,
        right=change.right,
        setting=definitions.name(key),
        category=definitions.category(key),
        left_label=definitions.label(key, change.left),
        right_label=definitions.label(key, change.right),
        named_by=definitions.named_by(key),
    )


def setting_id(change: Change | ChangeLine) -> str:
    """The id at the end of a settings path; empty for any other change."""
    return id_at(change.path) if change.facet == Facet.SETTINGS else ""


def id_at(path: str) -> str:
    """The id at the end of a path, without the mark of an instance; empty when there is none.

    Of `omaSettings[./device/x/y].value` it is what stands in the brackets: the setting is an address there.
    """
    if addressed := _ADDRESSED.search(path):
        return addressed.group(1)
    found = _LAST_ID.search(path)
    return found.group(1).lstrip(".") if found else ""


def _not_comparable(comparison: Comparison[ItemT]) -> Iterator[NotComparableLine]:
    for entry in comparison.of(Outcome.NOT_COMPARABLE):
        if entry.left is None or entry.right is None:
            yield _lone_line(entry)


def _lone_line(entry: Compared[ItemT]) -> NotComparableLine:
    item = entry.left or entry.right
    assert item is not None
    side = "left" if entry.left else "right"
    return NotComparableLine(side, item.source_path, item.external_id, item.object_type, item.name, entry.reason)


def _settings(coverage: SettingsCoverage, definitions: Definitions) -> SettingsLine:
    items = tuple(_setting(setting, definitions) for setting in coverage.settings)
    equal = sum(item.state == "equal" for item in items)
    conflict = sum(item.state == "conflict" for item in items)
    return SettingsLine(coverage.left, coverage.right, equal + conflict, equal, conflict, items)


def _setting(setting: CoveredSetting, definitions: Definitions) -> SettingLine:
    return SettingLine(
        id=setting.id,
        name=definitions.name(setting.id),
        left=tuple(_configured(one, setting.id, definitions) for one in setting.left),
        right=tuple(_configured(one, setting.id, definitions) for one in setting.right),
        state=setting.state.value,
        category=definitions.category(setting.id),
        named_by=definitions.named_by(setting.id),
    )


def _configured(one: Configured, setting_id: str, definitions: Definitions) -> ConfiguredLine:
    value = _value(one.values)
    return ConfiguredLine(value, one.policy, one.path, definitions.label(setting_id, value))


def _value(values: Values) -> Json:
    return values[0] if len(values) == 1 else list(values)
