"""What is wrong with a world model before it judges anything."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from trueline.engine.rules.checks import condition
from trueline.engine.rules.examples import run_examples
from trueline.engine.rules.expressions import ExpressionError
from trueline.engine.rules.functions import FUNCTIONS
from trueline.engine.rules.json_schema import SchemaError, violations
from trueline.engine.rules.model import RuleStatus, RuleVerdict
from trueline.engine.rules.reading import texts
from trueline.engine.rules.scene import CALL_NAMES, HISTORY_FUNCTIONS, MESSAGE_NAMES, MOMENT_NAMES

if TYPE_CHECKING:
    from trueline.engine.rules.model import Rule, WorldModel

RESERVED = FUNCTIONS.keys() | HISTORY_FUNCTIONS | MOMENT_NAMES | CALL_NAMES | MESSAGE_NAMES
CONDITIONS = ("where", "require", "forbid")


class Weight(StrEnum):
    """How much a complaint matters: an error stops the evaluation, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong with a world model.

    Attributes:
        weight: Whether it stops the evaluation.
        rule_id: The rule, empty for the model as a whole.
        message: What is wrong, one sentence.
    """

    weight: Weight
    rule_id: str
    message: str


def lint(model: WorldModel) -> tuple[Complaint, ...]:
    """Everything that is wrong, in the order of the rules; examples are only run when the rules can be."""
    complaints = [*_set_complaints(model)]
    for rule in model.rules:
        complaints += [Complaint(Weight.ERROR, rule.id, message) for message in _rule_errors(model, rule)]
        complaints += [Complaint(Weight.WARNING, rule.id, message) for message in _rule_warnings(rule)]
    if not has_errors(complaints):
        complaints += [
            Complaint(
                Weight.ERROR,
                each.rule_id,
                f"Example {each.name!r} gives {each.actual}, not {each.expected}. {each.reason}",
            )
            for each in run_examples(model)
            if not each.agrees
        ]
    return tuple(complaints)


def has_errors(complaints: tuple[Complaint, ...] | list[Complaint]) -> bool:
    """Whether a complaint stops the evaluation."""
    return any(complaint.weight is Weight.ERROR for complaint in complaints)


def _set_complaints(model: WorldModel) -> Iterator[Complaint]:
    for rule_id, times in Counter(rule.id for rule in model.rules).items():
        if times > 1:
            yield Complaint(Weight.ERROR, rule_id, f"The id is used {times} times.")
    for text, times in Counter(rule.text.lower() for rule in model.rules).items():
        if times > 1:
            yield Complaint(Weight.WARNING, "", f"{times} rules say {text!r}.")
    if not model.in_force:
        yield Complaint(
            Weight.ERROR, "", "No rule is in force: each is a candidate, waits for approval, or is retired."
        )
    for name in sorted(model.values.keys() & RESERVED):
        yield Complaint(Weight.ERROR, "", f"The value {name!r} has the name of something that conditions already know.")
    unused = model.rubric.keys() - {rule.dimension for rule in model.rules}
    for dimension in sorted(unused):
        yield Complaint(Weight.WARNING, "", f"The rubric weighs {dimension!r}, which no rule belongs to.")


def _rule_errors(model: WorldModel, rule: Rule) -> Iterator[str]:
    by_id = {each.id: each for each in model.rules}
    for kind, others in rule.relations.items():
        for other in others:
            yield from _relation_errors(rule, kind, other, by_id)
    if rule.status is RuleStatus.ENSHRINED and not rule.approved_by:
        yield "An enshrined rule needs a person who approved it (approved_by)."
    yield from _check_errors(model, rule)


def _relation_errors(rule: Rule, kind: str, other: str, by_id: Mapping[str, Rule]) -> Iterator[str]:
    if other not in by_id or other == rule.id:
        yield f"It {kind} {other!r}, which is no other rule of this model."
    elif kind == "conflicts_with" and rule.in_force and by_id[other].in_force:
        yield f"It conflicts with {other!r}, and both are in force."
    elif kind == "depends_on" and rule.in_force and not by_id[other].in_force:
        yield f"It depends on {other!r}, which is not in force."


def _rule_warnings(rule: Rule) -> Iterator[str]:
    shown = {example.expect for example in rule.examples}
    wanted = {RuleVerdict.PASSED, RuleVerdict.FAILED}
    if rule.kind != "judged" and rule.in_force and not wanted <= shown:
        yield "Without an example that passes and one that fails, nobody knows that it can do both."


def _check_errors(model: WorldModel, rule: Rule) -> Iterator[str]:
    settings = rule.settings
    if not isinstance(settings, Mapping):
        return
    known = _known_names(model, rule.kind, settings)
    for text in _condition_texts(settings):
        yield from _condition_errors(text, known)
    for pattern in _patterns(settings):
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"The pattern {pattern!r} is no regular expression: {error}."
    if isinstance(settings.get("schema"), Mapping):
        try:
            list(violations({}, settings["schema"]))
        except (SchemaError, KeyError, TypeError) as error:
            yield f"The schema cannot be used: {error}"


def _known_names(model: WorldModel, kind: str, settings: Mapping[str, Any]) -> frozenset[str]:
    about: frozenset[str] = (
        CALL_NAMES if kind in {"calls", "across_runs"} else MESSAGE_NAMES if kind == "messages" else frozenset()
    )
    return frozenset({*MOMENT_NAMES, *about, *model.values, *settings.get("given", {})})


def _condition_texts(settings: Mapping[str, Any]) -> Iterator[str]:
    for name in CONDITIONS:
        yield from texts(settings.get(name))
    for source in settings.get("given", {}).values():
        yield from source.get("for", {}).values()
    yield from texts(settings.get("per"))


def _condition_errors(text: str, known: frozenset[str]) -> Iterator[str]:
    try:
        unknown = condition(text).names - known
    except ExpressionError as error:
        yield str(error)
        return
    if unknown:
        yield f"{' '.join(text.split())!r} reads {', '.join(sorted(unknown))}, which nothing defines."


def _patterns(settings: Mapping[str, Any]) -> Iterator[str]:
    for name in ("pattern", "patterns", "says"):
        yield from texts(settings.get(name))
