"""An environment held against a baseline: one result for each assertion, with what proves it. Pure.

An assertion is met by any policy that does what it asks, whatever its name. What could not be read is never good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from trueline.connections.contract import (
    AreaReport,
    Contents,
    Coverage,
    Excluded,
    Facet,
    Hole,
    Json,
    ObjectView,
    Proof,
    Question,
    Reach,
    unknown_reach,
)
from trueline.inventory.assertions.layers import Effective, EffectiveBaseline
from trueline.inventory.assertions.model import Assertion, Operator, Template
from trueline.inventory.assertions.operators import accepts, expected, short, values_of
from trueline.inventory.assertions.saying import Said, named
from trueline.inventory.differences import same_value

ReachOf = Callable[[Mapping[str, Json]], Reach]


class ResultState(StrEnum):
    """What an assertion came to. Only `met` is good; the last two say that nobody could tell."""

    MET = "met"
    MET_PARTLY = "met_partly"
    CONFLICTING = "conflicting"
    NOT_MET = "not_met"
    NOT_MEASURED = "not_measured"
    NOT_LICENSED = "not_licensed"


UNTOLD = frozenset({ResultState.NOT_MEASURED, ResultState.NOT_LICENSED})
"""States in which nobody could tell; never good, and no reason to call something repaired."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What one policy does about an assertion."""

    policy: str
    path: str
    id: str
    type: str
    value: Json
    is_accepted: bool
    reach: Reach


@dataclass(frozen=True, slots=True)
class Result:
    """One assertion and what it came to.

    Attributes:
        said: What is to be said of it, by code; `sentence` says it in English.
        expected: What was asked for, in words.
        observed: Every policy that has a say, those that satisfy it first.
        proofs: What a question rests on.
        excluded: Whom a question found left out.
        gaps: What is not covered or differs, one phrase each.
    """

    entry: Effective
    state: ResultState
    said: Said
    expected: str
    observed: tuple[Observed, ...] = ()
    proofs: tuple[Proof, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    gaps: tuple[Hole, ...] = ()

    @property
    def sentence(self) -> str:
        """One sentence in English."""
        return str(self.said)


@dataclass(frozen=True)
class Environment:
    """What was read of an environment, indexed for assertions.

    Attributes:
        objects: Objects in stable order.
        coverage: How far each area was read.
        questions: What the provider can answer, by key.
        reach: Whom an assignments facet reaches.
    """

    objects: tuple[ObjectView, ...]
    coverage: Mapping[str, Coverage]
    reasons: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)
    reach: ReachOf = unknown_reach

    @cached_property
    def by_setting(self) -> Mapping[str, list[tuple[ObjectView, tuple[str, ...]]]]:
        """Policies and their values, by setting id."""
        found: defaultdict[str, list[tuple[ObjectView, tuple[str, ...]]]] = defaultdict(list)
        for one in self.objects:
            for setting in one.settings:
                if setting.values:
                    found[setting.id.lower()].append((one, setting.values))
        return found

    @cached_property
    def by_type(self) -> Mapping[str, list[ObjectView]]:
        """Objects by type."""
        found: defaultdict[str, list[ObjectView]] = defaultdict(list)
        for one in self.objects:
            found[one.object_type].append(one)
        return found

    @cached_property
    def truncated_areas(self) -> frozenset[str]:
        """Areas with an object that shows fewer settings than it has: absence cannot be told there."""
        return frozenset(one.area for one in self.objects if one.is_truncated)

    @cached_property
    def _assigned_areas(self) -> frozenset[str]:
        """Areas whose assignments were exported: at least one object shows some."""
        return frozenset(one.area for one in self.objects if one.facets.get(Facet.ASSIGNMENTS))

    def reach_of(self, one: ObjectView) -> Reach:
        """Whom a policy reaches; unknown where no policy of its area shows assignments."""
        if one.area not in self._assigned_areas:
            return Reach.UNKNOWN
        return self.reach(one.facets.get(Facet.ASSIGNMENTS) or {})


