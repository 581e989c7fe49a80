"""A running PostgreSQL for the installation of a state folder: `provide`."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from trueline.kit.postgres import binaries as providers
from trueline.kit.postgres import cluster, copies, locks, places, postmaster
from trueline.kit.postgres.errors import NoPostgresError, PlaceError, StartError
from trueline.kit.postgres.meaning import DISK_FULL, meaning
from trueline.kit.postgres.plan import Plan, encode
from trueline.kit.postgres.watchdog import START_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from trueline.kit.postgres.places import Places

SUPERUSER = "trueline_admin"
# Longer than a start and a stop together, the two things that others can be busy with.
PATIENCE_SECONDS = START_SECONDS + postmaster.FAST_STOP_SECONDS + postmaster.IMMEDIATE_STOP_SECONDS
LOG_BYTES = 5_000_000
# One segment of the write-ahead log: with less than that no server starts.
FULL_BYTES = 16 * 1024 * 1024
_BOOT = "import sys; sys.path.insert(0, sys.argv.pop(1)); from trueline.kit.postgres.watchdog import main; main()"
_SOURCE = Path(__file__).parents[3]


class OutsideServer:
    """A server that somebody else runs; nothing is started or stopped.

    Attributes:
        admin_url: Connection URL of the login that was given.
        provider: Where the server comes from.
    """

    is_outside = True

    def __init__(self, url: str) -> None:
        self.admin_url = url
        self.provider = providers.OUTSIDE

    def ensure(self) -> None:
        """Nothing: whoever runs it brings it back."""

    def close(self) -> None:
        """Nothing: it was not ours."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class EmbeddedServer:
    """A server of our own, shared by all processes of the installation; it runs as long as one of them holds this.

    Attributes:
        places: Its files.
        durable: False for tests: no fsync.
    """

    is_outside = False

    def __init__(self, home: Path, environ: Mapping[str, str], *, durable: bool) -> None:
        self.home = home
        self.environ = dict(environ)
        self.durable = durable
        self._lease: int | None = None
        self._places: Places | None = None

    @property
    def places(self) -> Places:
        """The files of the server; known once it was ensured."""
        assert self._places is not None
        return self._places

    @property
    def provider(self) -> str:
        """Where the server comes from."""
        return "embedded"

    @property
    def admin_url(self) -> str:
        """Connection URL of the superuser, through the socket; it holds the password."""
        password = quote(_read_password(self.places), safe="")
        host = quote(str(self.places.run), safe="")
        return f"postgresql://{SUPERUSER}:{password}@/postgres?host={host}&port={places.PORT}"

    def ensure(self) -> None:
        """The server runs and accepts connections when this returns, whatever happened to it before.

        Raises:
            StartError: It did not start; the message says why.
            PlaceError, NoPostgresError, OtherMajorVersionError: See `provide`.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_served():
            if time.monotonic() > deadline:
                raise StartError(f"PostgreSQL of {self.home} did not start within {PATIENCE_SECONDS:.0f} seconds.")
            with locks.held(places.start_lock(self.home), PATIENCE_SECONDS):
                self._start_if_needed()

    def close(self) -> None:
        """Give the lease back; the last one to do so lets the server stop."""
        if self._lease is not None:
            os.close(self._lease)
            self._lease = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _is_served(self) -> bool:
        self._places = places.find(self.home)
        if self._places is None:
            return False
        self._hold_lease()
        return answers(self._places)

    def _hold_lease(self) -> None:
        if self._lease is not None and not locks.is_current(self._lease, self.places.lease):
            self.close()
        if self._lease is None:
            self._lease = locks.acquire(self.places.lease, locks.SHARED, PATIENCE_SECONDS)

    def _start_if_needed(self) -> None:
        self._places = places.prepare(self.home)
        self._hold_lease()
        if locks.is_held(self.places.watch):
            # Another starter's watchdog, or one that brings a killed server back: it tells by its lock when it is over.
            postmaster.wait_until(lambda: answers(self.places) or not locks.is_held(self.places.watch), START_SECONDS)
        elif not answers(self.places):
            launch(self.places, self.environ, durable=self.durable)


Server = OutsideServer | EmbeddedServer


def provide(home: Path, environ: Mapping[str, str], *, durable: bool = True) -> Server:
    """A running PostgreSQL for the installation whose state folder is `home`; a context that holds it.

    Args:
        home: State folder, made when missing.
        environ: `DATABASE_URL` names a server that somebody else runs; `TRUELINE_POSTGRES` forces a provider by name.
        durable: False only for tests: no fsync, so a power failure can lose everything.

    Raises:
        NoPostgresError: No provider has a PostgreSQL; the message says why for each.
        OtherMajorVersionError: The data was written by a major version that is not here; nothing was touched.
        PlaceError: A folder cannot be used, or belongs to somebody else.
        StartError: The server did not start; the message says what its log means.
    """
    if providers.uses_outside(environ):
        return OutsideServer(environ[providers.OUTSIDE])
    _require_linux()
    server = EmbeddedServer(_made_home(home), environ, durable=durable)
    try:
        server.ensure()
    except BaseException:
        server.close()
        raise
    return server


def answers(where: Places) -> bool:
    """True when a watchdog is there and its server accepts connections."""
    found = postmaster.read_pid_file(where.data)
    if found is None or found.status != postmaster.READY or not locks.is_held(where.watch):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(where.socket)) == 0


def launch(where: Places, environ: Mapping[str, str], *, durable: bool) -> None:
    """Start a watchdog and its server. To be called under the start lock, when none is there.

    Raises:
        StartError: The server ended before it was ready.
    """
    plan = _plan(where, environ, durable=durable)
    _rotate(where.log)
    logged = where.log.stat().st_size if where.log.exists() else 0
    state, detail = _watchdog_says(plan)
    if state in {"ready", "busy"}:
        return
    raise StartError(
        f"PostgreSQL did not start: {_reason(where, _tail(where.log, logged) + detail)}",
        next_step=f"The whole log is {where.log}; `trueline doctor` looks at the rest.",
    )


def _reason(where: Places, tail: str) -> str:
    """On a full disk the log stays empty, so the disk is asked first."""
    return DISK_FULL if shutil.disk_usage(where.base).free < FULL_BYTES else meaning(tail)


def _plan(where: Places, environ: Mapping[str, str], *, durable: bool) -> Plan:
    major = _data_major(where)
    found = copies.runnable(providers.choose(environ, major), where)
    if major is None:
        _make_password(where)
    return Plan(
        bin_dir=str(found.bin_dir),
        major=found.major,
        data=str(where.data),
        run=str(where.run),
        log=str(where.log),
        lease=str(where.lease),
        watch=str(where.watch),
        password=str(where.password),
        superuser=SUPERUSER,
        uid=where.account.uid if where.account.is_other else None,
        gid=where.account.gid if where.account.is_other else None,
        durable=durable,
    )


def _data_major(where: Places) -> int | None:
    try:
        return cluster.data_major(where.data)
    except (ValueError, OSError) as error:
        raise PlaceError(
            f"{where.data} is no readable data directory: {error}.", next_step="Restore a backup."
        ) from error


def _watchdog_says(plan: Plan) -> tuple[str, str]:
    """Start the watchdog and wait for its one line. Without a line it was killed or could not run.

    `-I -S` leaves out the packages and the user's settings: it starts in 20 ms and cannot be changed by them.
    """
    run = subprocess.run(  # noqa: S603 - this Python with our own module
        [sys.executable, "-I", "-S", "-c", _BOOT, str(_SOURCE), encode(plan)],
        capture_output=True,
        check=False,
        cwd="/",
    )
    try:
        said = json.loads(run.stdout)
    except ValueError:
        return "failed", run.stderr.decode(errors="replace")
    return said["state"], said["detail"]


def _make_password(where: Places) -> None:
    where.password.unlink(missing_ok=True)
    descriptor = os.open(where.password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
        file.flush()
        os.fsync(descriptor)


def _read_password(where: Places) -> str:
    try:
        return where.password.read_text(encoding="ascii")
    except OSError as error:
        raise PlaceError(
            f"The superuser's password {where.password} cannot be read: {error.strerror}.",
            next_step="Restore the file, or restore the whole state folder from a backup.",
        ) from error


def _require_linux() -> None:
    """Who is alive is read from /proc: without it a living server could be taken for a dead one.

    Raises:
        NoPostgresError: There is no /proc.
    """
    if not Path("/proc/self/cwd").exists():
        raise NoPostgresError(
            "The embedded PostgreSQL needs Linux with /proc.", next_step="Set DATABASE_URL to a server that runs."
        )


def _made_home(home: Path) -> Path:
    try:
        home.mkdir(parents=True, exist_ok=True)
        return home.resolve(strict=True)
    except OSError as error:
        raise PlaceError(
            f"The state folder {home} cannot be made: {error.strerror}.", next_step="Choose another with TRUELINE_HOME."
        ) from error


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def _tail(log: Path, start: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(start)
        return file.read()[-20_000:].decode(errors="replace")
