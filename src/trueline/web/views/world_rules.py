"""One rule of a world model: what it says, how it is checked, and its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trueline.engine.rules.examples import run_examples
from trueline.engine.rules.lifecycle import TRANSITIONS
from trueline.engine.rules.model import RuleStatus, RuleVerdict
from trueline.evaluations import queries as evaluations
from trueline.evaluations.actions.moving import approve_rule, move_rule
from trueline.evaluations.rules import ModelState
from trueline.web import words
from trueline.web.doors import act, workspace_page
from trueline.web.pages import page, url
from trueline.web.views.world_models import crumbs_of
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.evaluations.models import WorldRule
    from trueline.web.asked import Asked

_VIEW, _MANAGE, _APPROVE = (
    Capability.FINDINGS_VIEW,
    Capability.WORLD_MODELS_MANAGE,
    Capability.WORLD_MODELS_APPROVE,
)
_STEPS = {
    RuleStatus.PROVISIONAL: gettext_lazy("Let it judge"),
    RuleStatus.PENDING_APPROVAL: gettext_lazy("Ask for a sign-off"),
    RuleStatus.ENSHRINED: gettext_lazy("Sign it off"),
    RuleStatus.CANDIDATE: gettext_lazy("Send it back"),
    RuleStatus.RETIRED: gettext_lazy("Retire it"),
}
_SAID = {
    RuleVerdict.PASSED: gettext_lazy("Passes, as it should"),
    RuleVerdict.FAILED: gettext_lazy("Fails, as it should"),
    RuleVerdict.NOT_APPLICABLE: gettext_lazy("Does not apply, as it should"),
    RuleVerdict.UNSCORED: gettext_lazy("Cannot be decided, as it should"),
}
_RELATIONS = {
    "depends_on": gettext_lazy("depends on"),
    "conflicts_with": gettext_lazy("conflicts with"),
    "qualifies": gettext_lazy("qualifies"),
}


@workspace_page(_VIEW, record=True)
def rule(asked: Asked, world_rule_id: UUID) -> HttpResponse:
    """One rule with its source, its check, the examples that prove it, and what happened to it."""
    found = evaluations.world_rule(asked.scope, world_rule_id)
    asked.scope.require(_VIEW)
    drafted = evaluations.as_drafted(asked.scope, found.world_model)
    lines = evaluations.rule_relations(asked.scope, found.world_model_id)
    context = {
        "rule": found,
        "check_text": _as_yaml(found.check_json),
        "examples": [
            {"result": result, "said": _SAID.get(result.actual, ""), "steps": _as_yaml(list(example["steps"]))}
            for result, example in zip(
                (each for each in run_examples(drafted) if each.rule_id == found.key), found.examples, strict=False
            )
        ],
        "relations": [(_RELATIONS[line.kind], line.other) for line in lines if line.rule_id == found.pk],
        "moves": list(evaluations.rule_moves(asked.scope, found.pk)),
        "steps": _steps(asked, found),
    }
    return page(asked, "world_rule.html", found.text, context, crumbs=crumbs_of(asked, found.world_model))


def _as_yaml(value: Any) -> str:
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=88))


def _steps(asked: Asked, found: WorldRule) -> list[tuple[str, Any, str]]:
    """What may follow: the status, its words, and why the reader may not, empty when they may."""
    if found.world_model.state == ModelState.RETIRED:
        return []
    now = RuleStatus(found.status)
    after = [status for status in _STEPS if status in TRANSITIONS[now]]
    return [(str(status), _STEPS[status], _reason(asked, found, status)) for status in after]


def _reason(asked: Asked, found: WorldRule, to: RuleStatus) -> str:
    is_decision = to is RuleStatus.ENSHRINED or (
        to is RuleStatus.CANDIDATE and found.status == RuleStatus.PENDING_APPROVAL
    )
    if to is RuleStatus.ENSHRINED and found.submitted_by_id == asked.user.pk:
        return _("You have submitted this rule yourself.")
    return words.why_not(asked.scope, _APPROVE if is_decision else _MANAGE)


@workspace_page(_VIEW, "POST", record=True)
def move(asked: Asked, world_rule_id: UUID) -> HttpResponse:
    """Take one step with a rule; the action asks for the right that the step needs."""
    found = evaluations.world_rule(asked.scope, world_rule_id)
    asked.scope.require(_VIEW)
    given = asked.request.POST
    to = given.get("to", "")
    reason = given.get("reason", "")[:1_000]
    status = RuleStatus(to) if to in set(RuleStatus) else RuleStatus(found.status)

    def done() -> None:
        if status is RuleStatus.ENSHRINED:
            approve_rule(asked.scope, found.pk, reason, actor=asked.actor, approver=asked.user)
        else:
            move_rule(asked.scope, found.pk, status, reason, actor=asked.actor, mover=asked.user)

    return act(asked, done, _("Done."), url(asked, "world_rule", found.pk))
