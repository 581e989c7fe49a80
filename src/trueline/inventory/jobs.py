"""Runs of this room: capture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as _

from trueline.connections import actions as connections
from trueline.connections import queries as sources
from trueline.connections import registry
from trueline.connections.contract import Coverage
from trueline.connections.errors import SourceRefused
from trueline.inventory import actions, queries
from trueline.inventory.manifest import Manifest, collect
from trueline.inventory.models import Snapshot
from trueline.kit.digest import keyed
from trueline.kit.failpoints import reach
from trueline.operations.actions.work import Result, Work
from trueline.operations.errors import RunCancelled
from trueline.operations.registry import Perform
from trueline.operations.rules import RunOutcome, RunType
from trueline.workspaces import access

CAPTURE = RunType(
    code="inventory.capture",
    label=_("Capture"),
    capability="operations.start",
    is_idempotent=True,
    expected_seconds=30,
    followed_by="findings.detect",
)


def capture(work: Work) -> Result:
    """Read the source, then store what it showed in one transaction. A repeated step finds the snapshot there."""
    snapshot = queries.snapshot_of_run(work.scope, work.run_id) or _captured(work)
    outcome = RunOutcome.SUCCEEDED if snapshot.coverage == Coverage.COMPLETE else RunOutcome.PARTIALLY_SUCCEEDED
    counts = {"objects": snapshot.objects_count, "unread": snapshot.unread_count}
    return Result(outcome, counts, follow_parameters={"snapshot_id": str(snapshot.pk)})


def _captured(work: Work) -> Snapshot:
    connection = sources.connection(work.scope, UUID(work.parameters["connection_id"]))
    try:
        with _source_path(work) as path:
            manifest = _read(work, connection.provider_key, path)
    except (SourceRefused, RunCancelled):
        _let_go(work)  # nobody will read this file again
        raise
    reach("capture:after-read")
    made = actions.Capture(
        environment=access.environment_by_id(work.scope, connection.environment_id),
        run_id=work.run_id,
        provider_key=connection.provider_key,
        source_label=work.parameters["source_label"],
        observed_at=datetime.fromisoformat(work.parameters["observed_at"]),
    )
    with transaction.atomic():  # the bytes go when, and only when, what they showed is kept
        snapshot = actions.keep_snapshot(work.scope, made, manifest, actor=work.scope.actor, hold=work.hold)
        _let_go(work)
    return snapshot


def _let_go(work: Work) -> None:
    """Remove the bytes of the upload that was read, if it was one."""
    if "upload_id" in work.parameters:
        connections.let_go(work.scope, UUID(work.parameters["upload_id"]))


def _read(work: Work, provider_key: str, path: Path) -> Manifest:
    key = bytes.fromhex(keyed(settings.SECRET_KEY.encode(), f"fingerprint:{work.scope.workspace_id}".encode()))
    source = registry.open_export(provider_key, path, key)
    manifest = collect(source, lambda told: work.progress(told.done, told.total, told.label))
    work.progress(len(manifest.items), len(manifest.items), "", now=True)
    return manifest


@contextmanager
def _source_path(work: Work) -> Iterator[Path]:
    """Where the export lies: on this server's disk, or an upload put together in a folder that goes away again."""
    if "upload_id" not in work.parameters:
        yield Path(work.parameters["path"])
        return
    upload = sources.upload(work.scope, UUID(work.parameters["upload_id"]))
    with TemporaryDirectory(prefix="trueline-upload-") as folder:
        path = Path(folder) / f"export{Path(upload.name).suffix.lower()[:8]}"
        with path.open("wb") as file:
            for piece in sources.upload_pieces(work.scope, upload.pk):
                file.write(piece)
        yield path


RUN_TYPES: tuple[tuple[RunType, Perform], ...] = ((CAPTURE, capture),)
