"""Zip archives that strangers made, read file by file: what is hostile is told before a byte of it is unpacked."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from trueline.engine.traces.errors import UnreadableError

if TYPE_CHECKING:
    from pathlib import Path

    from trueline.engine.traces.files import Limits

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_MIB = 1 << 20
MOST_FILES = 20_000
_LARGEST_DIRECTORY = 8 * _MIB
_END, _END_BYTES = b"PK\x05\x06", 22
_END64, _LOCATOR64 = b"PK\x06\x06", b"PK\x06\x07"
_BACK_TO_LOCATOR64, _BACK_TO_END64 = 20, 76
_LONGEST_COMMENT = 65_535
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_archive(path: Path) -> bool:
    """Whether a file begins as a zip archive does, whatever its name."""
    try:
        with path.open("rb") as file:
            return file.read(4) in _MAGIC
    except OSError:
        return False


def opened(path: Path, limits: Limits) -> zipfile.ZipFile:
    """The archive, once its directory is known to be one that can be held.

    Raises:
        UnreadableError: It is damaged, or would unpack to more than the limits allow.
    """
    try:
        with path.open("rb") as file:
            _refuse_large_directory(file)
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, struct.error) as error:
        raise UnreadableError("the archive is damaged") from error
    try:
        _refuse_hostile(entries_of(archive), limits)
    except BaseException:
        archive.close()
        raise
    return archive


def entries_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Its files in a fixed order, without those that a system or an editor hides."""
    shown = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
    return sorted(shown, key=lambda entry: entry.filename)


def _is_hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts or any(part.startswith(".") and part not in {".", ".."} for part in parts)


def _refuse_large_directory(file: BinaryIO) -> None:
    """Python reads the whole directory at once, and a few bytes of it become an object of several hundred."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_COMMENT - _BACK_TO_END64 - _END_BYTES))
    tail = file.read()
    at = len(tail) - _END_BYTES
    if not (at >= 0 and tail[at:].startswith(_END) and tail.endswith(b"\x00\x00")):
        at = tail.rfind(_END)
    if at < 0:
        raise UnreadableError("the archive is damaged")
    (claimed,) = struct.unpack_from("<L", tail, at + 12)
    locator, end64 = at - _BACK_TO_LOCATOR64, at - _BACK_TO_END64
    if end64 >= 0 and tail.startswith(_LOCATOR64, locator) and tail.startswith(_END64, end64):
        (claimed,) = struct.unpack_from("<Q", tail, end64 + 40)
    if claimed > _LARGEST_DIRECTORY:
        raise UnreadableError(f"the archive holds more than {MOST_FILES:,} files")


def _refuse_hostile(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > MOST_FILES:
        raise UnreadableError(f"the archive holds more than {MOST_FILES:,} files")
    # What files claim together is held against the limit: those that share their bytes claim them several times.
    if sum(entry.file_size for entry in entries) > limits.total_bytes:
        raise UnreadableError(f"the archive unpacks to more than {limits.total_bytes // _MIB} MiB")


def content_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits, allowed: int) -> bytes:
    """The bytes of one file of it, never more than it claims.

    Raises:
        UnreadableError: It is hostile, protected, damaged, or larger than allowed.
    """
    _refuse_entry(entry, limits, allowed)
    try:
        with archive.open(entry) as stream:
            data = stream.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise UnreadableError("it is damaged inside the archive") from error
    if len(data) != entry.file_size:
        raise UnreadableError("it is not as long as the archive claims")
    return data


def _refuse_entry(entry: zipfile.ZipInfo, limits: Limits, allowed: int) -> None:
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
        raise UnreadableError("its path leads out of the archive")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UnreadableError("it is a link")
    if entry.flag_bits & _ENCRYPTED:
        raise UnreadableError("it is protected by a password")
    if entry.compress_type not in _METHODS:
        raise UnreadableError("it is packed by another method than deflate")
    if entry.file_size > allowed:
        raise UnreadableError(f"it is larger than the limit of {allowed // _MIB} MiB")
    if entry.file_size > max(limits.expansion_from, limits.expansion * entry.compress_size):
        raise UnreadableError(f"it expands to more than {limits.expansion} times its size")
