"""An uploaded file is kept for as long as somebody will read it, and no longer."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from tests.samples import compliance, perform_all
from tests.worlds import World
from trueline.connections import registry
from trueline.connections.actions import receive_upload
from trueline.connections.models import Upload, UploadChunk
from trueline.inventory.models import Snapshot
from trueline.inventory.starting import capture_upload
from trueline.kit import clock
from trueline.operations.models import OperationRun


def export() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("CompliancePolicies/one.json", json.dumps(compliance(1)))
    return packed.getvalue()


def upload(world: World, body: bytes) -> OperationRun:
    with world.scope(world.owner) as scope:
        received = receive_upload(scope, world.environment.pk, "export.zip", [body], actor=scope.actor)
        provider = registry.export_provider().key
        started = capture_upload(
            scope, world.environment, provider, received.pk, actor=scope.actor, observed_at=clock.now()
        )
    perform_all(world)
    with world.inside():
        return OperationRun.objects.get(id=started.run.pk)


def test_its_bytes_go_with_the_capture_that_read_it(world: World) -> None:
    run = upload(world, export())

    with world.inside():
        assert run.outcome == "partially_succeeded"
        assert Snapshot.objects.get().objects_count == 1
        assert not UploadChunk.objects.exists()
        assert Upload.objects.get().state == "read"


@pytest.mark.parametrize("body", [b"PK\x03\x04 not an archive", b"\x00" * 100])
def test_its_bytes_go_when_it_is_refused(world: World, body: bytes) -> None:
    run = upload(world, body)

    with world.inside():
        assert run.outcome == "failed"
        assert run.message
        assert not Snapshot.objects.exists()
        assert not UploadChunk.objects.exists()
