"""Two sides beside each other, ready for a page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.findings import wording
from trueline.inventory.compare import Outcome
from trueline.web.compare_rows import ChangeRow, change_row, not_comparable_reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from trueline.inventory.compare import Compared, Comparison
    from trueline.inventory.definitions import Definitions
    from trueline.inventory.rows import ItemRow

ORDER = (Outcome.CHANGED, Outcome.ONLY_LEFT, Outcome.ONLY_RIGHT, Outcome.NOT_COMPARABLE, Outcome.EQUAL)


@dataclass(frozen=True, slots=True)
class Line:
    """One object or pair."""

    outcome: str
    name: str
    other_name: str
    area: str
    object_type: str
    url: str
    reason: str
    matched: str
    changes: tuple[ChangeRow, ...]


def counts(comparison: Comparison[ItemRow]) -> dict[str, int]:
    """How many entries each outcome has; each outcome has its number."""
    found = {str(outcome): 0 for outcome in ORDER}
    for entry in comparison.entries:
        found[str(entry.outcome)] += 1
    return found


def lines(  # noqa: PLR0913 - which entries, how they are called, and how many of them
    comparison: Comparison[ItemRow],
    outcome: str,
    url: Callable[[ItemRow], str],
    definitions: Definitions,
    *,
    start: int,
    rows: int,
) -> list[Line]:
    """Some entries of one outcome, in stable order.

    Args:
        comparison: The whole of it.
        outcome: Which entries.
        url: Address of an object of the right side.
        definitions: Names of settings and values.
        start: How many to leave out.
        rows: How many to give at most.
    """
    chosen = sorted(comparison.of(Outcome(outcome)), key=_place)
    return [line(entry, url, definitions) for entry in chosen[start : start + rows]]


def line(entry: Compared[ItemRow], url: Callable[[ItemRow], str], definitions: Definitions) -> Line:
    """One entry."""
    item = entry.right or entry.left
    assert item is not None
    is_renamed = bool(entry.left and entry.right and entry.left.name != entry.right.name)
    return Line(
        outcome=str(entry.outcome),
        name=item.name or item.source_path,
        other_name=entry.left.name if is_renamed and entry.left else "",
        area=wording.area(item.area),
        object_type=item.object_type,
        url=url(entry.right) if entry.right else "",
        reason=not_comparable_reason(entry, item) if entry.outcome is Outcome.NOT_COMPARABLE else "",
        matched=str(entry.evidence.method) if entry.evidence else "",
        changes=tuple(change_row(change, definitions) for change in entry.changes),
    )


def _place(entry: Compared[ItemRow]) -> tuple[str, str, str]:
    item = entry.right or entry.left
    assert item is not None
    return item.area, item.name, item.source_path
