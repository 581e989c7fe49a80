"""What the sweep decides, and what a run's states allow; without processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections, transaction
from django.db.utils import OperationalError
from psycopg import errors

from tests.operations.drill import Stage
from trueline.audit.models import AuditEvent
from trueline.kit import clock
from trueline.kit.database.away import is_away
from trueline.operations import queue, registry
from trueline.operations.actions import execution, lifecycle
from trueline.operations.actions.execution import execute, sweep
from trueline.operations.actions.runs import cancel_run
from trueline.operations.actions.work import Result, Work
from trueline.operations.models import OperationRun
from trueline.operations.rules import MOST_ATTEMPTS, RunOutcome, RunType, State

PAST = timedelta(minutes=5)


@pytest.fixture
def run(stage: Stage) -> OperationRun:
    """A queued capture that no job wakes a worker for."""
    return stage.ask(stage.environment("Struck"), wakes=False)


def change(stage: Stage, run: OperationRun, **values: object) -> OperationRun:
    with stage.world.inside():
        OperationRun.objects.filter(id=run.pk).update(**values)
    return stage.now(run)


def silent(stage: Stage, run: OperationRun) -> OperationRun:
    """The run as a dead worker leaves it."""
    with stage.world.inside():
        lifecycle.claim(run)
    return change(stage, run, lease_until=clock.now() - PAST)


@pytest.fixture
def not_idempotent() -> Iterator[None]:
    entry = registry._entries["inventory.capture"]
    registry._entries["inventory.capture"] = replace(entry, run_type=replace(entry.run_type, is_idempotent=False))
    yield
    registry._entries["inventory.capture"] = entry


def test_by_the_defaults_a_dead_worker_is_noticed_within_a_minute() -> None:
    code = "from trueline.operations import rules as r; print(r.LEASE_SECONDS, r.HEARTBEAT_SECONDS, r.SWEEP_SECONDS)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    lease, heartbeat, sweep_every = map(float, said.split())
    assert lease + sweep_every < 60
    assert 2 * heartbeat < lease, "one lost beat must not cost the lease"


def test_a_silent_run_is_woken_once_however_many_sweep(stage: Stage, run: OperationRun) -> None:
    silent(stage, run)
    assert stage.now(run).is_stalled
    assert [sweep(), sweep(), sweep()] == [1, 0, 0]
    with stage.world.inside():
        assert queue.is_woken(run.pk)
    assert stage.events("recover", run) == 1


def test_a_run_that_beats_is_left_alone(stage: Stage, run: OperationRun) -> None:
    with stage.world.inside():
        lifecycle.claim(run)
    assert sweep() == 0
    assert stage.now(run).state == State.RUNNING


def test_a_worker_that_came_back_between_list_and_decision_keeps_its_run(
    stage: Stage, run: OperationRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent(stage, run)
    listed = execution._stalled()
    change(stage, run, lease_until=clock.now() + PAST)
    monkeypatch.setattr(execution, "_stalled", lambda: listed)
    assert sweep() == 0


def test_a_queued_run_whose_job_has_vanished_is_woken(stage: Stage, run: OperationRun) -> None:
    assert sweep() == 0, "it has just been queued"
    change(stage, run, queued_at=clock.now() - PAST)
    assert sweep() == 1
    with stage.world.inside():
        assert queue.is_woken(run.pk)
    assert sweep() == 0


def test_what_is_not_safe_to_repeat_ends_and_asks_for_attention(
    stage: Stage, run: OperationRun, not_idempotent: None
) -> None:
    silent(stage, run)
    assert sweep() == 1
    ended = stage.now(run)
    assert (ended.outcome, ended.reason_code, ended.needs_attention) == (RunOutcome.FAILED, "stalled", True)
    assert "not safe to repeat" in ended.message
    assert stage.events("finish", run) == 1


def test_after_the_last_attempt_a_silent_run_ends(stage: Stage, run: OperationRun) -> None:
    for attempt in range(1, MOST_ATTEMPTS):
        assert silent(stage, run).attempt == attempt
        sweep()
        assert stage.now(run).state == State.RUNNING
        with connections["default"].cursor() as cursor:
            cursor.execute("delete from procrastinate_jobs")
    silent(stage, run)
    sweep()
    assert (stage.now(run).outcome, stage.now(run).needs_attention) == (RunOutcome.FAILED, True)


def test_each_sweep_that_showed_something_is_in_the_trail_of_the_installation(stage: Stage, run: OperationRun) -> None:
    silent(stage, run)
    sweep()
    sweep()
    with execution.within(execution.ids.installation()):
        assert AuditEvent.objects.filter(action="operations:sweep:read").count() == 1


def test_a_queued_run_ends_at_once_when_cancelled_and_is_never_performed(stage: Stage, run: OperationRun) -> None:
    with stage.world.scope() as scope:
        cancel_run(scope, run.pk, actor=scope.actor)
        execute(scope.workspace_id, run.pk)
    assert (stage.now(run).outcome, stage.now(run).attempt) == (RunOutcome.CANCELLED, 0)
    assert (stage.events("cancel", run), stage.events("finish", run)) == (1, 0)


def test_a_run_that_another_worker_performs_is_not_judged_a_second_time(stage: Stage, run: OperationRun) -> None:
    with stage.world.inside():
        lifecycle.claim(run)
        change(stage, run, initiator_id="00000000-0000-0000-0000-000000000000")
        execute(run.workspace_id, run.pk)
    assert stage.now(run).state == State.RUNNING


def test_asking_twice_gives_the_run_under_way(stage: Stage, run: OperationRun) -> None:
    environment = stage.world.environment
    first = stage.ask(environment, wakes=False)
    assert stage.ask(environment, wakes=False).pk == first.pk
    assert stage.ask(environment, wakes=False, day=2).pk != first.pk


def test_a_job_vanishes_with_the_transaction_that_asked_for_its_run(stage: Stage) -> None:
    class Regret(Exception):
        pass

    asked: list[OperationRun] = []

    @transaction.atomic
    def ask_and_regret() -> None:
        asked.append(stage.ask_of(scope, stage.world.environment, clock.now()))
        assert queue.is_woken(asked[0].pk)
        raise Regret

    with stage.world.scope() as scope:
        with pytest.raises(Regret):
            ask_and_regret()
        assert not queue.is_woken(asked[0].pk)
        assert not OperationRun.objects.filter(id=asked[0].pk).exists()


def test_the_database_refuses_to_move_a_run_back(stage: Stage, run: OperationRun) -> None:
    change(stage, run, state=State.COMPLETED, outcome=RunOutcome.FAILED, completed_at=clock.now())
    with pytest.raises(DatabaseError, match="illegal move"):
        change(stage, run, state=State.QUEUED, outcome="", completed_at=None)


def test_a_capture_whose_detection_is_paused_still_succeeds_and_says_so(
    stage: Stage, run: OperationRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = registry.authority()
    denial = lifecycle.registry.run_type("findings.detect")

    class DetectionIsPaused:
        at_execution = staticmethod(authority.at_execution)

        @staticmethod
        def at_dispatch(_scope: object, asked: OperationRun) -> object:
            if asked.run_type == denial.code:
                return execution.Denial("paused", "Runs of this type are paused.", retryable=True)
            return None

    monkeypatch.setattr(registry, "_authority", [DetectionIsPaused()])
    with stage.world.inside():
        execute(run.workspace_id, run.pk)
    ended = stage.now(run)
    assert ended.outcome == RunOutcome.PARTIALLY_SUCCEEDED
    assert ended.message == "Detection was not started: Runs of this type are paused."
    assert len(stage.snapshots_of(run)) == 1


def test_an_error_nobody_foresaw_ends_the_run_with_a_sentence_and_no_detail(
    stage: Stage, run: OperationRun, caplog: pytest.LogCaptureFixture
) -> None:
    entry = registry._entries["inventory.capture"]

    def explode(_work: Work) -> Result:
        raise ZeroDivisionError("secret of the inside")

    registry.register(entry.run_type, explode)
    try:
        with stage.world.inside():
            execute(run.workspace_id, run.pk)
    finally:
        registry._entries["inventory.capture"] = entry
    ended = stage.now(run)
    assert (ended.outcome, ended.reason_code, ended.needs_attention) == (RunOutcome.FAILED, "internal_error", True)
    assert "secret" not in ended.message
    assert "secret of the inside" in caplog.text


@pytest.mark.parametrize(
    ("cause", "lost"),
    [
        (errors.AdminShutdown(), True),
        (errors.IdleInTransactionSessionTimeout(), True),
        (errors.ConnectionFailure(), True),
        (errors.QueryCanceled(), False),
        (errors.DeadlockDetected(), False),
    ],
)
def test_only_a_lost_connection_counts_as_a_database_that_is_away(cause: Exception, lost: bool) -> None:
    error = OperationalError("x")
    error.__cause__ = cause
    assert is_away(error) is lost
    assert not is_away(ValueError("x"))


def test_every_type_of_run_says_what_it_needs() -> None:
    for found in registry.run_types():
        assert isinstance(found, RunType)
        assert found.capability
        assert found.expected_seconds > 0
        assert not found.followed_by or registry.run_type(found.followed_by)
