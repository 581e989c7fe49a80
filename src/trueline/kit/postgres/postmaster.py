"""The server process itself: what its pid file says, who is left of a dead one, how it is started and stopped.

Standard library only: the watchdog loads this without the packages of the environment.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PR_SET_PDEATHSIG = 1
PAUSE_SECONDS = 0.01
# A fast shutdown writes a checkpoint; past this the disk is so slow that recovery at the next start is the better way.
FAST_STOP_SECONDS = 30.0
IMMEDIATE_STOP_SECONDS = 10.0
ORPHANS_GRACE_SECONDS = 1.0
READY = "ready"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "logging_collector": "off",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "max_connections": "100",
    # Compiling a plan costs more than the short statements of a web page gain.
    "jit": "off",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class PidFile:
    """What `postmaster.pid` says.

    Attributes:
        pid: The process that wrote it.
        status: `starting`, `ready`, `stopping` or `standby`; empty before the first status was written.
    """

    pid: int
    status: str


def read_pid_file(data: Path) -> PidFile | None:
    """The pid file of a data directory; None when there is none, or it is not yet complete."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        return PidFile(int(lines[0]), lines[7].strip() if len(lines) > 7 else "")
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
        return None


def is_postgres_of(pid: int, data: Path) -> bool:
    """True when the process lives and is a PostgreSQL that works in this data directory.

    A zombie has no working directory, a recycled pid has another one, and both answer to signal 0: so neither is asked.
    """
    process = Path("/proc") / str(pid)
    try:
        program = (process / "exe").readlink().name
        return program.split(" ")[0] == "postgres" and (process / "cwd").samefile(data)
    except OSError:
        return False


def postgres_processes(data: Path) -> list[int]:
    """The pids of every PostgreSQL process that works in this data directory."""
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if is_postgres_of(pid, data)]


def clear_remains(data: Path, run: Path) -> None:
    """End what is left of an earlier server, and remove a pid file and a socket lock that nobody stands behind.

    The server removes stale files itself, except when their pid is a zombie or was given to another process.
    """
    found = read_pid_file(data)
    if found is not None and is_postgres_of(found.pid, data):
        stop(found.pid, data)
    end_orphans(data)
    (data / "postmaster.pid").unlink(missing_ok=True)
    for entry in run.glob(".s.PGSQL.*"):
        entry.unlink(missing_ok=True)


def stop(pid: int, data: Path) -> None:
    """Stop a server that is not a child: fast, then at once."""
    for number, patience in ((signal.SIGINT, FAST_STOP_SECONDS), (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS)):
        send(pid, number)
        if wait_until(lambda: not is_postgres_of(pid, data), patience):
            return
    send(pid, signal.SIGKILL)


def end_orphans(data: Path) -> None:
    """End the back ends of a killed server: while one lives, a new server refuses to start.

    They leave by themselves when they next wait; one in a long computation has to be told.
    """
    for number in (None, signal.SIGQUIT, signal.SIGKILL):
        for pid in postgres_processes(data) if number else ():
            send(pid, number)
        if wait_until(lambda: not postgres_processes(data), ORPHANS_GRACE_SECONDS):
            return


def send(pid: int, number: signal.Signals | None) -> None:
    """Signal a process that may have ended meanwhile."""
    if number is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """True as soon as it holds, False when it did not within the time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def command(bin_dir: Path, data: Path, run: Path, *, durable: bool) -> list[str]:
    """The command line of the server."""
    settings = SETTINGS | ({} if durable else NOT_DURABLE)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(bin_dir / "postgres"), "-D", str(data), "-k", str(run), "-p", "5432", *options]


def die_with_parent(number: signal.Signals, blocked: Iterable[signal.Signals]) -> Callable[[], None]:
    """A function for the child, between fork and exec: it gets the signal when its parent ends, however that ends.

    Loaded before the fork: after it nothing may be imported. Change of user clears the request, so it comes last.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None)
    unblocked = set(blocked)

    def prepare() -> None:
        if sys.platform == "linux":
            libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, unblocked)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def spawn(
    arguments: list[str], log: int, blocked: Iterable[signal.Signals], user: tuple[int, int] | None
) -> subprocess.Popen[bytes]:
    """Start a program of PostgreSQL in a session of its own.

    Args:
        arguments: Program and arguments.
        log: Descriptor for what it says.
        blocked: Signals that this process blocks and the program must not.
        user: User and group to run as, None for this process's own.
    """
    uid, gid = user or (None, None)
    return subprocess.Popen(  # noqa: S603 - a fixed program of a provider, no shell
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,
        user=uid,
        group=gid,
        extra_groups=None if user is None else [],
        preexec_fn=die_with_parent(signal.SIGINT, blocked),  # noqa: PLW1509 - the watchdog has one thread
    )
