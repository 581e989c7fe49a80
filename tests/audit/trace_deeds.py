"""What can be done with traces, each with the one event that it must leave."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from tests.evaluations.runs import work_of
from tests.worlds import World
from trueline.engine.traces.receiving import AgeWindow
from trueline.engine.traces.redaction import ContentClass
from trueline.kit.scope import Scope
from trueline.traces.actions.connecting import change_policy
from trueline.traces.actions.importing import keep_import
from trueline.traces.importing import Found

Prepared = Callable[[World, Scope], Callable[[], object]]


def _imported(world: World, scope: Scope) -> Callable[[], object]:
    found, run_id = Found(BytesIO(), AgeWindow(), 0), work_of(world, world.environment).pk
    return lambda: keep_import(scope, world.environment, run_id, "a.json", found, actor=scope.actor, hold=lambda: None)


def _changed(world: World, scope: Scope) -> Callable[[], object]:
    return lambda: change_policy(scope, world.environment.pk, ContentClass.FULL, 9, actor=scope.actor)


TRACES: dict[str, tuple[Prepared, str]] = {
    "traces.keep_import": (_imported, "traces:import:keep"),
    "traces.change_policy": (_changed, "traces:policy:change"),
}
TRACE_PARTS = {
    "traces.connect": "by `connect_traces`, whose event it is",
    "traces.receiving_environment": "decides and writes nothing",
    "traces.receive": "what a sender says is no decision; the connection is in the trail",
    "traces.keep_batch": "a step of receive and of keep_import",
    "traces.fold": "brings what was received into files; the same",
    "traces.try_lock": "a lock",
    "traces.add_files": "a step of fold",
    "traces.bring_up_to_date": "a step of fold",
    "traces.merge_small": "what is kept stays the same; only how it lies changes",
    "traces.rewrite_without": "a step of fold",
    "traces.forget": "by the policy, whose change is in the trail",
}
