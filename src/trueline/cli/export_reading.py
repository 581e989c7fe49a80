"""Exports and definition files as commands read them."""

from __future__ import annotations

import gzip
import secrets
from pathlib import Path

import orjson

from trueline.cli.progress import Line
from trueline.connections.contract import Progress, Provider, Reading, gather
from trueline.inventory.definitions import Definitions, read_definitions
from trueline.kit.errors import Refused

NOTHING_KNOWN = Definitions()
_GZIP_MAGIC = b"\x1f\x8b"


def read_export(provider: Provider, path: Path) -> Reading:
    """Everything in a folder, file or zip of exports, with a line of progress. Raises `Refused` when there is none."""
    if not path.exists():
        raise Refused(f"There is no file or folder at {path}.")
    with Line() as line:

        def show(progress: Progress) -> None:
            line.show(progress.done, progress.total, progress.label)

        return gather(provider.open_export(path, secrets.token_bytes(32)), show)


def definitions_of(path: Path | None) -> Definitions:
    """The setting definitions of a file, plain or gzipped; none without a path. Raises `Refused`."""
    if path is None:
        return NOTHING_KNOWN
    try:
        content = path.read_bytes()
        return read_definitions(orjson.loads(gzip.decompress(content) if content[:2] == _GZIP_MAGIC else content))
    except (OSError, EOFError, ValueError) as error:
        raise Refused(f"The definitions file {path} cannot be read as JSON.") from error
