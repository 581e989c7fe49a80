"""Runs of this room: scan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as _

from trueline.connections import actions as connections
from trueline.connections import queries as sources
from trueline.connections.rules import UploadState
from trueline.engine.rules.model import WorldModel
from trueline.engine.traces.model import TraceReading, Unread
from trueline.engine.traces.reader import read
from trueline.evaluations import queries
from trueline.evaluations.actions.asking import RecordingJudge
from trueline.evaluations.actions.scanning import Taken, keep_scan, record_causes
from trueline.evaluations.models import Scan
from trueline.evaluations.scanning import Phase, Scanned, scan
from trueline.findings.actions.detections import Recorded
from trueline.kit.failpoints import reach
from trueline.operations.actions.work import Result, Work
from trueline.operations.registry import Perform
from trueline.operations.rules import RunOutcome, RunType
from trueline.traces import queries as traces
from trueline.workspaces import access

MOST_TRACES = 5_000
"""Kept traces that one scan reads, the newest; what is beyond is told as not read."""
_PHASES = [str(phase) for phase in Phase]

SCAN = RunType(
    code="evaluations.scan",
    label=_("Scan of agents"),
    capability="operations.start",
    is_idempotent=True,
    expected_seconds=60,
)


def perform_scan(work: Work) -> Result:
    """Read the traces, judge them, keep the scan, bring the findings to it. A repeated step finds the scan there."""
    kept = queries.scan_of_run(work.scope, work.run_id)
    if kept is not None and _is_let_go(work):
        return _result(kept, Recorded())
    reading = _reading(work)
    version_id = work.parameters.get("version_id")
    version = queries.version(work.scope, UUID(version_id)) if version_id else None
    model = queries.as_published(work.scope, version.pk) if version else None
    found = _scanned(work, reading, model, _judge(work))
    found.report["model_use"] = queries.model_use(work.scope, work.run_id)
    reach("scan:after-read")
    assert work.environment_id is not None
    environment = access.environment_by_id(work.scope, work.environment_id)
    taken = Taken(environment, work.run_id, version, work.parameters["source_label"], _observed_at(work, found))
    made = keep_scan(work.scope, taken, found, actor=work.scope.actor, hold=work.hold)
    with transaction.atomic():  # the bytes go when, and only when, the findings are brought to what they showed
        done = record_causes(work.scope, made, found, actor=work.scope.actor, hold=work.hold)
        _let_go(work)
    return _result(made, done)


def _result(made: Scan, done: Recorded) -> Result:
    counts = {name: getattr(done, name) for name in ("opened", "seen_again", "reopened", "cleared")}
    counts |= {"traces": made.traces_count, "unread": made.unread_count}
    return Result(RunOutcome.SUCCEEDED if made.is_complete else RunOutcome.PARTIALLY_SUCCEEDED, counts)


def _is_let_go(work: Work) -> bool:
    """Whether the file was read to the end already: a step repeated after that has nothing left to read."""
    if "upload_id" not in work.parameters:
        return False
    return sources.upload(work.scope, UUID(work.parameters["upload_id"])).state == UploadState.READ


def _scanned(work: Work, reading: TraceReading, model: WorldModel | None, judge: RecordingJudge | None) -> Scanned:
    def tell(phase: str) -> None:
        work.progress(_PHASES.index(phase), len(_PHASES), phase, now=True)

    return scan(reading, model, tell, judge)


def _judge(work: Work) -> RecordingJudge | None:
    """Whom judged rules may ask: nobody, unless the installation names a language model and the scan was asked to."""
    if settings.LANGUAGE_MODEL is None or not work.parameters.get("is_judged"):
        return None
    assert work.environment_id is not None
    where = work.scope, work.environment_id, work.run_id
    return RecordingJudge(
        *where, settings.LANGUAGE_MODEL, work.stop_if_cancelled, work.hold, settings.MODEL_CALLS_PER_DAY
    )


def _observed_at(work: Work, found: Scanned) -> datetime:
    """When agents were seen last: by the spans, never later than the question; by the question where no span tells."""
    asked = datetime.fromisoformat(work.parameters["asked_at"])
    if found.observed_ns is None:
        return asked
    return min(asked, datetime.fromtimestamp(found.observed_ns / 1e9, tz=UTC))


def _reading(work: Work) -> TraceReading:
    if "upload_id" not in work.parameters:
        return _kept(work)
    upload = sources.upload(work.scope, UUID(work.parameters["upload_id"]))
    with TemporaryDirectory(prefix="trueline-scan-") as folder:
        path = Path(folder) / "traces"
        with path.open("wb") as file:
            for piece in sources.upload_pieces(work.scope, upload.pk):
                file.write(piece)
        reading = read(path)
    unread = tuple(Unread(upload.name, each.reason) for each in reading.unread)
    return TraceReading(reading.traces, unread)


def _kept(work: Work) -> TraceReading:
    """The traces that the environment has sent in the asked days."""
    assert work.environment_id is not None
    since = datetime.fromisoformat(work.parameters["asked_at"]) - timedelta(days=int(work.parameters["days"]))
    lines = traces.traces(work.scope, work.environment_id).filter(started_at__gte=since)
    shown = list(lines[: MOST_TRACES + 1])
    read = shown[:MOST_TRACES]
    found = tuple(traces.spans_of_many(work.scope, read))
    unread = [Unread("", f"more than {MOST_TRACES} traces")] if len(shown) > MOST_TRACES else []
    unread += [Unread("", "a trace has no span left")] * (len(read) - len(found))
    return TraceReading(found, tuple(unread))


def _let_go(work: Work) -> None:
    """Remove the bytes of the upload that was read, if it was one."""
    if "upload_id" in work.parameters:
        connections.let_go(work.scope, UUID(work.parameters["upload_id"]))


RUN_TYPES: tuple[tuple[RunType, Perform], ...] = ((SCAN, perform_scan),)