def environment(
    objects: Iterable[ObjectView],
    areas: Iterable[AreaReport],
    *,
    questions: Mapping[str, Question],
    reach: ReachOf = unknown_reach,
) -> Environment:
    """The environment of what was read, the same whatever the order of objects."""
    known = tuple(areas)
    ordered = sorted(objects, key=lambda one: (one.object_type, one.name, one.source_path, one.external_id))
    return Environment(
        objects=tuple(ordered),
        coverage={area.area: area.coverage for area in known},
        reasons={area.area: area.reason for area in known},
        questions=questions,
        reach=reach,
    )


def evaluate(baseline: EffectiveBaseline, where: Environment) -> tuple[Result, ...]:
    """One result for each assertion and template that holds, in the order of the baseline."""
    return tuple(_result(entry, where) for entry in baseline.holding)


def _result(entry: Effective, where: Environment) -> Result:
    demand = entry.demand
    if isinstance(demand, Template):
        return _template_result(entry, demand, where)
    return _answered(entry, demand, where) if demand.question else _setting_result(entry, demand, where)


def _answered(entry: Effective, demand: Assertion, where: Environment) -> Result:
    question = where.questions.get(demand.question)
    if question is None:
        said = Said("no_such_question", {"question": demand.question})
        return Result(entry, ResultState.NOT_MEASURED, said, demand.title)
    if unknown := sorted(demand.parameters.keys() - question.parameters.keys()):
        said = Said("foreign_parameters", {"question": demand.question, "foreign": ", ".join(unknown)})
        return Result(entry, ResultState.NOT_MEASURED, said, question.title)
    answer = question.answer(Contents(where.objects, where.coverage, demand.parameters))
    return Result(
        entry,
        ResultState(answer.state.value),
        Said("answered", {"sentence": answer.sentence}),
        question.title,
        proofs=answer.proofs,
        excluded=answer.excluded,
        gaps=answer.gaps,
    )


def _setting_result(entry: Effective, demand: Assertion, where: Environment) -> Result:
    observed = sorted(_observations(demand, where), key=_order)
    state, said = _state(demand, observed, where)
    return Result(entry, state, said, expected(demand), tuple(observed))


def _order(one: Observed) -> tuple[bool, str, str]:
    return not one.is_accepted, one.policy, one.path


def _observations(demand: Assertion, where: Environment) -> Iterable[Observed]:
    if demand.type:
        for one in where.by_type.get(demand.type, ()):
            value = (one.facets.get(Facet.SETTINGS) or {}).get(demand.setting)
            if value is not None and _is_of(one, demand.platform):
                yield _observed(one, value, accepts(demand, values_of(value)), where)
        return
    for one, values in where.by_setting.get(demand.setting, ()):
        if _is_of(one, demand.platform):
            shown = values[0] if len(values) == 1 else list(values)
            yield _observed(one, shown, accepts(demand, values), where)


def _is_of(one: ObjectView, platform: str) -> bool:
    return not platform or platform in one.platform.split(",")


def _observed(one: ObjectView, value: Json, is_accepted: bool, where: Environment) -> Observed:
    return Observed(
        one.name, one.source_path, one.external_id, one.object_type, value, is_accepted, where.reach_of(one)
    )


def _state(demand: Assertion, observed: list[Observed], where: Environment) -> tuple[ResultState, Said]:
    working = [one for one in observed if one.reach is not Reach.NOBODY]
    right = [one for one in observed if one.is_accepted]
    effective_right = [one for one in working if one.is_accepted]
    wrong = [one for one in working if not one.is_accepted]
    if demand.operator is Operator.ABSENT and wrong:
        return ResultState.NOT_MET, Said("must_be_absent", {"wrong": _names(wrong)})
    if effective_right and wrong:
        both = {"right": _names(effective_right), "wrong": _names(wrong), "values": _values(demand, wrong)}
        return ResultState.CONFLICTING, Said("in_conflict", both)
    if wrong:
        does = {"wrong": _names(wrong), "values": _values(demand, wrong)}
        return ResultState.NOT_MET, Said("other_value", {**does, "expected": expected(demand)})
    if right:
        return _reached(right)
    return _without(demand, observed, where)


