"""Authority is asked for when a run is dispatched and again when it is executed; a denial reads nothing outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from tests.isolation.factories import Seeds
from tests.worlds import World, small_world
from trueline.audit.models import AuditEvent
from trueline.connections import registry as providers
from trueline.connections.actions import connect_export
from trueline.connections.contract import AreaReport, Coverage, Provider, Source
from trueline.connections.models import Connection
from trueline.kit import clock
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.operations import registry
from trueline.operations.actions.execution import execute
from trueline.operations.actions.runs import Started, Target, cancel_run, start_run
from trueline.operations.actions.work import Result, Work
from trueline.operations.errors import RunBlocked
from trueline.operations.models import OperationRun
from trueline.operations.rules import COUNTS, Denial, RunOutcome, RunType, State, checked_counts
from trueline.workspaces.actions import change_role, move_environment, narrow, pause_runs, remove_member, resume_runs
from trueline.workspaces.models import Environment, Membership, User, Workspace
from trueline.workspaces.rules import GrantEffect, Lifecycle


@dataclass
class Outside:
    """A system outside that counts how often it was looked at."""

    looks: list[Path] = field(default_factory=list)

    def open_export(self, path: Path, _key: bytes) -> Source:
        self.looks.append(path)
        return self

    def read(self) -> Iterator[Any]:
        return iter(())

    def areas(self) -> tuple[AreaReport, ...]:
        return (AreaReport("configuration", Coverage.COMPLETE, 0),)


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside()
    providers.register(Provider("fake", "microsoft365_tenant", made.open_export, ("configuration",), {}))
    yield made
    providers._providers.pop("fake")


@dataclass(frozen=True, slots=True)
class Stage:
    """A world whose first environment is active and connected to the outside."""

    world: World
    outside: Outside
    connection: Connection

    def start(self, user: User | None = None, path: str = "export", **parameters: str) -> Started:
        asked = {
            "connection_id": str(self.connection.pk),
            "path": path,
            "source_label": path,
            "observed_at": "2026-01-02T03:04:05+00:00",
        }
        with self.world.scope(user or self.world.operator) as scope:
            target = Target(self.world.environment.pk, "North")
            return start_run(scope, "inventory.capture", target, asked | parameters, actor=scope.actor)

    def performed(self, run: OperationRun) -> OperationRun:
        execute(self.world.workspace.pk, run.pk)
        with self.world.inside():
            return OperationRun.objects.get(id=run.pk)

    def membership(self, user: User) -> Membership:
        return Membership.objects.get(user=user)


def _stage(world: World, outside: Outside) -> Stage:
    with world.scope() as scope:
        return Stage(world, outside, connect_export(scope, world.environment, "fake", actor=scope.actor))


@pytest.fixture
def stage(world: World, outside: Outside) -> Stage:
    return _stage(world, outside)


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs")
        return int(cursor.fetchone()[0])


def test_a_run_that_nothing_stands_against_looks_outside_once(stage: Stage) -> None:
    run = stage.start().run
    assert stage.performed(run).outcome == RunOutcome.SUCCEEDED
    assert stage.outside.looks == [Path("export")]
    assert stage.performed(run).attempt == 1  # delivered again: done is done
    assert len(stage.outside.looks) == 1


def demoted(stage: Stage) -> None:
    with stage.world.scope() as scope:
        change_role(scope, stage.membership(stage.world.operator).pk, "viewer", actor=scope.actor)


def removed(stage: Stage) -> None:
    with stage.world.scope() as scope:
        remove_member(scope, stage.membership(stage.world.operator).pk, actor=scope.actor)


def suspended(stage: Stage) -> None:
    with stage.world.inside():
        Membership.objects.filter(user=stage.world.operator).update(suspended_at=clock.now())


def deactivated(stage: Stage) -> None:
    User.objects.filter(id=stage.world.operator.pk).update(is_active=False)


def _narrow(stage: Stage, effect: GrantEffect, role: str = "") -> None:
    with stage.world.scope() as scope:
        member = stage.membership(stage.world.operator).pk
        narrow(scope, member, stage.world.environment.pk, effect, actor=scope.actor, role=role)


def narrowed_away(stage: Stage) -> None:
    _narrow(stage, GrantEffect.EXCLUDE)


def lowered_there(stage: Stage) -> None:
    _narrow(stage, GrantEffect.INCLUDE, "viewer")


def archived(stage: Stage) -> None:
    with stage.world.scope() as scope:
        place = Environment.objects.get(id=stage.world.environment.pk)
        move_environment(scope, place, Lifecycle.ARCHIVED, actor=scope.actor)


def disconnected(stage: Stage) -> None:
    with stage.world.inside():
        Connection.objects.update(disabled_at=clock.now())


def read_only(stage: Stage) -> None:
    with stage.world.inside():
        Workspace.objects.update(commercial_state="suspended_read_only")


def closed(stage: Stage) -> None:
    with stage.world.inside():
        Workspace.objects.update(archived_at=clock.now())


def paused(stage: Stage) -> None:
    with stage.world.scope() as scope:
        pause_runs(scope, "inventory.capture", "maintenance", actor=scope.actor)


# What happened between dispatch and execution, the reason the run ends with, and whether waiting may help.
CHANGES: list[tuple[Callable[[Stage], None], str, bool]] = [
    (demoted, "capability_missing", False),
    (removed, "initiator_not_entitled", False),
    (suspended, "initiator_not_entitled", False),
    (deactivated, "initiator_not_entitled", False),
    (closed, "initiator_not_entitled", False),
    (narrowed_away, "environment_not_entitled", False),
    (lowered_there, "capability_missing", False),
    (archived, "environment_not_operable", True),
    (disconnected, "connection_disabled", True),
    (read_only, "suspended", True),
    (paused, "paused", True),
]
each_change = pytest.mark.parametrize(("change", "code", "may_retry"), CHANGES, ids=[c[0].__name__ for c in CHANGES])


@each_change
def test_what_changed_after_dispatch_blocks_the_run(
    change: Callable[[Stage], None], code: str, may_retry: bool, stage: Stage
) -> None:
    run = stage.start().run
    change(stage)
    with stage.world.inside():
        denial = registry.authority().at_execution(run)
    assert isinstance(denial, Denial)
    assert denial.retryable is may_retry
    ended = stage.performed(run)
    assert (ended.state, ended.outcome, ended.reason_code) == (State.COMPLETED, RunOutcome.BLOCKED, code)
    assert ended.message == denial.message
    assert stage.outside.looks == []
    assert ended.attempt == 0
    with stage.world.inside():
        told = AuditEvent.objects.filter(action="operations:run:block", subject_id=str(run.pk)).get()
    assert (told.outcome, told.after["reason"]) == ("blocked", code)


@each_change
def test_what_holds_already_at_dispatch_queues_nothing(
    change: Callable[[Stage], None], code: str, may_retry: bool, stage: Stage
) -> None:
    change(stage)
    before = jobs()
    with pytest.raises((RunBlocked, NotAllowed, NotVisible)) as refused:
        stage.start(User.objects.get(id=stage.world.operator.pk))
    if may_retry:
        assert isinstance(refused.value, RunBlocked)
        assert refused.value.reason_code == code
    with stage.world.inside():
        assert not OperationRun.objects.exists()
    assert jobs() == before


def test_a_run_that_is_let_go_on_runs(stage: Stage) -> None:
    paused(stage)
    with stage.world.scope() as scope:
        resume_runs(scope, "inventory.capture", actor=scope.actor)
    assert stage.performed(stage.start().run).outcome == RunOutcome.SUCCEEDED


def test_a_connection_of_another_environment_or_workspace_is_not_used(stage: Stage) -> None:
    world = stage.world
    seeds = Seeds(world.workspace, world.other_environment, world.owner, "south")
    foreign = Seeds(world.other_workspace, world.environment, world.stranger, "elsewhere")
    for connection_id in (seeds.one(Connection).pk, foreign.draft(Connection).pk):
        with pytest.raises(RunBlocked) as refused:
            stage.start(connection_id=str(connection_id))
        assert refused.value.reason_code == "connection_missing"
    assert stage.outside.looks == []


def test_the_same_thing_asked_for_twice_is_one_run(stage: Stage) -> None:
    first, second = stage.start(), stage.start(stage.world.owner)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.run.pk == second.run.pk
    assert jobs() == 1
    with stage.world.inside():
        assert AuditEvent.objects.filter(action="operations:run:start").count() == 1
    assert stage.start(path="another").is_new
    stage.performed(first.run)
    assert stage.start().is_new


def test_a_run_its_job_and_its_event_vanish_together(stage: Stage) -> None:
    with transaction.atomic():
        stage.start()
        assert jobs() == 1
        transaction.set_rollback(True)
    assert jobs() == 0
    with stage.world.inside():
        assert not OperationRun.objects.exists()
        assert not AuditEvent.objects.filter(action="operations:run:start").exists()


def _start_at_once(stage: Stage) -> bool:
    try:
        return stage.start().is_new
    finally:
        connections.close_all()


def test_eight_who_ask_at_once_get_one_run(committed: None, outside: Outside) -> None:
    stage = _stage(small_world(), outside)
    with ThreadPoolExecutor(8) as workers:
        news = list(workers.map(lambda _: _start_at_once(stage), range(8)))
    assert sorted(news) == [False] * 7 + [True]
    assert jobs() == 1


def _perform_at_once(stage: Stage, run: OperationRun) -> None:
    try:
        execute(stage.world.workspace.pk, run.pk)
    finally:
        connections.close_all()


def test_a_run_delivered_to_four_workers_is_performed_once(committed: None, outside: Outside) -> None:
    stage = _stage(small_world(), outside)
    run = stage.start().run
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: _perform_at_once(stage, run), range(4)))
    assert len(outside.looks) == 1
    with stage.world.inside():
        ended = OperationRun.objects.get(id=run.pk)
        assert (ended.outcome, ended.attempt, ended.fence) == (RunOutcome.SUCCEEDED, 1, 1)
        assert AuditEvent.objects.filter(action="operations:run:finish", subject_id=str(run.pk)).count() == 1


def test_a_queued_run_that_is_cancelled_never_looks_outside(stage: Stage) -> None:
    run = stage.start().run
    with stage.world.scope(stage.world.operator) as scope:
        cancel_run(scope, run.pk, actor=scope.actor)
    assert stage.performed(run).outcome == RunOutcome.CANCELLED
    assert stage.outside.looks == []


def test_who_may_only_look_cannot_cancel(stage: Stage) -> None:
    run = stage.start().run
    with stage.world.scope(stage.world.viewer) as scope, pytest.raises(NotAllowed):
        cancel_run(scope, run.pk, actor=scope.actor)


def test_a_run_counts_only_under_listed_keys() -> None:
    assert checked_counts(dict.fromkeys(COUNTS, 1)) == dict.fromkeys(COUNTS, 1)
    with pytest.raises(ValueError, match="secrets"):
        checked_counts({"objects": 1, "secrets": 2})


@pytest.fixture
def odd_run() -> Iterator[None]:
    """A type of run that counts what no run counts."""

    def perform(_: Work) -> Result:
        return Result(RunOutcome.SUCCEEDED, {"objects": 3, "passwords": 4})

    registry.register(RunType("tests.odd", "Odd", "operations.start", is_idempotent=True, expected_seconds=1), perform)
    yield
    registry._entries.pop("tests.odd")


def test_a_performer_that_counts_something_else_fails_and_stores_nothing(
    stage: Stage, odd_run: None, caplog: pytest.LogCaptureFixture
) -> None:
    with stage.world.scope(stage.world.operator) as scope:
        started = start_run(scope, "tests.odd", None, {}, actor=scope.actor)
    ended = stage.performed(started.run)
    assert (ended.outcome, ended.reason_code, ended.counts) == (RunOutcome.FAILED, "internal_error", {})
    assert ended.needs_attention
    assert "passwords" not in ended.message


def test_nothing_runs_while_nobody_decides(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_authority", [])
    with pytest.raises(Exception, match="No authority is wired"):
        stage.start()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("state = 'done'", "illegal move"),
        ("state = 'completed'", "run_outcome_when_completed"),
        ("state = 'completed', completed_at = now(), outcome = 'splendid'", "run_outcome_when_completed"),
        ("outcome = 'succeeded'", "run_outcome_when_completed"),
        ("state = 'running'", "run_has_lease_while_running"),
        ("progress_done = 5, progress_total = 4", "run_progress_fits"),
    ],
)
def test_the_database_refuses_a_run_that_contradicts_itself(change: str, constraint: str, stage: Stage) -> None:
    run = stage.start().run
    with stage.world.inside(), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        connection.cursor().execute(f"update operations_operationrun set {change} where id = %s", [run.pk])


def test_the_database_refuses_a_second_active_run_of_one_identity(stage: Stage) -> None:
    run = stage.start().run
    with stage.world.inside():
        twin = OperationRun.objects.get(id=run.pk)
        twin.pk = None
        twin.id = OperationRun().id
        with pytest.raises(IntegrityError, match="run_identity_active_once"), transaction.atomic():
            twin.save(force_insert=True)
