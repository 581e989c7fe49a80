"""What can be done with standards of assertions, each with the one event that it must leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.inventory.assertions.samples import asks, baseline
from tests.worlds import World
from trueline.inventory.actions import make_baseline
from trueline.inventory.actions_upgrades import answer_upgrade, begin_upgrade, discard_upgrade, finish_upgrade
from trueline.kit.scope import Scope

NEWER = baseline(asks("home", value="off"), version="2")
Prepare = Callable[[World, Scope], Callable[[], Any]]


def standard(_world: World, scope: Scope) -> Any:
    return make_baseline(scope, "Asks", None, actor=scope.actor, asks=baseline(asks()))


def _begun(world: World, scope: Scope) -> Any:
    made = standard(world, scope)
    begin_upgrade(scope, made.pk, NEWER, actor=scope.actor)
    return made


def _answered(world: World, scope: Scope) -> Any:
    made = _begun(world, scope)
    answer_upgrade(scope, made.pk, {"home": "new"}, actor=scope.actor)
    return made


def _after(prepare: Callable[[World, Scope], Any], act: Callable[[Scope, Any], Any]) -> Prepare:
    def prepared(world: World, scope: Scope) -> Callable[[], Any]:
        made = prepare(world, scope)
        return lambda: act(scope, made)

    return prepared


STANDARDS: dict[str, tuple[Prepare, str]] = {
    "inventory.begin_upgrade": (
        _after(standard, lambda scope, made: begin_upgrade(scope, made.pk, NEWER, actor=scope.actor)),
        "inventory:upgrade:begin",
    ),
    "inventory.answer_upgrade": (
        _after(_begun, lambda scope, made: answer_upgrade(scope, made.pk, {"home": "old"}, actor=scope.actor)),
        "inventory:upgrade:answer",
    ),
    "inventory.finish_upgrade": (
        _after(_answered, lambda scope, made: finish_upgrade(scope, made.pk, actor=scope.actor)),
        "inventory:baseline:advance",
    ),
    "inventory.discard_upgrade": (
        _after(_begun, lambda scope, made: discard_upgrade(scope, made.pk, actor=scope.actor)),
        "inventory:upgrade:discard",
    ),
}
