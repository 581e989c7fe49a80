"""Removing the embedded server of a state folder with all its data: for tests and for a demo that starts anew."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from trueline.kit.errors import Conflict
from trueline.kit.postgres import locks, places, postmaster

if TYPE_CHECKING:
    from pathlib import Path

WAIT_SECONDS = 60.0


def erase(home: Path, *, wait_seconds: float = WAIT_SECONDS) -> None:
    """The database of this state folder is gone; the folder itself and what else is in it stay.

    Raises:
        Conflict: A process still uses the server after the time; nothing was removed.
    """
    if not home.exists():
        return
    home = home.resolve()
    with locks.held(places.start_lock(home), wait_seconds):
        where = places.find(home)
        if where is not None:
            _remove(where, wait_seconds)
        places.start_lock(home).unlink(missing_ok=True)


def _remove(where: places.Places, wait_seconds: float) -> None:
    if not postmaster.wait_until(lambda: not locks.is_held(where.watch), wait_seconds):
        raise Conflict(f"A process still uses the database of {where.home}.", next_step="End it, then try again.")
    postmaster.clear_remains(where.data, where.run)
    shutil.rmtree(where.run)
    shutil.rmtree(where.base)
    (where.home / "postgres").unlink(missing_ok=True)
