"""The data directory: its version, and how a new one is made. Standard library only."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from trueline.kit.postgres import postmaster

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterable

    from trueline.kit.postgres.plan import Plan

BUILTIN_LOCALE_MAJOR = 17


class InitFailed(Exception):
    """initdb ended with an error; its words are in the log."""


def data_major(data: Path) -> int | None:
    """The major version that wrote the data; None when there is no data yet.

    Raises:
        ValueError: The version file is there and is no number.
    """
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def init_arguments(plan: Plan, target: Path, password: Path, locale: list[str]) -> list[str]:
    """The command line of initdb."""
    return [
        f"{plan.bin_dir}/initdb",
        "-D",
        str(target),
        "-U",
        plan.superuser,
        "--pwfile",
        str(password),
        "--encoding=UTF8",
        *locale,
        "--auth-local=scram-sha-256",
        "--auth-host=scram-sha-256",
        "--data-checksums",
        "--no-instructions",
        *([] if plan.durable else ["--no-sync"]),
    ]


def locales(major: int) -> list[list[str]]:
    """Ways to say "sort by code point, know the letters of Unicode", best first."""
    if major >= BUILTIN_LOCALE_MAJOR:
        return [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
    return [["--locale=C.UTF-8"], ["--locale=C"]]


def init(plan: Plan, log: int, blocked: Iterable[signal.Signals]) -> None:
    """Make the data directory: under another name, then renamed, so that a half-made one is never started.

    Raises:
        InitFailed: initdb ended with an error in every locale.
    """
    half = plan.data_path.with_name("data.half")
    postmaster.end_orphans(half)
    for locale in locales(plan.major):
        shutil.rmtree(half, ignore_errors=True)
        _owned_folder(half, plan.user)
        if _run_init(plan, half, locale, log, blocked):
            half.rename(plan.data_path)
            return
    shutil.rmtree(half, ignore_errors=True)
    raise InitFailed


def _run_init(plan: Plan, target: Path, locale: list[str], log: int, blocked: Iterable[signal.Signals]) -> bool:
    password = _readable_password(plan)
    try:
        arguments = init_arguments(plan, target, password, locale)
        return postmaster.spawn(arguments, log, blocked, plan.user).wait() == 0
    finally:
        password.unlink(missing_ok=True)


def _owned_folder(folder: Path, user: tuple[int, int] | None) -> None:
    folder.mkdir(mode=0o700)
    if user is not None:
        os.chown(folder, *user)


def _readable_password(plan: Plan) -> Path:
    """A copy of the password that the account of the server can read, for the second that initdb takes."""
    copy = plan.data_path.with_name("data.password")
    copy.unlink(missing_ok=True)
    descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(Path(plan.password).read_bytes())
        if plan.user is not None:
            os.fchown(descriptor, *plan.user)
    return copy