def _reached(right: list[Observed]) -> tuple[ResultState, Said]:
    """The state where every policy in effect does what is asked; what counts is whom they reach."""
    reaches = {one.reach for one in right}
    if Reach.ALL in reaches:
        return ResultState.MET, Said("met_by", {"right": _names([one for one in right if one.reach is Reach.ALL])})
    if Reach.UNKNOWN in reaches:
        return ResultState.MET, Said("met_reach_unknown", {"right": _names(right)})
    if Reach.PART in reaches:
        part = [one for one in right if one.reach is Reach.PART]
        return ResultState.MET_PARTLY, Said("met_for_some", {"right": _names(part)})
    return ResultState.MET_PARTLY, Said("met_for_nobody", {"right": _names(right)})


def _without(demand: Assertion, observed: list[Observed], where: Environment) -> tuple[ResultState, Said]:
    """The state where no policy in effect has a say."""
    unknown = absence_unknown(demand.area, where)
    if unknown is not None:
        return unknown
    if demand.operator is Operator.ABSENT:
        return ResultState.MET, Said("absent")
    if observed:
        return ResultState.NOT_MET, Said("only_unassigned", {"wrong": _names(observed)})
    return ResultState.NOT_MET, Said("nowhere")


def absence_unknown(area: str, where: Environment) -> tuple[ResultState, Said] | None:
    """Why nobody can tell that something is missing from an area; None when it can be told."""
    coverage = where.coverage.get(area, Coverage.UNREAD)
    if coverage is Coverage.NOT_LICENSED:
        return ResultState.NOT_LICENSED, Said("not_licensed", {"area": area})
    if coverage is not Coverage.COMPLETE:
        return ResultState.NOT_MEASURED, Said(coverage.value, {"area": area})
    if area in where.truncated_areas:
        return ResultState.NOT_MEASURED, Said("truncated", {"area": area})
    return None


def _names(several: list[Observed]) -> tuple[str, ...]:
    return named(one.policy for one in several)


def _values(demand: Assertion, several: list[Observed]) -> tuple[str, ...]:
    return named(", ".join(short(demand, one) for one in values_of(one.value)) for one in several)


def _template_result(entry: Effective, demand: Template, where: Environment) -> Result:
    candidates = [one for one in where.by_type.get(demand.type, ()) if _is_of(one, demand.platform)]
    compared = [(one, _lacking(demand, one)) for one in candidates]
    observed = sorted(
        (_observed(one, None, is_accepted=True, where=where) for one, lacking in compared if not lacking), key=_order
    )
    asked = f"a policy with {len(demand.settings)} settings"
    if observed:
        state, said = _reached(observed)
        return Result(entry, state, said, asked, tuple(observed))
    unknown = absence_unknown(demand.area, where)
    if unknown is not None:
        return Result(entry, unknown[0], unknown[1], asked)
    if not compared:
        return Result(entry, ResultState.NOT_MET, Said("no_such_object", {"type": demand.type}), asked)
    nearest, lacking = min(compared, key=lambda pair: (len(pair[1]), pair[0].name, pair[0].source_path))
    said = Said("nearest_differs", {"nearest": nearest.name, "number": str(len(lacking))})
    near = _observed(nearest, None, is_accepted=False, where=where)
    return Result(entry, ResultState.NOT_MET, said, asked, (near,), gaps=tuple(lacking))


def _lacking(demand: Template, one: ObjectView) -> list[str]:
    """Paths at which the object does not have what the template asks for."""
    flat = one.facets.get(Facet.SETTINGS) or {}
    return [path for path, value in demand.settings.items() if not same_value(flat.get(path), value)]
