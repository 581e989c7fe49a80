"""Zip archives that strangers made: everything is checked in the directory before a byte is unpacked."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from trueline.connections.errors import SourceRefused
from trueline.providers.microsoft365 import limits
from trueline.providers.microsoft365.containers import Member, is_readable, printable, set_aside
from trueline.providers.microsoft365.decoding import Unusable

if TYPE_CHECKING:
    from pathlib import Path

    from trueline.connections.contract import Unread

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_ENTRY = b"PK\x01\x02"
_TAIL_BYTES = 65_535 + 22 + 20 + 56
"""The longest comment, the end record, the locator and the end record of large archives."""
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_archive(path: Path) -> bool:
    """Whether the file begins as a zip archive does, whatever its name."""
    with path.open("rb") as stream:
        return stream.read(4) in _MAGIC


class Archive:
    """A zip archive whose directory was checked. Raises `SourceRefused` when anything in it is hostile."""

    def __init__(self, path: Path) -> None:
        self.members: list[Member] = []
        self.skipped: list[Unread] = []
        _refuse_large(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, struct.error) as error:
            raise SourceRefused("The archive is damaged, so nothing of it was read.") from error
        try:
            entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
            _refuse_hostile(entries, path.stat().st_size)
            for entry in entries:
                self._take(entry)
        except BaseException:
            self._zip.close()
            raise
        self.members.sort(key=lambda member: member.path)
        self.skipped.sort(key=lambda unread: unread.path)

    def _take(self, entry: zipfile.ZipInfo) -> None:
        path = printable(entry.filename.replace("\\", "/"))
        aside = set_aside(path, entry.file_size)
        if aside is not None:
            self.skipped.append(aside)
        elif is_readable(path):
            self.members.append(Member(path, entry.file_size, entry))

    def read(self, member: Member) -> bytes:
        """The bytes of one member, never more than it claims; raises `Unusable`."""
        entry: zipfile.ZipInfo = member.key
        if entry.flag_bits & _ENCRYPTED:
            raise Unusable("encrypted", "The file is protected by a password.")
        if entry.compress_type not in _METHODS:
            raise Unusable("unsupported", "The file is packed by a method that exports do not use.")
        try:
            with self._zip.open(entry) as stream:
                data = stream.read(entry.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            raise Unusable("corrupt", "The file is damaged inside the archive.") from error
        if len(data) != entry.file_size:
            raise Unusable("corrupt", "The file is not as long as the archive claims.")
        return data

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()


def _refuse_large(path: Path) -> None:
    if path.stat().st_size > limits.MAX_ARCHIVE_BYTES:
        raise SourceRefused(f"The archive is larger than {limits.MAX_ARCHIVE_BYTES // 2**20} MB, so it was not read.")
    count, directory_bytes = _claimed(path)
    if count > limits.MAX_MEMBERS or directory_bytes > limits.MAX_DIRECTORY_BYTES:
        raise SourceRefused(f"The archive holds more than {limits.MAX_MEMBERS} files, so it was not read.")


def _claimed(path: Path) -> tuple[int, int]:
    """How many entries and how many bytes of directory an archive has, before any of it is parsed.

    The end record may lie about the number of entries, so the entries that really stand there are counted, too.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        start = max(0, size - _TAIL_BYTES)
        stream.seek(start)
        tail = stream.read()
        at = tail.rfind(_END)
        if at < 0 or at + 20 > len(tail):
            raise SourceRefused("The archive has no directory, so nothing of it was read.")
        count, directory_bytes = struct.unpack_from("<HL", tail, at + 10)
        large = tail.rfind(_END64, 0, at)
        if large >= 0 and large + 48 <= len(tail):
            count, directory_bytes = struct.unpack_from("<QQ", tail, large + 32)
            at = large
        if directory_bytes > limits.MAX_DIRECTORY_BYTES:
            return count, directory_bytes
        stream.seek(max(0, start + at - directory_bytes))
        return max(count, stream.read(directory_bytes).count(_ENTRY)), directory_bytes


def _refuse_hostile(entries: list[zipfile.ZipInfo], packed_bytes: int) -> None:
    if len(entries) > limits.MAX_MEMBERS:
        raise SourceRefused(f"The archive holds more than {limits.MAX_MEMBERS} files, so it was not read.")
    for entry in entries:
        _refuse_entry(entry)
    total = sum(entry.file_size for entry in entries if is_readable(entry.filename))
    if total > limits.MAX_TOTAL_BYTES or _is_bomb(total, packed_bytes):
        raise SourceRefused("The archive unpacks to far more than an export holds, so it was not read.")
    _refuse_overlap(entries)


def _refuse_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
        raise SourceRefused("The archive holds a path that leads out of it, so it was not read.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise SourceRefused("The archive holds a link, so it was not read.")
    if _is_bomb(entry.file_size, entry.compress_size):
        raise SourceRefused("The archive unpacks to far more than an export holds, so it was not read.")


def _is_bomb(size: int, packed: int) -> bool:
    return size > limits.RATIO_FLOOR_BYTES and size > packed * limits.MAX_RATIO


def _refuse_overlap(entries: list[zipfile.ZipInfo]) -> None:
    """Entries that share bytes unpack the same bomb many times."""
    end = 0
    for entry in sorted(entries, key=lambda found: found.header_offset):
        if entry.header_offset < end:
            raise SourceRefused("The files in the archive overlap, so it was not read.")
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
