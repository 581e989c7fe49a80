"""Two readings side by side: what is equal, what changed, what only one has, and what nobody can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Generic

from trueline.connections.contract import AreaReport, Facet
from trueline.inventory.differences import Change, ChangeKind, facet_changes
from trueline.inventory.matching.evidence import Evidence, ItemT, Pair
from trueline.inventory.matching.ladder import match_items
from trueline.inventory.references import NO_REFERENCES, References, references
from trueline.inventory.rules import Content, ItemView, complete_areas

if TYPE_CHECKING:
    from trueline.inventory.matching.links import Link

CHUNK = 500
"""How many pairs are loaded at once: one query of the database, bounded memory."""

Known = tuple[References, References]
"""What the ids of the left and of the right are called."""

Load = Callable[[Sequence[ItemT]], Sequence[Content]]
"""Gives the content of items, in their order. Called only for items whose digests do not settle the answer."""


class Outcome(StrEnum):
    """What the comparison says of one object or pair."""

    EQUAL = "equal"
    CHANGED = "changed"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Compared(Generic[ItemT]):
    """One line of a comparison.

    Attributes:
        left: The left object, None when only the right has it.
        right: The right object, None when only the left has it.
        evidence: Why the two are a pair, None for a lone object.
        changes: What differs; filled only when the outcome is `changed`.
        reason: Why it cannot be compared, empty otherwise.
    """

    outcome: Outcome
    left: ItemT | None = None
    right: ItemT | None = None
    evidence: Evidence | None = None
    changes: tuple[Change, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Comparison(Generic[ItemT]):
    """Everything that two sides say about each other. Each object of both sides is in exactly one entry."""

    entries: tuple[Compared[ItemT], ...]

    def of(self, outcome: Outcome) -> list[Compared[ItemT]]:
        """The entries of one outcome, in stable order."""
        return [entry for entry in self.entries if entry.outcome is outcome]

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs and nothing stayed unknown."""
        return all(entry.outcome is Outcome.EQUAL for entry in self.entries)


def compare_snapshots(  # noqa: PLR0913 - two sides, the coverage of each, and what is known of them
    left: Sequence[ItemT],
    right: Sequence[ItemT],
    *,
    left_areas: Iterable[AreaReport],
    right_areas: Iterable[AreaReport],
    load: Load[ItemT],
    links: Iterable[Link] = (),
    ignore_ids: bool = False,
    propose: bool = False,
) -> Comparison[ItemT]:
    """Compare two sides, each a set of objects and a report of how far each area was read.

    Args:
        left: Objects of one side; for drift, what should be.
        right: Objects of the other; for drift, what is.
        left_areas: Coverage of the left. An area that no report names counts as unread.
        right_areas: Coverage of the right.
        load: Gives the facets of items whose digests differ.
        links: What people answered earlier about pairs.
        ignore_ids: Treat the sides as two tenants, where an equal id means nothing.
        propose: Whether doubtful pairs are compared too. Without them their members count as lone objects, which is
            what drift detection needs: a supposition never hides that something is gone.

    Returns:
        One entry for each pair and each lone object. An object is `only_left` or `only_right` only when its area was
        read completely on the other side; else it is `not_comparable`, with the reason.
    """
    matching = match_items(left, right, load=load, links=links, ignore_ids=ignore_ids, propose=propose)
    pairs = _compare_pairs(
        matching.pairs, load, references(matching.pairs) if ignore_ids else (NO_REFERENCES, NO_REFERENCES)
    )
    lone_left = _lone(matching.only_left, Outcome.ONLY_LEFT, right_areas)
    lone_right = _lone(matching.only_right, Outcome.ONLY_RIGHT, left_areas)
    return Comparison((*pairs, *lone_left, *lone_right))


def _compare_pairs(pairs: Sequence[Pair[ItemT]], load: Load[ItemT], known: Known) -> Iterator[Compared[ItemT]]:
    """Entries in the order of the pairs; content is loaded only where digests differ."""
    unchanged = [is_unchanged(pair.left, pair.right) for pair in pairs]
    differing = (pair for pair, is_same in zip(pairs, unchanged, strict=True) if not is_same)
    compared = _looked_into(differing, load, known)
    for pair, is_same in zip(pairs, unchanged, strict=True):
        yield _without_changes(pair) if is_same else next(compared)


def _looked_into(pairs: Iterator[Pair[ItemT]], load: Load[ItemT], known: Known) -> Iterator[Compared[ItemT]]:
    while chunk := list(islice(pairs, CHUNK)):
        mine = load([pair.left for pair in chunk])
        theirs = load([pair.right for pair in chunk])
        for pair, left, right in zip(chunk, mine, theirs, strict=True):
            yield _compare_pair(pair, left, right, known)


def is_unchanged(left: ItemView, right: ItemView) -> bool:
    """Whether digests alone show that two objects are equal."""
    if left.raw_digest and left.raw_digest == right.raw_digest:
        return True
    return left.facet_digests == right.facet_digests


def _compare_pair(pair: Pair[ItemT], left: Content, right: Content, known: Known) -> Compared[ItemT]:
    """One pair compared by content; settings that a truncated side does not show are not called removed."""
    found = facet_changes(known[0].named(left.facets), known[1].named(right.facets))
    changes = tuple(change for change in found if not _is_unseen(change, pair))
    if changes:
        return Compared(Outcome.CHANGED, pair.left, pair.right, pair.evidence, changes)
    return _without_changes(pair)


def _is_unseen(change: Change, pair: Pair[ItemT]) -> bool:
    """Whether a setting only seems to be gone because its side was read in part."""
    if change.facet is not Facet.SETTINGS:
        return False
    if change.kind is ChangeKind.REMOVED:
        return pair.right.is_truncated
    return change.kind is ChangeKind.ADDED and pair.left.is_truncated


def _without_changes(pair: Pair[ItemT]) -> Compared[ItemT]:
    if pair.left.is_truncated or pair.right.is_truncated:
        reason = "Its settings were read only in part; what was read is equal."
        return Compared(Outcome.NOT_COMPARABLE, pair.left, pair.right, pair.evidence, reason=reason)
    return Compared(Outcome.EQUAL, pair.left, pair.right, pair.evidence)


def _lone(items: Iterable[ItemT], outcome: Outcome, other_side: Iterable[AreaReport]) -> Iterator[Compared[ItemT]]:
    """Entries of objects without a partner; absence counts only where the other side was read completely."""
    reports = {area.area: area for area in other_side}
    complete = complete_areas(reports.values())
    for item in items:
        if item.area in complete:
            yield _side(outcome, outcome, item)
        else:
            yield _side(Outcome.NOT_COMPARABLE, outcome, item, _unread_reason(item, reports))


def _side(outcome: Outcome, place: Outcome, item: ItemT, reason: str = "") -> Compared[ItemT]:
    if place is Outcome.ONLY_LEFT:
        return Compared(outcome, left=item, reason=reason)
    return Compared(outcome, right=item, reason=reason)


def _unread_reason(item: ItemView, reports: Mapping[str, AreaReport]) -> str:
    report = reports.get(item.area)
    state = report.coverage.value.replace("_", " ") if report else "unread"
    detail = f" {report.reason}" if report and report.reason else ""
    return f"The area {item.area} was {state} on the other side, so absence says nothing.{detail}"
