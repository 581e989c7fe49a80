"""`kill -9` of a worker in the middle of an import: everything is there once, and the file gone."""

from __future__ import annotations

import json
import signal

import pytest

from tests.evaluations.runs import agents_of, run
from tests.operations import drill
from tests.operations.conftest import crew, nursery, stage
from tests.operations.drill import Crew, Stage
from trueline.connections.models import UploadChunk
from trueline.traces.models import ReceivedBatch, Trace, TraceImport
from trueline.traces.starting import import_file

__all__ = ["crew", "nursery", "stage"]
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("failpoint", ["import:after-read", "import:before-audit", "run:before-finish"])
def test_an_import_whose_worker_is_killed_ends_once(failpoint: str, stage: Stage, crew: Crew) -> None:
    found = json.dumps([run(f"run{number}", "look") for number in range(7)]).encode()
    with stage.world.inside():
        place = agents_of(stage.world)
    with crew.workers({"TRUELINE_FAILPOINT": failpoint}, {}) as (doomed, survivor):
        drill.registered(2)
        survivor.tell(signal.SIGSTOP)
        with stage.world.scope() as scope:
            import_file(scope, place, "runs.json", [found], actor=scope.actor)
        assert doomed.ended() == -signal.SIGKILL, doomed.log
        survivor.tell(signal.SIGCONT)
        (ended,) = stage.ended(place, 1)
    assert (ended.outcome, ended.attempt, ended.counts["traces"]) == ("succeeded", 2, 7)
    with stage.world.inside():
        assert TraceImport.objects.get().traces_count == 7
        assert ReceivedBatch.objects.count() + Trace.objects.count() in {1, 7}  # waits to be folded, or was
        assert not UploadChunk.objects.exists()
    assert stage.trail_is_whole
