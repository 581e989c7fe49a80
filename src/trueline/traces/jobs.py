"""Runs of this room: import."""

from __future__ import annotations

from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from trueline.connections import actions as connections
from trueline.connections import queries as sources
from trueline.connections.models import Upload
from trueline.engine.traces.receiving import AgeWindow
from trueline.kit import clock
from trueline.kit.failpoints import reach
from trueline.operations.actions.work import Result, Work
from trueline.operations.errors import RunCancelled
from trueline.operations.registry import Perform
from trueline.operations.rules import RunOutcome, RunType
from trueline.traces import queries
from trueline.traces.actions.importing import keep_import
from trueline.traces.importing import Found, read_files
from trueline.traces.models import TraceImport
from trueline.traces.rules import MEGABYTE, nanoseconds_of
from trueline.workspaces import access

_IN_MEMORY = 64 * MEGABYTE

IMPORT = RunType(
    code="traces.import",
    label=_("Import of traces"),
    capability="operations.start",
    is_idempotent=True,
    expected_seconds=30,
)


def perform_import(work: Work) -> Result:
    """Read the files, then keep what they gave in one transaction. A repeated step finds it kept."""
    made = queries.import_of_run(work.scope, work.run_id) or _imported(work)
    outcome = RunOutcome.PARTIALLY_SUCCEEDED if made.unread_count else RunOutcome.SUCCEEDED
    counts = {"traces": made.traces_count, "spans": made.spans_count, "unread": made.unread_count}
    return Result(outcome, counts, "" if made.spans_count else "Nothing of it could be taken.")


def _imported(work: Work) -> TraceImport:
    assert work.environment_id is not None
    environment = access.environment_by_id(work.scope, work.environment_id)
    # As old as this environment keeps traces at all: a file holds what was, where a sender tells what is.
    window = AgeWindow(queries.policy(work.scope, environment.pk).keep_days)
    upload = sources.upload(work.scope, UUID(work.parameters["upload_id"]))
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        found = Found(spool, window, nanoseconds_of(clock.now()))
        _read(work, upload, found)
        reach("import:after-read")
        with transaction.atomic():  # the bytes go when, and only when, what they gave is kept
            made = keep_import(
                work.scope, environment, work.run_id, upload.name, found, actor=work.scope.actor, hold=work.hold
            )
            connections.let_go(work.scope, upload.pk)
    return made


def _read(work: Work, upload: Upload, found: Found) -> None:
    with TemporaryDirectory(prefix="trueline-import-") as folder:
        path = Path(folder) / "traces"
        with path.open("wb") as file:
            for piece in sources.upload_pieces(work.scope, upload.pk):
                file.write(piece)
        try:
            read_files(path, upload.name, found, work.progress)
        except RunCancelled:
            connections.let_go(work.scope, upload.pk)  # nobody will read this file again
            raise


RUN_TYPES: tuple[tuple[RunType, Perform], ...] = ((IMPORT, perform_import),)
