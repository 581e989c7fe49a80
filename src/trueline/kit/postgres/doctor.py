"""What is wrong with the database of an installation, and what to do: reads only, starts nothing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trueline.kit.errors import TruelineError
from trueline.kit.postgres import binaries, bootstrap, cluster, locks, places, postmaster, server

if TYPE_CHECKING:
    from collections.abc import Mapping

LOW_DISK_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What was looked at, one or two words.
        ok: True, False, or None when it could not be or need not be told.
        sentence: What was found.
        next_step: What to do, empty when nothing.
    """

    name: str
    ok: bool | None
    sentence: str
    next_step: str = ""


def checks(home: Path, environ: Mapping[str, str], passwords: Mapping[str, str] | None = None) -> list[Check]:
    """Everything that `provide` and `bootstrap` will need, in the order in which they need it.

    Args:
        home: State folder; it need not exist.
        environ: As for `provide`.
        passwords: From `roles.role_passwords`; None when there is no secret key yet, then roles are not looked at.
    """
    home = home.absolute().resolve()
    try:
        if binaries.uses_outside(environ):
            return [
                Check("provider", ok=True, sentence="The server named by DATABASE_URL is used; none is started."),
                roles_check(server.OutsideServer(environ[binaries.OUTSIDE]), passwords),
            ]
    except TruelineError as error:
        return [_failed("provider", error)]
    return _embedded_checks(home, environ, passwords)


def provider_check(environ: Mapping[str, str]) -> Check:
    """Which providers have what, and which is taken."""
    try:
        chosen = binaries.choose(environ, None)
    except TruelineError as error:
        return _failed("provider", error)
    said = "; ".join(
        f"{offer.provider}: {', '.join(found.version for found in offer.binaries) or offer.reason}"
        for offer in binaries.offers(environ)
    )
    return Check("provider", ok=True, sentence=f"PostgreSQL {chosen.version} of {chosen.provider} is used ({said}).")


def version_check(where: places.Places | None, environ: Mapping[str, str]) -> Check:
    """Whether the data can be read by the binaries that are here."""
    if where is None:
        return Check("version", ok=None, sentence="There is no data yet.")
    try:
        major = cluster.data_major(where.data)
        found = binaries.choose(environ, major)
    except TruelineError as error:
        return _failed("version", error)
    except (OSError, ValueError) as error:
        return Check(
            "version", ok=False, sentence=f"{where.data} cannot be read: {error}.", next_step="Restore a backup."
        )
    if major is None:
        return Check("version", ok=None, sentence="There is no data yet.")
    return Check("version", ok=True, sentence=f"The data is of PostgreSQL {major}, read by {found.version}.")


def account_check(home: Path, where: places.Places | None) -> Check:
    """Under whom the server runs, and whether the folder can be written."""
    top = _existing(home)
    if not os.access(top, os.W_OK | os.X_OK):
        user = places.user_name(os.geteuid())
        return Check(
            "permission", ok=False, sentence=f"{user} may not write in {top}.", next_step="Choose another state folder."
        )
    if where is not None:
        return Check("permission", ok=True, sentence=f"The server runs as {places.user_name(where.account.uid)}.")
    if os.geteuid() == 0 and places.system_account() is None:
        return Check(
            "permission", ok=None, sentence=f"The system user {places.SYSTEM_USER} will be made at the first start."
        )
    return Check("permission", ok=True, sentence=f"{top} can be written.")


def disk_check(top: Path) -> Check:
    """Free space where the data lies or will lie."""
    top = _existing(top)
    free = shutil.disk_usage(top).free
    sentence = f"{free / 1e9:.1f} GB are free on the disk of {top}."
    if free < LOW_DISK_BYTES:
        return Check("disk", ok=False, sentence=sentence, next_step="Free at least 1 GB.")
    return Check("disk", ok=True, sentence=sentence)


def socket_check(where: places.Places) -> Check:
    """Where the socket is; a path that is too long is moved to a short one."""
    length = len(os.fsencode(where.socket))
    return Check(
        "socket", ok=True, sentence=f"The socket is {where.socket} ({length} of {places.SOCKET_PATH_BYTES} bytes)."
    )


def server_check(where: places.Places) -> Check:
    """Whether the server runs and accepts connections; one that does not run is no fault."""
    if server.answers(where):
        return Check("server", ok=True, sentence="The server runs and accepts connections.")
    if locks.is_held(where.watch):
        return Check(
            "server",
            ok=False,
            sentence="The server is there but accepts no connections.",
            next_step=f"Look at {where.log}.",
        )
    found = postmaster.read_pid_file(where.data)
    stale = "" if found is None else " The last one was killed; the next start recovers it."
    return Check("server", ok=None, sentence=f"The server does not run; it starts when it is needed.{stale}")


def roles_check(running: server.Server, passwords: Mapping[str, str] | None) -> Check:
    """Whether each role can log in and has what it needs."""
    if passwords is None:
        return Check("roles", ok=None, sentence="There is no secret key yet, so the roles were not looked at.")
    try:
        script = bootstrap.missing(running, passwords)
    except TruelineError as error:
        return _failed("roles", error)
    if script is None:
        return Check("roles", ok=True, sentence="Every role can log in and has what it needs.")
    return Check(
        "roles",
        ok=None if not running.is_outside else False,
        sentence="The roles of Trueline or their rights are not complete.",
        next_step=f"The next start makes them if the login may; else let an administrator run:\n{script}",
    )


def left_check() -> Check:
    """Data of state folders that are gone, which only root keeps elsewhere."""
    left = [base for base in sorted(places.SYSTEM_ROOT.glob("*/")) if _is_left(base)]
    if not left:
        return Check("left over", ok=True, sentence="No data of a deleted state folder is left.")
    names = ", ".join(str(base) for base in left)
    return Check(
        "left over",
        ok=None,
        sentence=f"Data of deleted state folders is left: {names}.",
        next_step="Remove these folders if nobody needs them.",
    )


def _embedded_checks(home: Path, environ: Mapping[str, str], passwords: Mapping[str, str] | None) -> list[Check]:
    try:
        where = places.find(home)
    except TruelineError as error:
        return [provider_check(environ), _failed("permission", error)]
    data = places.SYSTEM_ROOT if os.geteuid() == 0 else home
    found = [
        provider_check(environ),
        version_check(where, environ),
        account_check(home, where),
        disk_check(where.base if where else data),
    ]
    if where is not None:
        found += [socket_check(where), server_check(where)]
        if server.answers(where):
            found.append(_running_roles(home, environ, passwords))
    return [*found, left_check()] if os.geteuid() == 0 else found


def _running_roles(home: Path, environ: Mapping[str, str], passwords: Mapping[str, str] | None) -> Check:
    try:
        with server.provide(home, environ) as running:
            return roles_check(running, passwords)
    except TruelineError as error:
        return _failed("roles", error)


def _is_left(base: Path) -> bool:
    name = base / "home"
    if not name.is_file():
        return False
    link = Path(name.read_text(encoding="utf-8").strip()) / "postgres"
    return not (link.is_symlink() and link.readlink() == base)


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _failed(name: str, error: TruelineError) -> Check:
    return Check(name, ok=False, sentence=error.message, next_step=error.next_step)
