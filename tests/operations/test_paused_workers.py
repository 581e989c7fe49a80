"""Workers that are paused, told to stop, doubled, or cut off from their database."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from tests.early import HOME
from tests.operations import drill
from tests.operations.drill import Crew, Stage
from trueline.kit.postgres.server import provide
from trueline.operations.actions.runs import cancel_run
from trueline.operations.rules import RunOutcome, State

pytestmark = pytest.mark.slow
WELL = {RunOutcome.SUCCEEDED, RunOutcome.PARTIALLY_SUCCEEDED}


@pytest.mark.parametrize("place", ["capture:after-read", "detect:after-compare", "run:before-finish"])
def test_what_a_paused_worker_writes_after_another_took_over_is_refused(place: str, stage: Stage, crew: Crew) -> None:
    with crew.workers({"TRUELINE_PAUSEPOINT": place}, {}) as (zombie, other):
        drill.registered(2)
        other.tell(signal.SIGSTOP)
        environment = stage.environment("Struck")
        stage.ask(environment)
        zombie.paused()
        other.tell(signal.SIGCONT)
        runs = stage.ended(environment)
        before = (stage.findings(environment), [(run.pk, run.completed_at, run.fence) for run in runs])
        zombie.tell(signal.SIGCONT)
        drill.until(lambda: "was taken over by another worker" in zombie.log or _is_idle(), "the zombie has given up")
        calm = stage.environment("Calm")
        other.tell(signal.SIGSTOP)
        stage.ask(calm)
        assert {run.outcome for run in stage.ended(calm)} <= WELL, "the former zombie works on"
    after = stage.ended(environment)
    assert (stage.findings(environment), [(run.pk, run.completed_at, run.fence) for run in after]) == before
    assert len(stage.snapshots(environment)) == 1
    assert all(stage.events("finish", run) == 1 for run in after)
    assert max(run.attempt for run in after) == 2
    assert stage.trail_is_whole


def _is_idle() -> bool:
    return drill.jobs_left() == 0


def test_a_worker_that_stands_still_inside_its_write_loses_its_locks_and_the_run(stage: Stage, crew: Crew) -> None:
    paused = {"TRUELINE_PAUSEPOINT": "capture:items-kept"}
    with crew.workers(paused, {}) as (zombie, other):
        drill.registered(2)
        other.tell(signal.SIGSTOP)
        environment = stage.environment("Struck")
        run = stage.ask(environment)
        zombie.paused()
        other.tell(signal.SIGCONT)
        runs = stage.ended(environment)
        zombie.tell(signal.SIGCONT)
        time.sleep(0.3)
    assert runs[0].pk == run.pk
    assert {one.outcome for one in runs} <= WELL
    assert len(stage.snapshots(environment)) == 1
    assert stage.trail_is_whole


def test_a_worker_told_to_stop_finishes_what_is_under_way_and_takes_nothing_more(stage: Stage, crew: Crew) -> None:
    with crew.workers({"TRUELINE_PAUSEPOINT": "run:after-claim"}) as (worker,):
        drill.registered(1)
        environment = stage.environment("Struck")
        run = stage.ask(environment)
        worker.paused()
        worker.tell(signal.SIGTERM)
        worker.tell(signal.SIGCONT)
        assert worker.ended() == 0, worker.log
    assert (stage.now(run).state, stage.now(run).attempt) == (State.COMPLETED, 1)
    assert len(stage.snapshots(environment)) == 1
    assert drill.jobs_left() == 1, "the detection waits for the next worker"


def test_a_running_run_stops_at_its_next_step_when_asked_to(stage: Stage, crew: Crew) -> None:
    with crew.workers({"TRUELINE_PAUSEPOINT": "run:after-claim"}) as (worker,):
        drill.registered(1)
        environment = stage.environment("Struck")
        run = stage.ask(environment)
        worker.paused()
        with stage.world.scope() as scope:
            cancel_run(scope, run.pk, actor=scope.actor)
        worker.tell(signal.SIGCONT)
        (ended,) = stage.ended(environment, 1)
    assert ended.outcome == RunOutcome.CANCELLED
    assert stage.snapshots(environment) == []
    assert (stage.events("cancel", run), stage.events("finish", run)) == (1, 1)


def test_two_workers_perform_every_run_once(stage: Stage, crew: Crew) -> None:
    with crew.workers({}, {}):
        drill.registered(2)
        places = [stage.environment(f"Place {number}") for number in range(6)]
        asked = [stage.ask(place) for place in places]
        for run in asked:  # delivered twice, as a queue may
            drill.queue.wake(run.workspace_id, run.pk)
        ended = [run for place in places for run in stage.ended(place)]
    assert {run.outcome for run in ended} <= WELL
    assert {run.attempt for run in ended} == {1}
    assert [len(stage.snapshots(place)) for place in places] == [1] * len(places)
    assert all((stage.events("start", run), stage.events("finish", run)) == (1, 1) for run in ended)
    assert stage.trail_is_whole


@contextmanager
def database_away(seconds: float) -> Iterator[None]:
    """Every session of this test's database is ended and no new one let in, for some seconds."""
    name = connections["default"].settings_dict["NAME"]
    connections.close_all()
    allow = sql.SQL("alter database {} with allow_connections {}")
    with provide(HOME, {}, durable=False) as server, psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        try:
            admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
            yield
            time.sleep(seconds)
        finally:
            admin.execute(allow.format(sql.Identifier(name), sql.SQL("true")))


@pytest.mark.parametrize("place", ["capture:after-read", "capture:items-kept"])
def test_a_database_that_is_away_for_seconds_costs_an_attempt_and_no_worker(
    place: str, stage: Stage, crew: Crew
) -> None:
    with crew.workers({"TRUELINE_PAUSEPOINT": place}) as (worker,):
        drill.registered(1)
        environment = stage.environment("Struck")
        run = stage.ask(environment)
        worker.paused()
        with database_away(2.0):
            worker.tell(signal.SIGCONT)
        runs = stage.ended(environment)
        assert worker.status is None, worker.log
        worker.tell(signal.SIGTERM)
        assert worker.ended() == 0, worker.log
    assert {one.outcome for one in runs} <= WELL
    assert stage.now(run).attempt == 2
    assert len(stage.snapshots(environment)) == 1
    assert len(stage.findings(environment)) == 4
    assert all(stage.events("finish", one) == 1 for one in runs)
    assert stage.trail_is_whole
