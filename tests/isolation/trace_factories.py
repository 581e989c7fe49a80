"""Factories of the room of traces."""

from __future__ import annotations

from django.db.models import Model

from tests.isolation.factories import Seeds, makes
from trueline.kit import clock, ids
from trueline.kit.digest import sha256
from trueline.operations.models import OperationRun
from trueline.traces.models import ReceivedBatch, Trace, TraceFile, TraceImport, TracePolicy
from trueline.workspaces.models import Environment


@makes(TracePolicy)
def _policy(seeds: Seeds) -> Model:
    other = seeds.draft(Environment)  # an environment has one policy
    other.name = "Other"
    other.save(force_insert=True)
    return TracePolicy(workspace_id=seeds.workspace.pk, environment_id=other.pk)


@makes(ReceivedBatch)
def _batch(seeds: Seeds) -> Model:
    return ReceivedBatch(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        signal="traces",
        form="application/json",
        packing="zstd",
        body=seeds.canary.encode(),
        digest=sha256(ids.new().bytes),
        size_bytes=3,
        items=1,
    )


@makes(TraceFile)
def _file(seeds: Seeds) -> Model:
    return TraceFile(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        day=clock.now().date(),
        spans=1,
        size_bytes=1,
    )


@makes(Trace)
def _trace(seeds: Seeds) -> Model:
    return Trace(
        id=ids.new(),
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        trace_id=ids.new().hex,
        name=seeds.canary,
        spans=1,
        started_at=clock.now(),
        agents=[seeds.canary],
        file_ids=[ids.new()],
    )


@makes(TraceImport)
def _import(seeds: Seeds) -> Model:
    run = seeds.draft(OperationRun)  # a run takes one file
    run.save(force_insert=True)
    return TraceImport(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        run_id=run.pk,
        name=seeds.canary,
        files_count=1,
        traces_count=1,
        spans_count=1,
        unread_count=1,
        unread=[{"path": seeds.canary, "reason": "it is empty"}],
    )
