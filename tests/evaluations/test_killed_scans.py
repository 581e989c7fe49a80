"""`kill -9` of a worker in the middle of a scan: one scan, its findings once, and the file gone."""

from __future__ import annotations

import signal

import pytest

from tests.evaluations.runs import agents_of, body, runs
from tests.operations import drill
from tests.operations.conftest import crew, nursery, stage
from tests.operations.drill import Crew, Stage
from trueline.connections.models import UploadChunk
from trueline.evaluations.models import ClusterSighting, FailureCluster, Scan
from trueline.evaluations.starting import scan_file
from trueline.findings.models import Finding

__all__ = ["crew", "nursery", "stage"]
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("failpoint", ["scan:after-read", "scan:kept", "detect:before-audit", "run:before-finish"])
def test_a_scan_whose_worker_is_killed_ends_once(failpoint: str, stage: Stage, crew: Crew) -> None:
    with stage.world.inside():
        place = agents_of(stage.world)
    with crew.workers({"TRUELINE_FAILPOINT": failpoint}, {}) as (doomed, survivor):
        drill.registered(2)
        survivor.tell(signal.SIGSTOP)
        with stage.world.scope() as scope:
            scan_file(scope, place, "runs.json", [body(runs(12, failing=4))], None, actor=scope.actor)
        assert doomed.ended() == -signal.SIGKILL, doomed.log
        survivor.tell(signal.SIGCONT)
        (ended,) = stage.ended(place, 1)
    assert (ended.outcome, ended.attempt, ended.counts["traces"]) == ("succeeded", 2, 12)
    with stage.world.inside():
        assert Scan.objects.filter(environment_id=place.pk).count() == 1
        assert FailureCluster.objects.get().times_seen == 1
        assert ClusterSighting.objects.count() == 1
        assert Finding.objects.get(environment_id=place.pk).times_seen == 1
        assert not UploadChunk.objects.exists()
    assert stage.trail_is_whole
