"""One small world model for the tests, and runs written as lists of steps."""

from __future__ import annotations

from typing import Any

from trueline.engine.rules.course import Course
from trueline.engine.rules.evaluation import RuleResult, evaluate_rule
from trueline.engine.rules.examples import example_course
from trueline.engine.rules.model import WorldModel
from trueline.engine.rules.reading import parse_world_model

HEAD = """
world_model:
  id: shop
  name: Shop
  domain: A shop
  version: "1"
  authority: {name: Shop handbook, version: "3"}
"""


def model(rules: str, *, extra: str = "") -> WorldModel:
    """A model of the given rules in YAML, each a list item."""
    return parse_world_model(f"{HEAD}{extra}\nrules:\n{rules}")


def rule(check: str, *, rule_id: str = "r", status: str = "provisional", extra: str = "") -> str:
    """One rule in YAML around a check in flow style."""
    return f"""
  - id: {rule_id}
    text: Rule {rule_id}
    status: {status}
    provenance: {{tier: curated, source: Handbook}}
    {extra}
    check: {check}
"""


def verdict(check: str, *steps: dict[str, Any], values: str = "") -> RuleResult:
    """What a single check says about a run."""
    built = model(rule(check), extra=values)
    return evaluate_rule(built, built.rules[0], run(*steps))


def run(*steps: dict[str, Any]) -> Course:
    """A run of the given steps."""
    return example_course(steps)


def call(tool: str, result: Any = "ok", **arguments: Any) -> dict[str, Any]:
    """A step that calls a tool."""
    return {"call": tool, "with": arguments, "result": result}
