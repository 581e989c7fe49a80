"""Two readings of sources compared into one document. No database, no provider."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trueline.connections.contract import Facet
from trueline.inventory.compare import Compared, Comparison, Outcome, compare_snapshots
from trueline.inventory.coverage import configured_settings, setting_conflicts, settings_coverage
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
from trueline.inventory.rules import RecordItem, record_contents, record_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trueline.connections.contract import Json, Reading
    from trueline.inventory.coverage import Configured, CoveredSetting, SettingConflict, SettingsCoverage, Values
    from trueline.inventory.differences import Change
    from trueline.inventory.matching.links import Link

NOTHING_KNOWN = Definitions()

_LAST_ID = re.compile(r"([^/\[\]]+)(?:\[[^\]]*\])?$")


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
    comparison = compare_snapshots(
        record_items(left.records),
        record_items(right.records),
        left_areas=left.areas,
        right_areas=right.areas,
        load=record_contents,
        links=links,
        ignore_ids=ignore_ids,
        propose=True,
    )
    coverage = settings_coverage(left.records, right.records)
    return _document(left, right, comparison, coverage, definitions)


def _document(
    left: Reading,
    right: Reading,
    comparison: Comparison[RecordItem],
    coverage: SettingsCoverage,
    definitions: Definitions,
) -> ComparisonDocument:
    return ComparisonDocument(
        left=_side(left),
        right=_side(right),
        matches=tuple(_matches(comparison, definitions)),
        only_left=tuple(_object(entry.left) for entry in comparison.of(Outcome.ONLY_LEFT) if entry.left),
        only_right=tuple(_object(entry.right) for entry in comparison.of(Outcome.ONLY_RIGHT) if entry.right),
        settings=_settings(coverage, definitions),
        not_comparable=tuple(_not_comparable(comparison)),
    )


def _side(reading: Reading) -> SideLine:
    unread = sorted((gap.path, gap.reason, gap.detail) for gap in reading.unread)
    odd = sorted((warn.kind, warn.subjects) for warn in reading.warnings)
    areas = tuple(AreaLine(area.area, str(area.coverage), area.objects, area.reason) for area in reading.areas)
    conflicts = setting_conflicts(configured_settings(reading.records))
    warnings = (*(WarningLine(kind, subjects) for kind, subjects in odd), *map(_conflict_warning, conflicts))
    return SideLine(len(reading.records), tuple(UnreadLine(*gap) for gap in unread), warnings, areas)


def _conflict_warning(conflict: SettingConflict) -> WarningLine:
    """The setting first, then the policies that disagree on it."""
    return WarningLine("setting_conflict", (conflict.id, *(one.policy for one in conflict.configured)))


def _object(item: RecordItem) -> ObjectLine:
    return ObjectLine(item.source_path, item.external_id, item.object_type, item.name)


def _matches(comparison: Comparison[RecordItem], definitions: Definitions) -> Iterator[MatchLine]:
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
    setting_id = _setting_id(change)
    return ChangeLine(
        facet=change.facet.value,
        path=change.path,
        kind=change.kind.value,
        left=change.left,
        right=change.right,
        setting=definitions.name(setting_id),
        category=definitions.category(setting_id),
        left_label=definitions.label(setting_id, change.left),
        right_label=definitions.label(setting_id, change.right),
    )


def _setting_id(change: Change) -> str:
    """The id at the end of a settings path, without the mark of an instance."""
    found = _LAST_ID.search(change.path) if change.facet is Facet.SETTINGS else None
    return found.group(1) if found else ""


def _not_comparable(comparison: Comparison[RecordItem]) -> Iterator[NotComparableLine]:
    for entry in comparison.of(Outcome.NOT_COMPARABLE):
        if entry.left is None or entry.right is None:
            yield _lone_line(entry)


def _lone_line(entry: Compared[RecordItem]) -> NotComparableLine:
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
    )


def _configured(one: Configured, setting_id: str, definitions: Definitions) -> ConfiguredLine:
    value = _value(one.values)
    return ConfiguredLine(value, one.policy, one.path, definitions.label(setting_id, value))


def _value(values: Values) -> Json:
    return values[0] if len(values) == 1 else list(values)
