"""Two sides beside each other, ready for a page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from trueline.inventory.compare import Outcome
from trueline.inventory.differences import ChangeKind
from trueline.web import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from trueline.inventory.compare import Compared, Comparison
    from trueline.inventory.differences import Change
    from trueline.inventory.rows import ItemRow

ORDER = (Outcome.CHANGED, Outcome.ONLY_LEFT, Outcome.ONLY_RIGHT, Outcome.NOT_COMPARABLE, Outcome.EQUAL)


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One differing value; `left_absent` and `right_absent` say so where a side does not set it."""

    facet: str
    path: str
    left: str
    right: str
    left_absent: str
    right_absent: str


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
    changes: tuple[ChangeLine, ...]


def counts(comparison: Comparison[ItemRow]) -> dict[str, int]:
    """How many entries each outcome has; each outcome has its number."""
    found = {str(outcome): 0 for outcome in ORDER}
    for entry in comparison.entries:
        found[str(entry.outcome)] += 1
    return found


def lines(
    comparison: Comparison[ItemRow], outcome: str, url: Callable[[ItemRow], str], *, start: int, rows: int
) -> list[Line]:
    """Some entries of one outcome, in stable order.

    Args:
        comparison: The whole of it.
        outcome: Which entries.
        url: Address of an object of the right side.
        start: How many to leave out.
        rows: How many to give at most.
    """
    chosen = sorted(comparison.of(Outcome(outcome)), key=_place)
    return [line(entry, url) for entry in chosen[start : start + rows]]


def line(entry: Compared[ItemRow], url: Callable[[ItemRow], str]) -> Line:
    """One entry."""
    item = entry.right or entry.left
    assert item is not None
    is_renamed = bool(entry.left and entry.right and entry.left.name != entry.right.name)
    return Line(
        outcome=str(entry.outcome),
        name=item.name or item.source_path,
        other_name=entry.left.name if is_renamed and entry.left else "",
        area=words.area(item.area),
        object_type=item.object_type,
        url=url(entry.right) if entry.right else "",
        reason=_reason(entry, item),
        matched=str(entry.evidence.method) if entry.evidence else "",
        changes=tuple(_change(change) for change in entry.changes),
    )


def _place(entry: Compared[ItemRow]) -> tuple[str, str, str]:
    item = entry.right or entry.left
    assert item is not None
    return item.area, item.name, item.source_path


def _reason(entry: Compared[ItemRow], item: ItemRow) -> str:
    if entry.outcome is not Outcome.NOT_COMPARABLE:
        return ""
    if entry.left and entry.right:
        return _("Its settings were read only in part; what was read is equal.")
    said = _("The area %(area)s was not read completely on the other side, so its absence there says nothing.")
    return said % {"area": words.area(item.area)}


def _change(change: Change) -> ChangeLine:
    return ChangeLine(
        facet=words.facet(str(change.facet)),
        path=change.path,
        left=_text(change.left),
        right=_text(change.right),
        left_absent="absent" if change.kind is ChangeKind.ADDED else "",
        right_absent="absent" if change.kind is ChangeKind.REMOVED else "",
    )


def _text(value: Any) -> str:
    return "" if value is None else words.value_text(value)
