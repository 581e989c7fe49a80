"""Take in a world model from a file. What was signed off in the file is not signed off here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.engine.rules import model as engine
from trueline.engine.rules.reading import MAX_BYTES, parse_world_model
from trueline.engine.rules.writing import model_document, rule_document
from trueline.engine.scores import EngineError
from trueline.evaluations import queries
from trueline.evaluations.errors import ModelRetired, RuleFrozen, WorldModelUnreadable
from trueline.evaluations.models import RuleMove, RuleRelation, WorldModel, WorldRule
from trueline.evaluations.rules import FROZEN, ModelState, content_digest, errors_of, lowered
from trueline.kit import clock, digest
from trueline.kit.scope import Actor, Scope
from trueline.workspaces.rules import Capability

_TOLD = ("text", "why", "source", "is_hard", "weight", "dimension", "check_json", "examples", "tier")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    Attributes:
        lowered: Rules that the file calls enshrined or pending, and that came in below it.
        kept: Rules of the model that the file does not name; they stay as they are.
    """

    world_model_id: UUID
    added: int
    changed: int
    unchanged: int
    lowered: int
    kept: int


@transaction.atomic
def import_world_model(scope: Scope, text: str, *, actor: Actor) -> Imported:
    """Make the world model of a YAML text, or bring the one of its id to what the text says.

    No rule comes in above provisional. A rule that is there keeps its status; one that waited for approval and says
    something else now is a candidate again. Nothing is removed. Raises `WorldModelUnreadable`, `RuleFrozen`,
    `ModelRetired`.
    """
    scope.require(Capability.WORLD_MODELS_MANAGE)
    told = _parsed(text)
    found = _locked_or_new(scope, told)
    before = {rule.key: rule for rule in queries.world_rules(scope, [found.pk])}
    result = Imported(found.pk, 0, 0, 0, 0, len(before.keys() - {rule.id for rule in told.rules}))
    written: list[engine.Rule] = []
    for position, rule in enumerate(told.rules):
        known = before.get(rule.id)
        change = _added(found, rule, position, actor) if known is None else _brought_up(known, rule, position, actor)
        result = replace(result, **{change: getattr(result, change) + 1})
        if change != "unchanged":
            written.append(rule)
        if known is None and lowered(rule).status is not rule.status:
            result = replace(result, lowered=result.lowered + 1)
    _relate(scope, found, written)
    _refuse_errors(queries.as_drafted(scope, found))
    after = {name: getattr(result, name) for name in Imported.__slots__[1:]}
    subject = Subject("world_model", str(found.pk), found.name)
    record(scope.workspace_id, "evaluations:model:import", subject, actor=actor, after=after)
    return result


def _parsed(text: str) -> engine.WorldModel:
    if len(text) > MAX_BYTES:
        raise WorldModelUnreadable(f"The file is larger than {MAX_BYTES // 1024} KiB.")
    try:
        told = parse_world_model(text, name="The file")
        document = model_document(told)
        # What YAML knows and JSON does not (keys that are numbers, sets, infinity) would come back as something else.
        written = orjson.dumps(document)
        is_plain = orjson.loads(written) == document and b"\\u0000" not in written
        digest.canonical(document)
    except EngineError as error:
        raise WorldModelUnreadable(str(error)) from error
    except (TypeError, ValueError) as error:
        raise WorldModelUnreadable(f"The file holds a value that JSON cannot say: {error}.") from error
    if not is_plain:
        raise WorldModelUnreadable("The file holds a value that JSON cannot say.")
    _refuse_errors(replace(told, rules=tuple(lowered(rule) for rule in told.rules)))
    return told


def _refuse_errors(model: engine.WorldModel) -> None:
    wrong = errors_of(model)
    if wrong:
        told = "; ".join(f"{each.rule_id or model.id}: {each.message}" for each in wrong[:3])
        raise WorldModelUnreadable(f"The world model cannot be used: {told}")


