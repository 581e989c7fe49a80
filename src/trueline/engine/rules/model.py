"""World models and rules: what a file says, checked and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class RuleStatus(StrEnum):
    """Position of a rule in its life."""

    CANDIDATE = "candidate"
    PROVISIONAL = "provisional"
    PENDING_APPROVAL = "pending_approval"
    ENSHRINED = "enshrined"
    RETIRED = "retired"


IN_FORCE = frozenset({RuleStatus.PROVISIONAL, RuleStatus.ENSHRINED})
"""Only these are evaluated."""


class ProvenanceTier(StrEnum):
    """Strength of a rule's source, the strongest first."""

    AUTHORITATIVE = "authoritative"
    CURATED = "curated"
    DISTILLED = "distilled"
    OBSERVED = "observed"


class RuleVerdict(StrEnum):
    """What a rule says about one run."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    UNSCORED = "unscored"


@dataclass(frozen=True, slots=True)
class Example:
    """A short made-up run with the verdict that the rule must give it.

    Attributes:
        name: What it shows.
        expect: The verdict.
        steps: The run: `{user: text}`, `{agent: text}`, `{call: tool, with: {...}, result: ...}`.
    """

    name: str
    expect: RuleVerdict
    steps: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a world model.

    Attributes:
        id: Its id in the model.
        text: What it asks for, for a person.
        why: Why it is asked for, empty when the text says it.
        status: Position in its life; only rules in force are evaluated.
        tier: Strength of the source.
        source: The source.
        hard: Whether breaking it caps the score of a run.
        weight: Its weight among the rules, above 0.
        dimension: The dimension of the rubric that it belongs to.
        approved_by: Who signed it off, empty when nobody did.
        relations: Kind of relation (`depends_on`, `conflicts_with`, `qualifies`) to rule ids.
        check: The check: its kind to its settings, exactly one.
        examples: Runs that prove the check.
    """

    id: str
    text: str
    why: str
    status: RuleStatus
    tier: ProvenanceTier
    source: str
    hard: bool
    weight: float
    dimension: str
    approved_by: str
    relations: Mapping[str, tuple[str, ...]]
    check: Mapping[str, Any]
    examples: tuple[Example, ...]

    @property
    def kind(self) -> str:
        """The kind of its check."""
        return next(iter(self.check))

    @property
    def settings(self) -> Any:
        """The settings of its check."""
        return self.check[self.kind]

    @property
    def in_force(self) -> bool:
        """Whether it is evaluated."""
        return self.status in IN_FORCE


@dataclass(frozen=True, slots=True)
class WorldModel:
    """A governed standard of one domain.

    Attributes:
        id: Its id.
        name: Its name.
        domain: What it is about.
        version: The version.
        authority: The authority that it rests on.
        authority_version: That authority's version.
        values: Constants that conditions may use by name: tables, lists of tools, patterns.
        rules: All rules, in the order of the file.
        rubric: Dimension to weight.
        blend: Weight of the world-model score in the blended score, 0..1.
        hard_cap: Highest blended score of a run that broke a hard rule.
    """

    id: str
    name: str
    domain: str
    version: str
    authority: str
    authority_version: str
    values: Mapping[str, Any]
    rules: tuple[Rule, ...]
    rubric: Mapping[str, float] = field(default_factory=dict)
    blend: float = 0.6
    hard_cap: float = 0.49

    @property
    def in_force(self) -> tuple[Rule, ...]:
        """The rules that are evaluated."""
        return tuple(rule for rule in self.rules if rule.in_force)
