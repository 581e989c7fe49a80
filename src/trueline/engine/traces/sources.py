"""What one reading is to read: a file, the files of a folder or of a zip archive, each named as people see it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from trueline.engine.traces import archives
from trueline.engine.traces.files import Limits, load, trace_files, unpacked

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read.

    Attributes:
        path: Its path below the folder or inside the archive, or its name when it alone was asked for.
        load: Its bytes without gzip, given the limits and the bytes left for the whole reading; raises
            `UnreadableError`.
    """

    path: str
    load: Callable[[Limits, int], bytes]


@contextmanager
def sources(root: Path, limits: Limits) -> Iterator[list[Source]]:
    """Every file that there is to read, in a fixed order.

    Raises:
        UnreadableError: It is an archive that is damaged or hostile as a whole.
    """
    if not root.is_file() or not archives.is_archive(root):
        yield [Source(_shown(file, root), partial(load, file)) for file in trace_files(root)]
        return
    with archives.opened(root, limits) as archive:
        entries = archives.entries_of(archive)
        yield [Source(_printable(entry.filename), partial(_load, archive, entry)) for entry in entries]


def _shown(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if root.is_dir() else file.name


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)[:400]


def _load(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits, room: int) -> bytes:
    allowed = min(limits.file_bytes, room)
    return unpacked(archives.content_of(archive, entry, limits, allowed), limits, allowed)
