"""Read a file or a folder of traces in any accepted form."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trueline.engine.traces.assembly import SpanKey, assemble
from trueline.engine.traces.errors import UnreadableError
from trueline.engine.traces.files import Limits, decode_bytes, load, trace_files
from trueline.engine.traces.model import Decoded, TraceReading, Unread

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class _Reading:
    """Grows while files are read."""

    limits: Limits
    decoded: Decoded = field(default_factory=Decoded)
    unread: list[Unread] = field(default_factory=list)
    log_sources: list[tuple[str, list[SpanKey]]] = field(default_factory=list)
    read_bytes: int = 0


def read(path: Path | str, limits: Limits = DEFAULT_LIMITS) -> TraceReading:
    """All traces of a file or a folder, merged by trace id across files.

    Args:
        path: A file, or a folder that is searched with its subfolders.
        limits: What the reading may cost in memory.

    Returns:
        The traces, and for every file or part of a file that could not be read its path (relative to the folder) and
        the reason. A path that does not exist is such an entry. Never raises for what a file contains.
    """
    root = Path(path)
    if not root.exists():
        return TraceReading((), (Unread(root.name, "there is no such file or folder"),))
    reading = _Reading(limits)
    for file in trace_files(root):
        _read_file(file, file.relative_to(root).as_posix() if root.is_dir() else file.name, reading)
    traces = assemble(reading.decoded.spans, reading.decoded.logs, reading.decoded.metadata)
    lost = _logs_without_span(reading, {(span.trace_id, span.span_id) for trace in traces for span in trace.spans})
    return TraceReading(traces, tuple(sorted([*reading.unread, *lost], key=lambda entry: (entry.path, entry.reason))))


def read_bytes(data: bytes, limits: Limits = DEFAULT_LIMITS) -> TraceReading:
    """The same for the content of one file; its path in `unread` is empty."""
    decoded = Decoded()
    reasons: list[str] = []
    try:
        decode_bytes(data, limits, decoded)
    except UnreadableError as error:
        reasons.append(str(error))
    reasons.extend(_rejections(decoded))
    traces = assemble(decoded.spans, decoded.logs, decoded.metadata)
    return TraceReading(traces, tuple(Unread("", reason) for reason in sorted(reasons)))


def _read_file(file: Path, shown: str, reading: _Reading) -> None:
    limits = reading.limits
    decoded = Decoded()
    try:
        data = load(file, limits, limits.total_bytes - reading.read_bytes)
        decode_bytes(data, limits, decoded)
    except UnreadableError as error:
        reading.unread.append(Unread(shown, str(error)))
        return
    reading.unread.extend(Unread(shown, reason) for reason in _rejections(decoded))
    if len(reading.decoded.spans) + len(decoded.spans) > limits.spans:
        reading.unread.append(Unread(shown, f"the reading already holds close to {limits.spans:,} spans"))
        return
    reading.read_bytes += len(data)
    _keep(decoded, shown, reading)


def _keep(decoded: Decoded, shown: str, reading: _Reading) -> None:
    reading.decoded.spans.extend(decoded.spans)
    reading.decoded.logs.extend(decoded.logs)
    for trace_id, told in decoded.metadata.items():
        held = reading.decoded.metadata.setdefault(trace_id, {})
        reading.decoded.metadata[trace_id] = {"source": shown, **told, **held}
    if decoded.logs:
        reading.log_sources.append((shown, [(log.trace_id, log.span_id) for log in decoded.logs]))


def _rejections(decoded: Decoded) -> Iterable[str]:
    for reason, count in sorted(decoded.rejected.items()):
        yield f"{count} left out: {reason}"


def _logs_without_span(reading: _Reading, known: set[SpanKey]) -> Iterable[Unread]:
    for shown, keys in reading.log_sources:
        lost = sum(key not in known for key in keys)
        if lost:
            yield Unread(shown, f"{lost} left out: the log record names a span that is in none of the files")
