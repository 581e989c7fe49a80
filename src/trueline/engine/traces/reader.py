"""Read a file, a folder or a zip archive of traces in any accepted form."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trueline.engine.traces.assembly import SpanKey, assemble
from trueline.engine.traces.errors import UnreadableError
from trueline.engine.traces.files import Limits, decode_bytes
from trueline.engine.traces.model import Decoded, TraceReading, Unread
from trueline.engine.traces.sources import Source, sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class FileRead:
    """What one file of a reading gave.

    Attributes:
        path: Relative to the folder or archive that was asked for; its name when it alone was.
        decoded: Its spans and log records.
        unread: One sentence for what could not be read of it.
        done: How many files were read so far, this one among them.
        total: How many there are.
    """

    path: str
    decoded: Decoded
    unread: tuple[Unread, ...]
    done: int = 1
    total: int = 1


@dataclass(slots=True)
class _Reading:
    """Grows while files are read."""

    decoded: Decoded = field(default_factory=Decoded)
    unread: list[Unread] = field(default_factory=list)
    log_sources: list[tuple[str, list[SpanKey]]] = field(default_factory=list)


def read(path: Path | str, limits: Limits = DEFAULT_LIMITS) -> TraceReading:
    """All traces of a file, a folder or a zip archive, merged by trace id across files.

    Args:
        path: A file, a zip archive, or a folder that is searched with its subfolders.
        limits: What the reading may cost in memory.

    Returns:
        The traces, and for every file or part of a file that could not be read its path (relative to the folder or
        archive) and the reason. A path that does not exist is such an entry. Never raises for what a file contains.
    """
    reading = _Reading()
    for file in files_read(Path(path), limits):
        reading.unread.extend(file.unread)
        _keep(file.decoded, file.path, reading)
    traces = assemble(reading.decoded.spans, reading.decoded.logs, reading.decoded.metadata)
    lost = _logs_without_span(reading, {(span.trace_id, span.span_id) for trace in traces for span in trace.spans})
    return TraceReading(traces, tuple(sorted([*reading.unread, *lost], key=lambda entry: (entry.path, entry.reason))))


def files_read(root: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[FileRead]:
    """The same file by file, so that only one of them is in memory; nothing is merged."""
    if not root.exists():
        yield _unread(root.name, "there is no such file or folder")
        return
    try:
        with sources(root, limits) as found:
            yield from _each_read(found, limits)
    except UnreadableError as error:
        yield _unread(root.name, str(error))


def _each_read(found: Sequence[Source], limits: Limits) -> Iterator[FileRead]:
    room, spans = limits.total_bytes, 0
    for done, source in enumerate(found, start=1):
        decoded, unread = Decoded(), list[Unread]()
        try:
            data = source.load(limits, room)
            room -= len(data)
            decode_bytes(data, limits, decoded)
        except UnreadableError as error:
            decoded = Decoded()
            unread = [Unread(source.path, str(error))]
        unread += [Unread(source.path, reason) for reason in _rejections(decoded)]
        if spans + len(decoded.spans) > limits.spans:
            decoded = Decoded()
            unread.append(Unread(source.path, f"the reading already holds close to {limits.spans:,} spans"))
        spans += len(decoded.spans)
        yield FileRead(source.path, decoded, tuple(unread), done, len(found))


def _unread(path: str, reason: str) -> FileRead:
    return FileRead(path, Decoded(), (Unread(path, reason),))


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
