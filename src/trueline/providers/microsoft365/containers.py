"""Where exported files lie: a folder or a single file. Lists what can be read, reads one at a time, follows no link."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from trueline.connections.contract import Unread
from trueline.connections.errors import SourceRefused
from trueline.providers.microsoft365 import limits
from trueline.providers.microsoft365.decoding import Unusable

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON_ENDINGS = (".json",)
YAML_ENDINGS = (".yaml", ".yml")
ARCHIVE_ENDINGS = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz")
_NEVER_WAIT = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class Member:
    """One readable file of a source.

    Attributes:
        path: Its path inside the source, for people: slashes, no control characters.
        size: Its claimed size in bytes.
        key: What the container finds it by.
    """

    path: str
    size: int
    key: Any

    @property
    def folders(self) -> tuple[str, ...]:
        """The names of its folders, the nearest first."""
        return tuple(reversed(self.path.split("/")[:-1]))

    @property
    def is_yaml(self) -> bool:
        """Whether the name says YAML."""
        return self.path.lower().endswith(YAML_ENDINGS)


class Container(Protocol):
    """A listed source."""

    members: list[Member]
    skipped: list[Unread]

    def read(self, member: Member) -> bytes:
        """The bytes of one member; raises `Unusable`."""

    def close(self) -> None:
        """Let go of the source."""


def printable(path: str) -> str:
    """A path as it may be shown and stored: control characters and undecodable bytes are written as escapes."""
    if path.isprintable():
        return path
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in path)


def is_readable(path: str) -> bool:
    """Whether a file of this name can hold objects; the doubles that macOS adds to archives cannot."""
    name = path.rpartition("/")[2].lower()
    return name.endswith(JSON_ENDINGS + YAML_ENDINGS) and not name.startswith("._") and "__MACOSX/" not in path


def set_aside(path: str, size: int) -> Unread | None:
    """Why a file is not read although it exists; None when it can be read or holds nothing of interest."""
    if path.lower().endswith(ARCHIVE_ENDINGS):
        return Unread(path, "nested_archive", "An archive inside the export is not opened.")
    if is_readable(path) and size > limits.MAX_MEMBER_BYTES:
        return Unread(path, "too_large", f"The file is larger than {limits.MAX_MEMBER_BYTES // 2**20} MB.")
    return None


class Folder:
    """A folder, or a single file read as a folder of one."""

    def __init__(self, path: Path) -> None:
        self.members: list[Member] = []
        self.skipped: list[Unread] = []
        if path.is_dir():
            self._list(path)
        else:
            self._single(path)
        self.members.sort(key=lambda member: member.path)
        self.skipped.sort(key=lambda unread: unread.path)

    def _single(self, path: Path) -> None:
        size = path.stat().st_size
        if size > limits.MAX_MEMBER_BYTES:
            raise SourceRefused(f"The file is larger than {limits.MAX_MEMBER_BYTES // 2**20} MB, so it was not read.")
        self.members.append(Member(printable(path.name), size, path))

    def _list(self, root: Path) -> None:
        for seen, (entry, path) in enumerate(_walk(str(root), "", 0)):
            if seen >= limits.MAX_MEMBERS:
                raise SourceRefused(f"The folder holds more than {limits.MAX_MEMBERS} files, so it was not read.")
            self._take(entry, printable(path))

    def _take(self, entry: os.DirEntry[str], path: str) -> None:
        if entry.is_symlink():
            if is_readable(path) or entry.is_dir():
                self.skipped.append(Unread(path, "symlink", "A link inside the export is not followed."))
            return
        found = entry.stat(follow_symlinks=False)
        aside = set_aside(path, found.st_size)
        if aside is not None:
            self.skipped.append(aside)
        elif is_readable(path):
            self.members.append(Member(path, found.st_size, Path(entry.path)))

    def read(self, member: Member) -> bytes:
        """The bytes of one file; raises `Unusable` for a link, a pipe, a file that grew or cannot be opened."""
        try:
            # A single file that a person names may be a link; inside a folder none is followed.
            handle = os.open(member.key, _NEVER_WAIT if len(self.members) > 1 else os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise Unusable("unreadable", "The file could not be opened.") from error
        try:
            return _read_regular(handle)
        except OSError as error:
            raise Unusable("unreadable", "The file could not be read.") from error
        finally:
            os.close(handle)

    def close(self) -> None:
        """Nothing to let go of."""


def _read_regular(handle: int) -> bytes:
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        raise Unusable("unreadable", "This is not a regular file.")
    if found.st_size > limits.MAX_MEMBER_BYTES:
        raise Unusable("too_large", f"The file is larger than {limits.MAX_MEMBER_BYTES // 2**20} MB.")
    # One byte more than the size shows a file that grows while it is read.
    data = os.read(handle, found.st_size + 1)
    if len(data) != found.st_size:
        raise Unusable("unreadable", "The file changed while it was read.")
    return data


def _walk(folder: str, prefix: str, depth: int) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Every file and link below a folder, hidden folders left out. Raises `SourceRefused` when it nests too deep."""
    if depth > limits.MAX_DEPTH_OF_FOLDERS:
        raise SourceRefused("The folder nests deeper than any export does, so it was not read.")
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith("."):
                    yield from _walk(entry.path, path + "/", depth + 1)
            else:
                yield entry, path
