"""Bring a rule from one status to the next. Enshrined is reached by the sign-off of a person alone."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.engine.rules.lifecycle import conformity_complaints, may_become
from trueline.engine.rules.lint import Complaint, Weight
from trueline.engine.rules.model import RuleStatus
from trueline.evaluations import queries
from trueline.evaluations.errors import GateNotPassed, ModelRetired, OwnSubmission, RuleMoveRefused, WhyMissing
from trueline.evaluations.models import RuleMove, WorldModel, WorldRule
from trueline.evaluations.rules import ModelState, moved, new_errors
from trueline.kit import clock
from trueline.kit.scope import Actor, ActorKind, Scope
from trueline.workspaces.models import User
from trueline.workspaces.rules import Capability

_GATED = frozenset({RuleStatus.PROVISIONAL, RuleStatus.PENDING_APPROVAL, RuleStatus.ENSHRINED})


@transaction.atomic
def move_rule(  # noqa: PLR0913 - which rule, where to, why, and who
    scope: Scope, world_rule_id: UUID, to: RuleStatus, reason: str, *, actor: Actor, mover: User
) -> WorldRule:
    """Bring a rule to any status but enshrined.

    What judges or asks for approval has to pass the conformity gate first. Sending back what waits for approval takes
    the right to approve. Raises `NotVisible`, `WhyMissing`, `RuleMoveRefused`, `GateNotPassed`, `ModelRetired`.
    """
    rule = _locked(scope, world_rule_id)
    is_sent_back = rule.status == RuleStatus.PENDING_APPROVAL and to is RuleStatus.CANDIDATE
    scope.require(Capability.WORLD_MODELS_APPROVE if is_sent_back else Capability.WORLD_MODELS_MANAGE)
    if to is RuleStatus.ENSHRINED:
        raise RuleMoveRefused
    _check(scope, rule, to, reason)
    before = rule.status
    if to is RuleStatus.PENDING_APPROVAL:
        rule.submitted_by, rule.submitted_by_label = mover, actor.label[:200]
    _step(rule, to, reason, actor)
    _tell("evaluations:rule:move", rule, before, reason, actor)
    return rule


@transaction.atomic
def approve_rule(scope: Scope, world_rule_id: UUID, reason: str, *, actor: Actor, approver: User) -> WorldRule:
    """Sign a rule off: it is enshrined from now on, and what it says never changes.

    Only a person does that, and never the one who has submitted it. Raises as `move_rule`, and `OwnSubmission`.
    """
    rule = _locked(scope, world_rule_id)
    scope.require(Capability.WORLD_MODELS_APPROVE)
    if actor.kind is not ActorKind.HUMAN:
        raise RuleMoveRefused
    _check(scope, rule, RuleStatus.ENSHRINED, reason)
    if rule.submitted_by_id == approver.pk:
        raise OwnSubmission
    before = rule.status
    rule.approved_by, rule.approved_by_label, rule.approved_at = approver, actor.label[:200], clock.now()
    _step(rule, RuleStatus.ENSHRINED, reason, actor)
    _tell("evaluations:rule:approve", rule, before, reason, actor)
    return rule


def _locked(scope: Scope, world_rule_id: UUID) -> WorldRule:
    """The rule, its world model locked until the transaction ends: each step is checked against the whole set."""
    found = queries.world_rule(scope, world_rule_id)
    WorldModel.objects.select_for_update().get(workspace_id=scope.workspace_id, id=found.world_model_id)
    return queries.world_rule(scope, world_rule_id)


def _check(scope: Scope, rule: WorldRule, to: RuleStatus, reason: str) -> None:
    if rule.world_model.state == ModelState.RETIRED:
        raise ModelRetired
    if not may_become(RuleStatus(rule.status), to):
        raise RuleMoveRefused
    if not reason.strip():
        raise WhyMissing
    drafted = queries.as_drafted(scope, rule.world_model)
    wrong: tuple[Complaint, ...] = new_errors(drafted, moved(drafted, rule.key, to))
    if to in _GATED:
        proposed = next(each for each in drafted.rules if each.id == rule.key)
        against = conformity_complaints(drafted, proposed)
        wrong += tuple(each for each in against if each.weight is Weight.ERROR and each not in wrong)
    if wrong:
        raise GateNotPassed("; ".join(f"{each.rule_id}: {each.message}" for each in wrong[:3]))


def _step(rule: WorldRule, to: RuleStatus, reason: str, actor: Actor) -> None:
    before, rule.status, rule.updated_at = rule.status, to.value, clock.now()
    if to is RuleStatus.CANDIDATE:
        rule.submitted_by, rule.submitted_by_label = None, ""
    rule.save()
    RuleMove.objects.create(
        workspace_id=rule.workspace_id,
        rule=rule,
        before=before,
        after=rule.status,
        reason=reason.strip(),
        actor_label=actor.label[:200],
        moved_at=rule.updated_at,
    )


def _tell(action: str, rule: WorldRule, before: str, reason: str, actor: Actor) -> None:
    subject = Subject("world_rule", str(rule.pk), f"{rule.world_model.name}: {rule.key}")
    after = {"status": rule.status, "reason": reason.strip()[:200]}
    record(rule.workspace_id, action, subject, actor=actor, before={"status": before}, after=after)
