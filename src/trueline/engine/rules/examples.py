"""The examples of a rule, run as tests of the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trueline.engine.rules.course import Called, Course, Event, Said, Speaker
from trueline.engine.rules.evaluation import evaluate_rule
from trueline.engine.traces.toolresult import failure_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trueline.engine.rules.model import Example, Rule, RuleVerdict, WorldModel


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """How an example came out.

    Attributes:
        rule_id: The rule.
        name: The example.
        expected: The verdict it must give.
        actual: The verdict it gave.
        reason: The rule's reason.
    """

    rule_id: str
    name: str
    expected: RuleVerdict
    actual: RuleVerdict
    reason: str

    @property
    def agrees(self) -> bool:
        """Whether the rule says what its author expects."""
        return self.expected is self.actual


def run_examples(model: WorldModel) -> tuple[ExampleResult, ...]:
    """Every example of every rule that is not retired."""
    return tuple(
        _run_example(model, rule, example)
        for rule in model.rules
        if rule.status != "retired"
        for example in rule.examples
    )


def _run_example(model: WorldModel, rule: Rule, example: Example) -> ExampleResult:
    result = evaluate_rule(model, rule, example_course(example.steps))
    return ExampleResult(rule.id, example.name, example.expect, result.verdict, result.reason)


def example_course(steps: Sequence[Mapping[str, Any]]) -> Course:
    """The made-up run of an example."""
    events = tuple(_event(step, number) for number, step in enumerate(steps))
    return Course("example", events, len(events))


def _event(step: Mapping[str, Any], number: int) -> Event:
    agent, place = step.get("as", "agent"), f"step-{number}"
    if "call" not in step:
        speaker = Speaker.AGENT if "agent" in step else Speaker.USER
        text = step["agent"] if speaker is Speaker.AGENT else step.get("user", "")
        return Said(speaker, agent if speaker is Speaker.AGENT else "", text, place, number)
    result = step.get("result", "ok")
    return Called(
        tool=step["call"],
        agent=agent,
        arguments=step.get("with", {}),
        result=result,
        failed=step.get("failed", isinstance(result, str) and failure_in(result) is not None),
        siblings=1 + step.get("alongside", 0),
        with_text="agent" in step,
        span_id=place,
        step=number,
    )
