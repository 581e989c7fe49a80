"""The life of world models and rules as tables that code and database share, and what an import may do. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import orjson

from trueline.engine.rules.lifecycle import TRANSITIONS
from trueline.engine.rules.lint import Complaint, Weight, lint
from trueline.engine.rules.model import ProvenanceTier, Rule, RuleStatus, WorldModel
from trueline.engine.rules.writing import model_document, rule_document
from trueline.kit import digest

RULE_MOVES: dict[str, set[str]] = {str(old): {str(new) for new in news} for old, news in TRANSITIONS.items() if news}
TIERS = tuple(ProvenanceTier)
FROZEN = frozenset({RuleStatus.ENSHRINED, RuleStatus.RETIRED})
"""What a rule says never changes in one of these: versions and decisions name it."""


class ModelState(StrEnum):
    """Where a world model is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


MODEL_MOVES: dict[str, set[str]] = {
    ModelState.DRAFT: {ModelState.PUBLISHED, ModelState.RETIRED},
    ModelState.PUBLISHED: {ModelState.RETIRED},
}


class RelationKind(StrEnum):
    """How a rule relates to another."""

    DEPENDS_ON = "depends_on"
    CONFLICTS_WITH = "conflicts_with"
    QUALIFIES = "qualifies"


_LOWERED = {RuleStatus.ENSHRINED: RuleStatus.PROVISIONAL, RuleStatus.PENDING_APPROVAL: RuleStatus.CANDIDATE}


def lowered(rule: Rule) -> Rule:
    """The rule as a file may bring it: a sign-off is made here, by a person, and never in a file."""
    return replace(rule, status=_LOWERED.get(rule.status, rule.status), approved_by="")


def content_digest(rule: Rule) -> str:
    """SHA-256 of all that a rule says, whatever its status: text, check, weight, hardness, source, examples.

    Keys count in their order and are not sorted: a check looks its facts up one after the other.
    """
    related = {kind: tuple(sorted(others)) for kind, others in rule.relations.items()}
    bare = replace(rule, status=RuleStatus.CANDIDATE, approved_by="", relations=related)
    return digest.sha256(orjson.dumps(rule_document(bare)))


def version_digest(model: WorldModel) -> str:
    """SHA-256 of the whole model, the rules by id: two versions with one digest judge and score alike.

    The engine's `authority_ref` names the enshrined rules only, and nothing of their checks and weights.
    """
    ordered = replace(model, version="", rules=tuple(sorted(model.rules, key=lambda rule: rule.id)))
    return digest.sha256(orjson.dumps(model_document(ordered)))


def errors_of(model: WorldModel) -> tuple[Complaint, ...]:
    """What stops the model from judging at all."""
    return tuple(complaint for complaint in lint(model) if complaint.weight is Weight.ERROR)


def new_errors(before: WorldModel, after: WorldModel) -> tuple[Complaint, ...]:
    """Errors that a step brings. That no rule is in force any more is none: the last one may be retired."""
    known = set(errors_of(before))
    return tuple(complaint for complaint in errors_of(after) if complaint not in known and complaint.rule_id)


def moved(model: WorldModel, key: str, status: RuleStatus) -> WorldModel:
    """The model with one rule in another status, as if somebody had signed it off where that is asked for."""
    signer = "a person" if status is RuleStatus.ENSHRINED else ""
    return replace(
        model,
        rules=tuple(
            replace(rule, status=status, approved_by=signer) if rule.id == key else rule for rule in model.rules
        ),
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rules of a model are in force, and how many of them somebody has signed off."""

    rules: int
    in_force: int
    enshrined: int


def counted(model: WorldModel) -> Counted:
    """The numbers that a version must show."""
    enshrined = sum(rule.status is RuleStatus.ENSHRINED for rule in model.rules)
    return Counted(len(model.rules), len(model.in_force), enshrined)
