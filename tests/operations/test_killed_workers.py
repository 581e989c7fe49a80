"""`kill -9` of a real worker at every place where the code says that it could matter."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from django.db import connections

from tests.operations import drill
from tests.operations.drill import Crew, Stage
from tests.reviews.prepared import published, seeded
from tests.worlds import small_world
from trueline.operations.actions.runs import Target, start_run
from trueline.operations.actions.tidying import tidy
from trueline.operations.models import OperationRun
from trueline.operations.rules import RunOutcome, State
from trueline.reviews.models import Pack

_SOURCE = Path(__file__).parents[2] / "src" / "trueline"
FAILPOINTS = sorted(
    {name for path in _SOURCE.rglob("*.py") for name in re.findall(r"\breach\(\"([^\"]+)\"\)", path.read_text())}
)
FOUND_AT_LEAST = 9
_ELSEWHERE = ("deliver:", "receive:", "import:", "fold:", "merge:", "scan:", "prepare:", "pack:")
"""In tests/notices, /traces, /evaluations and /reviews."""
FAILPOINTS = [name for name in FAILPOINTS if not name.startswith(_ELSEWHERE)]
pytestmark = pytest.mark.slow


def test_the_places_to_pull_the_plug_are_found() -> None:
    assert len(FAILPOINTS) >= FOUND_AT_LEAST
    assert {name.partition(":")[0] for name in FAILPOINTS} >= {"run", "capture", "detect"}


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_a_run_whose_worker_is_killed_ends_once_as_if_nothing_had_been(
    failpoint: str, stage: Stage, crew: Crew
) -> None:
    with crew.workers({"TRUELINE_FAILPOINT": failpoint}, {}) as (doomed, survivor):
        drill.registered(2)
        survivor.tell(signal.SIGSTOP)
        struck = stage.environment("Struck")
        stage.ask(struck)
        assert doomed.ended() == -signal.SIGKILL, doomed.log
        assert stage.jobs_without_run() == 0
        survivor.tell(signal.SIGCONT)
        runs = stage.ended(struck)
        calm = stage.environment("Calm")
        stage.ask(calm)
        undisturbed = stage.ended(calm)

    assert [run.outcome for run in runs] == [run.outcome for run in undisturbed]
    assert [run.counts for run in runs] == [run.counts for run in undisturbed]
    assert runs[0].outcome in {RunOutcome.SUCCEEDED, RunOutcome.PARTIALLY_SUCCEEDED}
    assert sum(run.attempt for run in runs) == (2 if failpoint == "run:before-claim" else 3)
    assert len(stage.snapshots(struck)) == 1
    assert stage.snapshots(struck)[0].digest == stage.snapshots(calm)[0].digest
    assert stage.findings(struck) == stage.findings(calm)
    assert len(stage.findings(struck)) == 4
    for run in runs:
        assert (stage.events("start", run), stage.events("finish", run)) == (1, 1)
    assert stage.trail_is_whole


def test_the_job_of_a_killed_worker_is_removed_once_the_worker_counts_as_gone(stage: Stage, crew: Crew) -> None:
    with crew.workers({"TRUELINE_FAILPOINT": "run:after-claim"}) as (doomed,):
        drill.registered(1)
        stage.ask(stage.environment("Struck"))
        doomed.ended()
    assert (tidy(), drill.jobs_left()) == (0, 1)
    with connections["default"].cursor() as cursor:
        cursor.execute("update procrastinate_workers set last_heartbeat = now() - interval '6 minutes'")
    assert (tidy(), drill.jobs_left()) == (1, 0)


def test_a_pack_whose_workers_are_killed_is_there_whole_or_not_at_all(committed: None, crew: Crew) -> None:
    world = small_world()
    with world.scope() as scope:
        seeded(world)
        wanted = {"review": str(published(world, scope).pk), "audience": "customer", "language": "en"}
        run = start_run(scope, "reviews.pack", Target(world.environment.pk, "North"), wanted, actor=scope.actor).run
    for failpoint in ("pack:after-render", "pack:before-commit"):
        with crew.workers({"TRUELINE_FAILPOINT": failpoint}) as (doomed,):
            assert doomed.ended() == -signal.SIGKILL, doomed.log
        with world.inside():
            assert Pack.objects.count() == 0
    with crew.workers({}), world.inside():
        drill.until(lambda: OperationRun.objects.get(id=run.pk).state == State.COMPLETED, "the pack's run has ended")
        assert OperationRun.objects.get(id=run.pk).outcome == RunOutcome.SUCCEEDED
        assert Pack.objects.count() == 1


def test_a_run_that_kills_every_worker_is_poison_and_asks_for_attention(stage: Stage, crew: Crew) -> None:
    struck = stage.environment("Struck")
    run = stage.ask(struck)
    for attempt in (1, 2, 3):
        with crew.workers({"TRUELINE_FAILPOINT": "capture:after-read"}) as (doomed,):
            doomed.ended()
        assert stage.now(run).attempt == attempt
    with crew.workers({}):
        (ended,) = stage.ended(struck, 1)
        fine = stage.environment("Fine")
        stage.ask(fine)
        assert stage.ended(fine)[0].outcome == RunOutcome.PARTIALLY_SUCCEEDED
    assert (ended.outcome, ended.reason_code, ended.needs_attention) == (RunOutcome.FAILED, "stalled", True)
    assert "several times" in ended.message
    assert stage.snapshots(struck) == []
    assert stage.events("finish", run) == 1
