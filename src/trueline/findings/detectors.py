"""Turn a comparison into detections. Pure: the caller has loaded everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from trueline.connections.contract import Coverage, Facet, Json
from trueline.findings.rules import Detected, Detection, Severity, demand_key
from trueline.inventory.assertions.evaluation import UNTOLD, Environment, Result, ResultState
from trueline.inventory.assertions.layers import Demand
from trueline.inventory.assertions.model import Assertion, Template
from trueline.inventory.assertions.operators import values_of
from trueline.inventory.assertions.saying import phrase_document
from trueline.inventory.compare import Compared, Comparison, Outcome
from trueline.inventory.differences import Change
from trueline.inventory.matching.evidence import ItemT
from trueline.inventory.rules import ItemView

DRIFT = "drift"
UNMET = "assertions"
_MOST = 50
_FINDS = frozenset({ResultState.NOT_MET, ResultState.MET_PARTLY, ResultState.CONFLICTING})

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


def unmet(results: Sequence[Result], standard_id: str, place: Environment) -> Detected:
    """Assertions that an environment does not meet, meets in part, or whose policies contradict each other.

    One that nobody could measure gives no detection and clears none: what was open before stays open. The same holds
    for one that is met in what was read of an area, while the rest of the area is unknown.

    Args:
        results: One for each assertion that holds.
        standard_id: The standard's id as text.
        place: What was looked at.
    """
    complete = frozenset(area for area, coverage in place.coverage.items() if coverage is Coverage.COMPLETE)
    found = tuple(_detection(one, standard_id, place) for one in results if one.state in _FINDS)
    told = {one.entry.demand.id: _areas_of(one.entry.demand, place) <= complete for one in results}
    measured = {one.entry.demand.id for one in results if one.state not in UNTOLD and told[one.entry.demand.id]}
    return Detected(
        UNMET,
        standard_id,
        complete,
        found,
        unknown=frozenset(_demand(one.entry.demand) for one in results if one.entry.demand.id not in measured),
        asked=frozenset(_demand(one.entry.demand) for one in results),
    )


def _demand(demand: Demand) -> str:
    return demand_key(demand.id, _path(demand))


def _path(demand: Demand) -> str:
    return demand.setting if isinstance(demand, Assertion) else ""


def _areas_of(demand: Demand, place: Environment) -> frozenset[str]:
    """Areas that must be read for an answer."""
    if isinstance(demand, Assertion) and demand.question:
        question = place.questions.get(demand.question)
        return frozenset(question.areas if question else ())
    return frozenset({demand.area})


def _detection(one: Result, standard_id: str, place: Environment) -> Detection:
    demand = one.entry.demand
    is_setting = isinstance(demand, Assertion) and bool(demand.setting)
    return Detection(
        detector=UNMET,
        standard_id=standard_id,
        area=min(_areas_of(demand, place), default=""),
        object_type="assertion" if isinstance(demand, Assertion) else demand.type,
        subject_key=demand.id,
        subject_name=demand.title[:500],
        facet=str(Facet.SETTINGS) if is_setting else "",
        path=_path(demand),
        kind=str(one.state),
        severity=Severity(demand.severity),
        expected=_expected(demand),
        observed=_observed(one),
    )


def _expected(demand: Demand) -> dict[str, Json]:
    if isinstance(demand, Template):
        return {"settings": len(demand.settings)}
    if demand.question:
        return {"question": demand.question, "parameters": dict(demand.parameters)}
    return {"operator": str(demand.operator), "value": demand.value}


def _observed(one: Result) -> dict[str, Json]:
    """What a decision is pinned to: values and whom they reach, never the names of policies."""
    values = sorted({(text, str(each.reach)) for each in one.observed for text in values_of(each.value)})
    left_out = sorted(f"{each.kind}:{each.id}" for each in one.excluded if not each.is_accepted)
    gaps = [phrase_document(each) for each in one.gaps[:_MOST]]
    found: dict[str, Json] = {"values": [list(pair) for pair in values[:_MOST]], "gaps": gaps}
    found["left_out"] = left_out[:_MOST]
    return {name: value for name, value in found.items() if value}


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
