"""Two captures side by side."""

from __future__ import annotations

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import sliced
from trueline.api.schemas import readings
from trueline.inventory import queries as inventory
from trueline.inventory.compare import Compared, Outcome
from trueline.inventory.differences import Change
from trueline.inventory.matching.evidence import Evidence
from trueline.inventory.rows import ItemRow
from trueline.workspaces.rules import Capability

_VIEW = Capability.WORKSPACE_VIEW


@operation("GET", "/comparison", _VIEW, readings.Comparison, tag="Captures", record=True)
def compare_captures(asked: Asked, filters: Query[readings.ComparisonFilter]) -> readings.Comparison:
    """Compare two captures, of one environment or of two.

    Of two environments, ids mean nothing, and objects are matched by what they are called and set. An object counts as
    gone only where its area was read completely on the other side; else it is `not_comparable`, with the reason.
    """
    for side in (filters.left, filters.right):
        asked.scope.require(_VIEW, inventory.snapshot(asked.scope, side).environment_id)
    comparison = inventory.compared(asked.scope, filters.left, filters.right)
    wanted = comparison.of(filters.outcome) if filters.outcome else list(comparison.entries)
    entries, cursor = sliced(asked, filters, wanted)
    return readings.Comparison(
        left=filters.left,
        right=filters.right,
        is_equal=comparison.is_equal,
        counts={str(outcome): len(comparison.of(outcome)) for outcome in Outcome},
        items=[_entry(one) for one in entries],
        next_cursor=cursor,
    )


def _entry(entry: Compared[ItemRow]) -> readings.ComparisonEntry:
    item = entry.right or entry.left
    assert item is not None
    return readings.ComparisonEntry(
        outcome=entry.outcome,
        area=item.area,
        object_type=item.object_type,
        left=_side(entry.left),
        right=_side(entry.right),
        matched=_matched(entry.evidence),
        reason=entry.reason,
        changes=[_value(change) for change in entry.changes],
    )


def _side(item: ItemRow | None) -> readings.Side | None:
    return readings.Side(id=item.id, name=item.name, source_path=item.source_path) if item else None


def _matched(found: Evidence | None) -> readings.Matched | None:
    return readings.Matched(method=found.method, confidence=found.confidence, reason=found.reason) if found else None


def _value(change: Change) -> readings.ComparedValue:
    return readings.ComparedValue(
        facet=change.facet, path=change.path, kind=change.kind, left=change.left, right=change.right
    )
