"""Files to documents, with memory bounded: decompression, encodings, JSON, JSON lines, protobuf."""

from __future__ import annotations

import codecs
import json
import stat
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.engine.traces import otlp_protobuf
from trueline.engine.traces.errors import UnknownFormError, UnreadableError
from trueline.engine.traces.forms import decode_document
from trueline.engine.traces.model import Decoded, Json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 20
_MIB = 1 << 20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may cost.

    Attributes:
        file_bytes: Size of one file, after decompression.
        protobuf_bytes: The same for protobuf, whose parsed form is larger.
        containers: Objects and lists in one JSON file: each costs some 200 bytes, however short its text.
        expansion: Bytes that one compressed byte may become in a file larger than `expansion_from` bytes.
        expansion_from: See `expansion`.
        total_bytes: Size of all files of one reading together, after decompression.
        spans: Spans of one reading.
    """

    file_bytes: int = 256 * _MIB
    protobuf_bytes: int = 64 * _MIB
    containers: int = 6_000_000
    expansion: int = 500
    expansion_from: int = 16 * _MIB
    total_bytes: int = 2_048 * _MIB
    spans: int = 2_000_000


def trace_files(root: Path) -> list[Path]:
    """All files below a folder in a fixed order, or the file itself; names that start with a dot are left out."""
    if not root.is_dir():
        return [root]
    found = (path for path in root.rglob("*") if not _is_hidden(path.relative_to(root)))
    return sorted((path for path in found if not path.is_dir()), key=lambda path: path.relative_to(root).as_posix())


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def load(path: Path, limits: Limits, room: int) -> bytes:
    """The bytes of a file, decompressed when it is gzip.

    Args:
        path: The file.
        limits: What it may cost.
        room: Bytes left for the whole reading.

    Raises:
        UnreadableError: It is not a regular file, cannot be opened, is too large or a damaged gzip.
    """
    allowed = min(limits.file_bytes, room)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableError("it is not a regular file")
        with path.open("rb") as file:
            data = file.read(allowed + 1)
    except OSError as error:
        raise UnreadableError(f"it cannot be opened ({error.strerror or 'unknown reason'})") from error
    if len(data) > allowed:
        raise UnreadableError(_too_large(allowed))
    return unpacked(data, limits, allowed)


def unpacked(data: bytes, limits: Limits, allowed: int) -> bytes:
    """The same bytes, decompressed when they are gzip. Raises `UnreadableError` as `decompressed`."""
    return decompressed(data, limits, allowed) if data.startswith(GZIP_MAGIC) else data


def _too_large(allowed: int) -> str:
    return f"it is larger than the limit of {allowed // _MIB} MiB"


def decompressed(data: bytes, limits: Limits, allowed: int) -> bytes:
    """The content of a gzip file of one or more members; nothing beyond the limits is ever held.

    Raises:
        UnreadableError: It is damaged, ends too early or grows beyond the limits.
    """
    held = bytearray()
    while data:
        engine = zlib.decompressobj(wbits=31)
        for piece in _pieces(engine, data):
            held += piece
            if len(held) > allowed:
                raise UnreadableError(f"it is larger than the limit of {allowed // _MIB} MiB after decompression")
            if len(held) > max(limits.expansion_from, limits.expansion * len(data)):
                raise UnreadableError(f"it expands to more than {limits.expansion} times its size")
        if not engine.eof:
            raise UnreadableError("the gzip file ends too early")
        # Padding with zeros after the last member is legal.
        data = engine.unused_data.lstrip(b"\x00")
    return bytes(held)


def _pieces(engine: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    try:
        yield engine.decompress(data, _CHUNK)
        while engine.unconsumed_tail and not engine.eof:
            yield engine.decompress(engine.unconsumed_tail, _CHUNK)
    except zlib.error as error:
        raise UnreadableError("the gzip file is damaged") from error


def decode_bytes(data: bytes, limits: Limits, into: Decoded) -> None:
    """Decode the content of a file, whichever accepted form it has.

    Raises:
        UnreadableError: It is empty, of no known form, or damaged.
    """
    if not data.strip(b" \t\r\n\x00"):
        raise UnreadableError("it is empty")
    # A protobuf request starts with a line feed and its length, which may be the code of a brace: it is tried first.
    is_request = data.startswith(b"\n") and len(data) <= limits.protobuf_bytes and _protobuf_attempt([data]) is not None
    text = None if is_request else as_json_text(data)
    if text is None:
        _decode_protobuf(data, limits, into)
    else:
        _decode_text(text, limits, into)
    if into.is_empty:
        raise UnknownFormError("it holds no span")


def as_json_text(data: bytes) -> str | None:
    """The text of a JSON file in UTF-8, UTF-16 or UTF-32, with or without a byte order mark; None when it is no text.

    Raises:
        UnreadableError: It starts like JSON and its encoding is broken.
    """
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    encoding = encoding or json.detect_encoding(data[:4])
    head = data[:512].decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
    if head[:1] not in ("{", "["):
        return None
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"its text is not valid {encoding.removesuffix('-sig').upper()}") from error


def _decode_text(text: str, limits: Limits, into: Decoded) -> None:
    if text.count("{") + text.count("[") > limits.containers:
        raise UnreadableError(f"its JSON holds more than {limits.containers:,} objects and lists")
    try:
        document = parse_json(text)
    except UnreadableError:
        if not _decode_lines(text, into):
            raise
    else:
        decode_document(document, into)


def parse_json(text: str) -> Json:
    """A JSON value. NaN and infinity, which Python writers emit, become text.

    Raises:
        UnreadableError: It is no JSON or nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=str)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"it is not valid JSON (line {error.lineno}, column {error.colno})") from error
    except (RecursionError, ValueError) as error:
        raise UnreadableError("its JSON is nested too deeply or holds a number that is too long") from error


def _decode_lines(text: str, into: Decoded) -> bool:
    """JSON lines: whether the first line was a document. Later lines that are none are counted as left out."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return False
    try:
        decode_document(parse_json(lines[0]), into)
    except UnreadableError:
        return False
    for line in lines[1:]:
        try:
            decode_document(parse_json(line), into)
        except UnknownFormError:
            into.reject("a line is no trace of a known form")
        except UnreadableError:
            into.reject("a line is not valid JSON")
    return True


def _decode_protobuf(data: bytes, limits: Limits, into: Decoded) -> None:
    """One export request of traces or of logs, or several with a four byte length in front of each."""
    if len(data) > limits.protobuf_bytes:
        raise UnreadableError(
            f"it is no JSON, and larger than the limit of {limits.protobuf_bytes // _MIB} MiB for protobuf"
        )
    attempt = _protobuf_attempt([data]) or _protobuf_attempt(_frames(data))
    if attempt is None:
        raise UnknownFormError("it is neither JSON nor OTLP protobuf")
    into.spans.extend(attempt.spans)
    into.logs.extend(attempt.logs)
    into.rejected.update(attempt.rejected)


def _protobuf_attempt(messages: list[bytes]) -> Decoded | None:
    """Traces, else logs: both have the same frame, and only the right one gives valid ids."""
    for decode in (otlp_protobuf.decode_traces, otlp_protobuf.decode_logs):
        attempt = Decoded()
        try:
            for message in messages:
                decode(message, attempt)
        except UnreadableError:
            continue
        if attempt.spans or attempt.logs:
            return attempt
    return None


def _frames(data: bytes) -> list[bytes]:
    frames, at = [], 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if not size or at + 4 + size > len(data):
            return []
        frames.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return frames if at == len(data) else []
