"""Checks that no single run can answer: the same thing done in several runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from trueline.engine.rules.checks import Finding, condition
from trueline.engine.rules.course import Called
from trueline.engine.rules.expressions import evaluate
from trueline.engine.rules.functions import MissingValueError
from trueline.engine.rules.model import RuleVerdict
from trueline.engine.rules.reading import texts
from trueline.engine.rules.scene import Scene, call_value, is_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trueline.engine.rules.course import Course
    from trueline.engine.rules.model import Rule, WorldModel


def across_findings(model: WorldModel, rule: Rule, courses: Sequence[Course]) -> dict[int, list[Finding]]:
    """Position of a run to its findings: successful calls beyond the limit fail, in the order of the runs given."""
    settings = rule.settings
    counts: dict[str, int] = {}
    found: dict[int, list[Finding]] = {}
    for position, course in enumerate(courses):
        for number, call in _calls(course, texts(settings["of"])):
            finding = _finding(_thing(model, course, number, call, settings["per"]), call, counts, settings["at_most"])
            found.setdefault(position, []).append(finding)
    return found


def _calls(course: Course, tools: Sequence[str]) -> Iterator[tuple[int, Called]]:
    for number, event in enumerate(course.events):
        if isinstance(event, Called) and is_of(event, tools) and not event.failed:
            yield number, event


def _thing(model: WorldModel, course: Course, number: int, call: Called, per: str) -> Any:
    scene = Scene(model, course, number)
    scene.add("call", call_value(call))
    try:
        return evaluate(condition(per), scene)
    except MissingValueError as error:
        return error


def _finding(thing: Any, call: Called, counts: dict[str, int], at_most: int) -> Finding:
    if isinstance(thing, MissingValueError):
        return Finding(RuleVerdict.UNSCORED, str(thing), call.span_id, call.step)
    key = json.dumps(thing, sort_keys=True, default=str)
    counts[key] = counts.get(key, 0) + 1
    if counts[key] > at_most:
        detail = f"{call.tool} for {thing!r} is number {counts[key]} over all runs, at most {at_most} allowed"
        return Finding(RuleVerdict.FAILED, detail, call.span_id, call.step)
    return Finding(RuleVerdict.PASSED, "", call.span_id, call.step)
