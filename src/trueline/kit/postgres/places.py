"""Where one installation keeps its server: the base folder, the socket, and the account that runs it.

An ordinary user keeps everything in `<home>/postgres`. PostgreSQL refuses to run as root, so root keeps it in
`/var/lib/trueline/<hash>` under a system user, and `<home>/postgres` is a link to it: the link, not the hash, decides,
so a state folder that is renamed keeps its data and a new one at an old path starts empty.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from trueline.kit.postgres.errors import PlaceError

SYSTEM_USER = "trueline"
SYSTEM_ROOT = Path("/var/lib/trueline")
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
# sun_path holds 108 bytes with its closing zero.
SOCKET_PATH_BYTES = 107


@dataclass(frozen=True, slots=True)
class Account:
    """The user of the operating system under whom the server runs."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """True when the server runs as somebody else than this process."""
        return self.uid != os.geteuid()


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one server, all below `base`, except a socket folder whose path would be too long there."""

    home: Path
    base: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def log(self) -> Path:
        return self.base / "postgres.log"

    @property
    def lease(self) -> Path:
        """Held shared by every process that uses the server."""
        return self.base / "lease"

    @property
    def watch(self) -> Path:
        """Held exclusively by the watchdog as long as it lives."""
        return self.base / "watch"

    @property
    def password(self) -> Path:
        return self.base / "superuser-password"

    @property
    def binaries(self) -> Path:
        """Copies of binaries that the system user could not read where they are."""
        return self.base / "binaries"

    @property
    def run(self) -> Path:
        """Folder of the socket, the same for every process whatever its environment."""
        beside = self.base / "run"
        if len(os.fsencode(beside / SOCKET_NAME)) <= SOCKET_PATH_BYTES:
            return beside
        return Path("/tmp") / f"trueline-{self.account.uid}-{short_hash(self.base)}"  # noqa: S108 - owner and mode are checked in `own_folder`

    @property
    def socket(self) -> Path:
        return self.run / SOCKET_NAME


def short_hash(path: Path) -> str:
    """Eight hex digits of the path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]


def start_lock(home: Path) -> Path:
    """The lock held while files are made or the server is started."""
    return home / "postgres.lock"


def find(home: Path) -> Places | None:
    """The places of an installation that has been prepared before; None when there are none.

    Raises:
        PlaceError: They belong to somebody else.
    """
    link = home / "postgres"
    if not os.path.lexists(link):
        return None
    if os.geteuid() == 0:
        return _found_as_root(home, link)
    if link.is_symlink():
        raise PlaceError(
            f"The database of {home} was made by root.", next_step="Run this as root, or use another state folder."
        )
    if link.stat().st_uid != os.geteuid():
        raise PlaceError(
            f"The database of {home} belongs to the user {user_name(link.stat().st_uid)}.",
            next_step="Run this as that user.",
        )
    return Places(home, link, Account(os.geteuid(), os.getegid()))


def prepare(home: Path) -> Places:
    """The places with their folders made and owned rightly. To be called under the start lock.

    Raises:
        PlaceError: A folder cannot be made, or belongs to somebody else.
    """
    try:
        places = find(home) or _made(home)
        own_folder(places.run, places.account)
    except OSError as error:
        raise PlaceError(
            f"{error.filename or home} cannot be used for the database: {error.strerror}.",
            next_step="Give this user write permission there, free space, or choose another state folder.",
        ) from error
    return places


def own_folder(folder: Path, account: Account) -> None:
    """Make a folder that only the account can enter, or check that it is one.

    Raises:
        PlaceError: It is there but is a link or belongs to somebody else.
    """
    if not os.path.lexists(folder):
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != account.uid:
        raise PlaceError(
            f"{folder} is not a folder of the user {user_name(account.uid)}.",
            next_step="Remove it or give it to that user.",
        )
    if stat.S_IMODE(status.st_mode) != 0o700:
        folder.chmod(0o700)


def user_name(uid: int) -> str:
    """The name of a user, or its number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def system_account() -> Account | None:
    """The account of the system user, None when it does not exist yet."""
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _found_as_root(home: Path, link: Path) -> Places:
    if not link.is_symlink():
        owner = user_name(link.stat().st_uid)
        raise PlaceError(
            f"The database of {home} belongs to the user {owner}.",
            next_step=f"Run this as {owner}, or use another state folder.",
        )
    base = link.readlink()
    if base.parent != SYSTEM_ROOT:
        raise PlaceError(f"{link} points to {base}, which is not below {SYSTEM_ROOT}.", next_step="Remove the link.")
    if not base.is_dir():
        raise PlaceError(
            f"{link} points to {base}, which is gone.", next_step="Restore it, or remove the link to start empty."
        )
    return Places(home, base, system_account() or _made_account())


def _made(home: Path) -> Places:
    if os.geteuid() != 0:
        account = _checked_self()
        own_folder(home / "postgres", account)
        return Places(home, home / "postgres", account)
    account = system_account() or _made_account()
    base = _new_base(home)
    try:
        (home / "postgres").symlink_to(base)
    except OSError:
        shutil.rmtree(base)
        raise
    return Places(home, base, account)


def _new_base(home: Path) -> Path:
    if not SYSTEM_ROOT.is_dir():
        SYSTEM_ROOT.mkdir(parents=True, exist_ok=True)
        # The system user passes through, whatever the umask of root says.
        SYSTEM_ROOT.chmod(0o755)
    name = short_hash(home)
    number = 1
    while True:
        base = SYSTEM_ROOT / (name if number == 1 else f"{name}-{number}")
        try:
            base.mkdir()
        except FileExistsError:
            # The data of a state folder that was deleted: kept, and named by the doctor.
            number += 1
            continue
        base.chmod(0o755)
        (base / "home").write_text(f"{home}\n", encoding="utf-8")
        return base


def _checked_self() -> Account:
    uid = os.geteuid()
    if user_name(uid) == str(uid):
        raise PlaceError(
            f"The user number {uid} has no name on this machine, and PostgreSQL needs one.",
            next_step="Add it to /etc/passwd, or set DATABASE_URL to a server that runs.",
        )
    return Account(uid, os.getegid())


def _made_account() -> Account:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    reason = "there is no useradd"
    if program is not None:
        run = subprocess.run(  # noqa: S603 - a fixed program with fixed arguments
            [
                program,
                "--system",
                "--user-group",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        reason = run.stderr.strip() or f"useradd ended with {run.returncode}"
    account = system_account()
    if account is None:
        raise PlaceError(
            f"PostgreSQL does not run as root and the system user {SYSTEM_USER} could not be made ({reason}).",
            next_step=f"Add a system user {SYSTEM_USER}, run as an ordinary user, or set DATABASE_URL.",
        )
    return account
