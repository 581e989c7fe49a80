"""Exports and the names of settings as commands read them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from trueline.cli.progress import Line
from trueline.connections import registry
from trueline.connections.contract import Progress, Provider, Reading, gather
from trueline.inventory.definitions import Definitions, definitions_file, definitions_of
from trueline.kit.errors import Refused

NOTHING_KNOWN = Definitions()


def read_export(provider: Provider, path: Path) -> Reading:
    """Everything in a folder, file or zip of exports, with a line of progress. Raises `Refused` when there is none."""
    must_exist(path)
    with Line() as line:
        return read_with(provider, path, secrets.token_bytes(32), line)


def must_exist(path: Path) -> None:
    """Raise `Refused` for a path that leads nowhere."""
    if not path.exists():
        raise Refused(f"There is no file or folder at {path}.")


def read_with(provider: Provider, path: Path, key: bytes, line: Line) -> Reading:
    """Everything in an export, its secrets fingerprinted with that key."""

    def show(progress: Progress) -> None:
        line.show(progress.done, progress.total, progress.label)

    return gather(registry.open_export(provider.key, path, key), show)


def given_definitions(path: Path | None) -> Definitions:
    """From the file that was named, else from the one that the installation names. Raises `Refused`."""
    installed = os.environ.get("TRUELINE_DEFINITIONS")
    chosen = path or (Path(installed) if installed else None)
    return NOTHING_KNOWN if chosen is None else definitions_file(chosen)


def names_in(reading: Reading, given: Definitions) -> Definitions:
    """What an export says of its settings, and where it says nothing what was given."""
    return definitions_of(reading.definitions).over(given)
