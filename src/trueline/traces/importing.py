"""Files that were handed over, as batches like those that senders send: read, checked, packed. Nothing is kept here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import IO, TYPE_CHECKING

from trueline.engine.traces import receiving
from trueline.engine.traces.cases import carry_metadata
from trueline.engine.traces.files import Limits
from trueline.engine.traces.model import Unread
from trueline.engine.traces.otlp_writing import log_request, trace_request
from trueline.engine.traces.reader import files_read
from trueline.engine.traces.receiving import AgeWindow, Form, Signal
from trueline.traces.batches import Batch, packed_batch
from trueline.traces.rules import IMPORT_BYTES, IMPORT_SPANS, MEGABYTE
from trueline.traces.store.rows import packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from trueline.engine.traces.model import Decoded, WireLog, WireSpan

LIMITS = Limits(total_bytes=1_024 * MEGABYTE, spans=1_000_000)
"""A file of 200 MB, packed as traces pack, is about this."""


@dataclass(slots=True)
class Found:
    """What files gave. Bodies of batches lie in `spool`, since all of them may be more than fits in memory."""

    spool: IO[bytes]
    window: AgeWindow
    now_ns: int
    batches: list[tuple[Batch, int, int]] = field(default_factory=list)
    trace_ids: set[str] = field(default_factory=set)
    spans: int = 0
    files: int = 0
    unread: list[Unread] = field(default_factory=list)

    def packed_batches(self) -> Iterator[Batch]:
        """Each batch with its body, one after another."""
        for batch, at, size in self.batches:
            self.spool.seek(at)
            yield replace(batch, body=self.spool.read(size))

    def add(self, batch: Batch) -> None:
        """Put a batch aside."""
        at = self.spool.seek(0, 2)
        self.batches.append((replace(batch, body=b""), at, self.spool.write(batch.body)))


def read_files(path: Path, name: str, into: Found, tell: Callable[[int, int, str], None]) -> None:
    """Read a file, a zip archive or a folder of traces in any accepted form.

    Args:
        path: Where it lies.
        name: What people call it; stands for the path where that is a file for a while.
        into: Takes the batches, and for everything that could not be read one sentence.
        tell: Is told after each file how many of how many were read, and its name.

    Never raises for what a file contains.
    """
    for file in files_read(path, LIMITS):
        shown = name if file.path == path.name else file.path
        into.files += 1
        into.unread += [Unread(shown, one.reason) for one in file.unread]
        into.unread += [Unread(shown, reason) for reason in _taken(file.decoded, into)]
        tell(file.done, file.total, shown)


def _taken(decoded: Decoded, found: Found) -> list[str]:
    """Put what a file says aside in batches; returns why something of it was left out."""
    carry_metadata(decoded)
    left_out: dict[str, int] = {}
    spans, logs = decoded.spans, decoded.logs
    for begin in range(0, len(spans), IMPORT_SPANS):
        _take(Signal.TRACES, spans[begin : begin + IMPORT_SPANS], found, left_out)
    for begin in range(0, len(logs), IMPORT_SPANS):
        _take(Signal.LOGS, logs[begin : begin + IMPORT_SPANS], found, left_out)
    return [f"{count} left out: {reason}" for reason, count in sorted(left_out.items())]


def _take(
    signal: Signal, items: Sequence[WireSpan] | Sequence[WireLog], found: Found, left_out: dict[str, int]
) -> None:
    write = trace_request if signal is Signal.TRACES else log_request
    data = packed(write(items)).encode()  # type: ignore[arg-type]  # the signal says which they are
    if len(data) > IMPORT_BYTES and len(items) > 1:
        middle = len(items) // 2
        _take(signal, items[:middle], found, left_out)
        _take(signal, items[middle:], found, left_out)
    elif len(data) > receiving.LARGEST_BODY_BYTES:
        _count(left_out, f"larger than {receiving.LARGEST_BODY_BYTES // MEGABYTE} MiB", 1)
    else:
        _check(signal, data, found, left_out)


def _check(signal: Signal, data: bytes, found: Found, left_out: dict[str, int]) -> None:
    """Put a request aside when the receiver would take it; what it would leave out is counted."""
    valid, checked = receiving.checked(data, Form.JSON, signal, found.window, found.now_ns)
    for reason, count in checked.rejected.items():
        _count(left_out, reason, count)
    if valid:
        found.add(packed_batch(signal, Form.JSON, data, valid, found.window))
        found.trace_ids.update(span.trace_id for span in checked.spans)
        found.spans += len(checked.spans)


def _count(left_out: dict[str, int], reason: str, number: int) -> None:
    left_out[reason] = left_out.get(reason, 0) + number
