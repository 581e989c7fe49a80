"""What can be done with world models, each with the one event that it must leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.evaluations.models import imported, rule, rule_id
from tests.evaluations.runs import body, day, runs, work_of
from tests.worlds import World
from trueline.engine.rules.model import RuleStatus
from trueline.engine.traces.callgraph import PartKind, agent_graph
from trueline.engine.traces.reader import read_bytes
from trueline.evaluations.actions.moving import approve_rule, move_rule
from trueline.evaluations.actions.publishing import publish_version, retire_model
from trueline.evaluations.actions.scanning import Taken, keep_scan, record_causes
from trueline.evaluations.models import Scan, WorldRule
from trueline.evaluations.scanning import Scanned, scan
from trueline.kit.scope import Scope
from trueline.systems import queries
from trueline.systems.actions.graph import decide_parts, declare_part, note_parts
from trueline.systems.actions.templates import adjust_template, decide_template, declare_template
from trueline.systems.rules import PartState, TemplateState

Prepared = Callable[[World, Scope], Callable[[], object]]


def _on_model(action: Callable[[World, Scope, Any], object]) -> Prepared:
    def ready(world: World, scope: Scope) -> Callable[[], object]:
        made = imported(scope, rule("a"))
        return lambda: action(world, scope, made)

    return ready


def _moved(world: World, scope: Scope, made: Any) -> object:
    found = rule_id(scope, made, "a")
    return move_rule(scope, found, RuleStatus.RETIRED, "Over.", actor=scope.actor, mover=world.owner)


def _waiting(world: World, scope: Scope) -> Callable[[], object]:
    found = rule_id(scope, imported(scope, rule("a")), "a")
    WorldRule.objects.filter(id=found).update(status="pending_approval", submitted_by=world.operator)
    return lambda: approve_rule(scope, found, "Agreed.", actor=scope.actor, approver=world.owner)


def _seen() -> Scanned:
    return scan(read_bytes(body(runs(3, failing=1))), None)


def _kept(world: World, scope: Scope) -> Scan:
    taken = Taken(world.environment, work_of(world, world.environment).pk, None, "runs.json", day(1))
    return keep_scan(scope, taken, _seen(), actor=scope.actor, hold=lambda: None)


def _brought_up(world: World, scope: Scope) -> Callable[[], object]:
    made = _kept(world, scope)
    return lambda: record_causes(scope, made, _seen(), actor=scope.actor, hold=lambda: None)


def _part(scope: Scope, world: World) -> Any:
    seen = agent_graph(read_bytes(body(runs(3))).traces)
    note_parts(scope, world.environment.pk, seen, day(1))
    return queries.graph_parts(scope, world.environment.pk)[0].pk


def _confirmed_part(world: World, scope: Scope) -> Callable[[], object]:
    made, where = _part(scope, world), world.environment.pk
    return lambda: decide_parts(scope, where, [made], PartState.CONFIRMED, actor=scope.actor, decider=world.owner)


def _declared_template(world: World, scope: Scope) -> Any:
    where, text = world.environment.pk, "Answer {{name}} in one sentence."
    return declare_template(scope, where, "clerk", "system", text, actor=scope.actor, decider=world.owner)


def _on_template(action: Callable[[World, Scope, Any], object]) -> Prepared:
    def ready(world: World, scope: Scope) -> Callable[[], object]:
        made = _declared_template(world, scope)
        return lambda: action(world, scope, made.pk)

    return ready


EVALUATIONS: dict[str, tuple[Prepared, str]] = {
    "evaluations.import_world_model": (
        lambda _world, scope: lambda: imported(scope, rule("a")),
        "evaluations:model:import",
    ),
    "evaluations.move_rule": (_on_model(_moved), "evaluations:rule:move"),
    "evaluations.approve_rule": (_waiting, "evaluations:rule:approve"),
    "evaluations.publish_version": (
        _on_model(
            lambda _world, scope, made: publish_version(scope, made, "", actor=scope.actor, is_unsigned_known=True)
        ),
        "evaluations:version:publish",
    ),
    "systems.decide_parts": (_confirmed_part, "systems:graph:decide"),
    "systems.declare_part": (
        lambda world, scope: (
            lambda: declare_part(
                scope, world.environment.pk, PartKind.AGENT, "clerk", "", actor=scope.actor, decider=world.owner
            )
        ),
        "systems:graph:declare",
    ),
    "systems.declare_template": (
        lambda world, scope: lambda: _declared_template(world, scope),
        "systems:template:declare",
    ),
    "systems.decide_template": (
        _on_template(
            lambda world, scope, made: decide_template(
                scope, made, TemplateState.DISCARDED, actor=scope.actor, decider=world.owner
            )
        ),
        "systems:template:decide",
    ),
    "systems.adjust_template": (
        _on_template(
            lambda world, scope, made: adjust_template(
                scope,
                made,
                [("base_prompt", ""), ("context", "person"), ("base_prompt", "")],
                actor=scope.actor,
                decider=world.owner,
            )
        ),
        "systems:template:decide",
    ),
    "evaluations.keep_scan": (lambda world, scope: lambda: _kept(world, scope), "evaluations:scan:keep"),
    "evaluations.record_causes": (_brought_up, "findings:finding:detect"),
    "evaluations.retire_model": (
        _on_model(lambda _world, scope, made: retire_model(scope, made, "Over.", actor=scope.actor)),
        "evaluations:model:retire",
    ),
}
