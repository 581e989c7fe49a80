"""The life of a rule, and the gate that a proposed rule passes before a person is asked to sign it off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trueline.engine.rules.lint import Complaint, Weight, lint
from trueline.engine.rules.model import RuleStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trueline.engine.rules.model import Rule, WorldModel

TRANSITIONS: Mapping[RuleStatus, frozenset[RuleStatus]] = {
    RuleStatus.CANDIDATE: frozenset({RuleStatus.PROVISIONAL, RuleStatus.PENDING_APPROVAL, RuleStatus.RETIRED}),
    RuleStatus.PROVISIONAL: frozenset({RuleStatus.PENDING_APPROVAL, RuleStatus.RETIRED}),
    RuleStatus.PENDING_APPROVAL: frozenset({RuleStatus.ENSHRINED, RuleStatus.CANDIDATE, RuleStatus.RETIRED}),
    RuleStatus.ENSHRINED: frozenset({RuleStatus.RETIRED}),
    RuleStatus.RETIRED: frozenset(),
}
"""From a status to those that may follow. Retirement is the end, and never a deletion."""


def may_become(now: RuleStatus, then: RuleStatus) -> bool:
    """Whether a rule may move from one status to another."""
    return then in TRANSITIONS[now]


def conformity_complaints(model: WorldModel, proposed: Rule) -> tuple[Complaint, ...]:
    """What stands against a rule joining those in force; empty when it passes the gate.

    The rule is checked within the whole set as if it were already evaluated: broken conditions, contradictions with
    rules in force, another rule that says the same, and examples that it does not keep.
    """
    trial = replace(proposed, status=RuleStatus.PROVISIONAL)
    others = tuple(rule for rule in model.rules if rule.id != proposed.id)
    together = replace(model, rules=(*others, trial))
    alone = lint(replace(model, rules=others)) if others else ()
    against = [complaint for complaint in lint(together) if complaint not in alone]
    same = [rule.id for rule in others if rule.in_force and (rule.check == trial.check or rule.text == trial.text)]
    against += [Complaint(Weight.ERROR, trial.id, f"The rule {other!r} already says it.") for other in same]
    return tuple(against)
