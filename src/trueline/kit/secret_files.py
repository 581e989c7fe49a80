"""Files that hold a secret: made once, whole or not at all, readable by their owner only."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from trueline.kit import ids


def read_or_made(path: Path, make: Callable[[], str]) -> str:
    """What the file holds; what `make` gives when there is none yet. Raises `OSError`."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    draft = _drafted(path, make())
    with suppress(FileExistsError):
        os.link(draft, path)  # of two first starts at once, one wins and both read its secret
    draft.unlink()
    return path.read_text(encoding="ascii").strip()


def replace(path: Path, text: str) -> None:
    """Let the file hold something else. Whoever reads it meanwhile reads the old or the new, never a part."""
    _drafted(path, text).replace(path)


def _drafted(path: Path, text: str) -> Path:
    draft = path.with_name(f"{path.name}.{ids.new().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # a key that a power cut takes away takes every secret with it
    return draft
