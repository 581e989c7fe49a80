"""Turn a comparison into detections. Pure: the caller has loaded everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from trueline.connections.contract import Facet
from trueline.findings.rules import Detected, Detection, Severity
from trueline.inventory.compare import Compared, Comparison, Outcome
from trueline.inventory.differences import Change
from trueline.inventory.matching.evidence import ItemT
from trueline.inventory.rules import ItemView

DRIFT = "drift"

Weigh = Callable[[str, str, str], str]
"""Gives a severity for an area, a facet (empty for a whole object) and a path. The provider knows its own world."""


def drift(comparison: Comparison[ItemT], standard_id: str, covered: Iterable[str], weigh: Weigh) -> Detected:
    """Differences of an environment from a standard.

    One detection for each changed value, each object that is missing and each that the standard does not know. What
    cannot be compared is no detection: coverage tells of it.

    Args:
        comparison: The standard on the left, the environment on the right.
        standard_id: The standard's id as text.
        covered: Areas of the environment that were read completely.
        weigh: The provider's judgement of how much a difference matters.
    """
    found = [item for entry in comparison.entries for item in _of(entry, standard_id, weigh)]
    blind = {_side(entry).area for entry in comparison.of(Outcome.NOT_COMPARABLE)}
    return Detected(DRIFT, standard_id, frozenset(covered) - blind, tuple(_once(found)))


def _of(entry: Compared[ItemT], standard_id: str, weigh: Weigh) -> Iterator[Detection]:
    if entry.outcome is Outcome.CHANGED:
        for change in entry.changes:
            if change.facet is not Facet.METADATA:
                yield _changed(entry, change, standard_id, weigh)
    elif entry.outcome in {Outcome.ONLY_LEFT, Outcome.ONLY_RIGHT}:
        yield _whole(entry, standard_id, weigh)


def _changed(entry: Compared[ItemT], change: Change, standard_id: str, weigh: Weigh) -> Detection:
    subject = _subject(entry)
    return Detection(
        detector=DRIFT,
        standard_id=standard_id,
        area=subject.area,
        object_type=subject.object_type,
        subject_key=_key(subject),
        subject_name=_side(entry).name,
        facet=str(change.facet),
        path=change.path,
        kind=str(change.kind),
        severity=Severity(weigh(subject.area, str(change.facet), change.path)),
        expected=change.left,
        observed=change.right,
    )


def _whole(entry: Compared[ItemT], standard_id: str, weigh: Weigh) -> Detection:
    subject, is_missing = _subject(entry), entry.outcome is Outcome.ONLY_LEFT
    severity = Severity(weigh(subject.area, "", "")) if is_missing else Severity.LOW
    return Detection(
        detector=DRIFT,
        standard_id=standard_id,
        area=subject.area,
        object_type=subject.object_type,
        subject_key=_key(subject),
        subject_name=subject.name,
        facet="",
        path="",
        kind="missing" if is_missing else "extra",
        severity=severity,
        expected={"name": subject.name} if is_missing else None,
        observed=None if is_missing else {"name": subject.name},
    )


def _subject(entry: Compared[ItemT]) -> ItemView:
    """The object as the standard names it, for that name stays; an extra one as the environment does."""
    found = entry.left or entry.right
    assert found is not None
    return found


def _side(entry: Compared[ItemT]) -> ItemView:
    found = entry.right or entry.left
    assert found is not None
    return found


def _key(subject: ItemView) -> str:
    return f"{subject.object_type}:{subject.external_id or subject.fixed_key or subject.name}"


def _once(found: Iterable[Detection]) -> Iterator[Detection]:
    """Each identity once: two objects of one id must not overwrite each other, so the later gets its own key."""
    seen: dict[tuple[str, str, str], int] = {}
    for item in found:
        key = (item.subject_key, item.facet, item.path)
        seen[key] = seen.get(key, 0) + 1
        yield item if seen[key] == 1 else _numbered(item, seen[key])


def _numbered(item: Detection, number: int) -> Detection:
    fields = {name: getattr(item, name) for name in item.__slots__}
    return Detection(**{**fields, "subject_key": f"{item.subject_key}#{number}"})