def _locked_or_new(scope: Scope, told: engine.WorldModel) -> WorldModel:
    """The model's row, made or brought up, and locked: two imports of one model come one after the other."""
    head: dict[str, Any] = {
        "name": told.name[:200],
        "domain": told.domain[:500],
        "file_version": told.version[:60],
        "authority": told.authority[:300],
        "authority_version": told.authority_version[:120],
        "constants": dict(told.values),
        "rubric": dict(told.rubric),
        "blend": told.blend,
        "hard_cap": told.hard_cap,
        "updated_at": clock.now(),
    }
    WorldModel.objects.bulk_create(
        [WorldModel(workspace_id=scope.workspace_id, key=told.id[:120], **head)], ignore_conflicts=True
    )
    found = WorldModel.objects.select_for_update().get(workspace_id=scope.workspace_id, key=told.id[:120])
    if found.state == ModelState.RETIRED:
        raise ModelRetired
    for name, value in head.items():
        setattr(found, name, value)
    found.save(update_fields=[*head])
    return found


def _content(rule: engine.Rule, position: int) -> dict[str, Any]:
    document = rule_document(rule)
    return {
        "position": position,
        "text": rule.text,
        "why": rule.why,
        "tier": rule.tier.value,
        "source": rule.source[:500],
        "is_hard": rule.hard,
        "weight": rule.weight,
        "dimension": rule.dimension[:60],
        "check_json": document["check"],
        "examples": document.get("examples", []),
        "content_digest": content_digest(rule),
        "updated_at": clock.now(),
    }


def _added(found: WorldModel, rule: engine.Rule, position: int, actor: Actor) -> str:
    made = WorldRule.objects.create(
        workspace_id=found.workspace_id,
        world_model=found,
        key=rule.id[:120],
        status=lowered(rule).status.value,
        claimed_approver=rule.approved_by[:200],
        **_content(rule, position),
    )
    _moved(made, "", made.status, actor)
    return "added"


def _brought_up(known: WorldRule, rule: engine.Rule, position: int, actor: Actor) -> str:
    if known.content_digest == content_digest(rule):
        return "unchanged"
    if known.status in FROZEN:
        raise RuleFrozen(known.key)
    before, content = known.status, _content(rule, position)
    reason = _differences(known, content)
    for name, value in {**content, "claimed_approver": rule.approved_by[:200]}.items():
        setattr(known, name, value)
    if before == engine.RuleStatus.PENDING_APPROVAL:  # approval was asked for another text
        known.status, known.submitted_by, known.submitted_by_label = engine.RuleStatus.CANDIDATE, None, ""
    known.save()
    _moved(known, before, known.status, actor, reason)
    return "changed"


def _differences(known: WorldRule, content: dict[str, Any]) -> str:
    """What of a rule a file changes; a tier with both its values, for it says how far the rule can be trusted."""
    names = [name for name in _TOLD if getattr(known, name) != content[name]]
    tier = f": {known.tier} -> {content['tier']}" if "tier" in names else ""
    return ", ".join(name.removesuffix("_json").removeprefix("is_") for name in names) + tier


def _moved(rule: WorldRule, before: str, after: str, actor: Actor, reason: str = "") -> None:
    RuleMove.objects.create(
        workspace_id=rule.workspace_id,
        rule=rule,
        before=before,
        after=after,
        reason=reason,
        actor_label=actor.label[:200],
        moved_at=clock.now(),
    )


def _relate(scope: Scope, found: WorldModel, written: Iterable[engine.Rule]) -> None:
    """Give the rules that were written the relations of the file; former ones are retired, not removed."""
    by_key = {rule.key: rule for rule in queries.world_rules(scope, [found.pk])}
    changed = [by_key[rule.id].pk for rule in written]
    RuleRelation.objects.filter(workspace_id=scope.workspace_id, rule_id__in=changed, retired_at=None).update(
        retired_at=clock.now()
    )
    RuleRelation.objects.bulk_create(
        RuleRelation(workspace_id=scope.workspace_id, rule=by_key[rule.id], other=by_key[other], kind=kind)
        for rule in written
        for kind, others in rule.relations.items()
        for other in dict.fromkeys(others)
    )
