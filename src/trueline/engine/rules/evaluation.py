"""Verdicts of every rule in force on every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.engine.rules.across import across_findings
from trueline.engine.rules.checks import Case, Finding, Judge, findings
from trueline.engine.rules.model import RuleVerdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trueline.engine.rules.course import Course
    from trueline.engine.rules.model import Rule, WorldModel


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule says about one run.

    Attributes:
        rule_id: The rule.
        verdict: Failed when it fails anywhere; else unscored when it could not be decided somewhere; else passed when
            it held somewhere; else not applicable.
        reason: Why it failed or is unscored, empty otherwise.
        findings: Every place it looked at.
    """

    rule_id: str
    verdict: RuleVerdict
    reason: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class RunResult:
    """All verdicts on one run, in the order of the rules."""

    trace_id: str
    results: tuple[RuleResult, ...]


def evaluate_runs(model: WorldModel, courses: Sequence[Course], *, judge: Judge | None = None) -> tuple[RunResult, ...]:
    """Verdicts of the rules in force.

    Args:
        model: The world model.
        courses: The runs; rules over several runs count in this order.
        judge: The port to a language model; without one, judged rules are unscored.
    """
    across = {rule.id: across_findings(model, rule, courses) for rule in model.in_force if rule.kind == "across_runs"}
    return tuple(
        RunResult(
            course.trace_id,
            tuple(
                _result(
                    rule,
                    across[rule.id].get(number, []) if rule.id in across else _findings(model, rule, course, judge),
                )
                for rule in model.in_force
            ),
        )
        for number, course in enumerate(courses)
    )


def evaluate_rule(model: WorldModel, rule: Rule, course: Course, *, judge: Judge | None = None) -> RuleResult:
    """The verdict of one rule on one run, whatever the rule's status."""
    if rule.kind == "across_runs":
        return _result(rule, across_findings(model, rule, [course]).get(0, []))
    return _result(rule, _findings(model, rule, course, judge))


def _findings(model: WorldModel, rule: Rule, course: Course, judge: Judge | None) -> list[Finding]:
    return findings(Case(model, rule, course, judge))


def _result(rule: Rule, found: Sequence[Finding]) -> RuleResult:
    for verdict in (RuleVerdict.FAILED, RuleVerdict.UNSCORED):
        details = [each.detail for each in found if each.verdict is verdict]
        if details:
            return RuleResult(rule.id, verdict, details[0], tuple(found))
    return RuleResult(rule.id, RuleVerdict.PASSED if found else RuleVerdict.NOT_APPLICABLE, "", tuple(found))
