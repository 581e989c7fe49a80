"""The detached process that owns a server: starts it, brings it back when killed, stops it after its last user.

Every process that uses the server holds the lease shared. The watchdog asks for it exclusively: the kernel grants that
only when all of them are gone, also by kill -9. Standard library only, one thread; imports are complete before the
change of user, since the new user may not read this source.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from trueline.kit.postgres import cluster, locks, postmaster
from trueline.kit.postgres.plan import Plan, decode

LEASE_PAUSE_SECONDS = 0.1
LOOKERS_SECONDS = 0.5
# Crash recovery of a large database takes minutes; a start that hangs longer is a failure to tell.
START_SECONDS = 300.0
RESTARTS = 5
RESTARTS_WINDOW_SECONDS = 60.0
SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StartFailed(Exception):
    """The server ended before it was ready; its words are in the log."""


@dataclass(slots=True)
class Watch:
    """What the watchdog holds while it lives."""

    plan: Plan
    lease: int
    log: int
    crashes: list[float] = field(default_factory=list)


def main() -> None:
    """Entry point: `watchdog <plan as JSON>`. Says on stdout, in one line of JSON, how the start went."""
    plan = decode(sys.argv[1])
    if os.fork():
        os._exit(0)
    os.setsid()
    os.umask(0o077)
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    held = locks.open_lock(Path(plan.watch))
    # Whoever looks whether a watchdog is there holds the lock for a moment.
    if not locks.wait_lock(held, locks.EXCLUSIVE, LOOKERS_SECONDS):
        _say("busy")
        return
    log = os.open(plan.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    serve(Watch(plan, locks.open_lock(Path(plan.lease)), log))


def serve(watch: Watch) -> None:
    """Start the server, keep it while it is used, stop it."""
    try:
        _init_if_new(watch)
        _become(watch.plan.user)
        server = _started(watch)
    except (cluster.InitFailed, StartFailed, OSError) as error:
        _say("failed", str(error))
        return
    _say("ready")
    while not _is_done(watch):
        if server.poll() is not None:
            if not _may_restart(watch):
                return
            server = _restarted(watch)
    _stop(server)


def _init_if_new(watch: Watch) -> None:
    if cluster.data_major(watch.plan.data_path) is None:
        cluster.init(watch.plan, watch.log, SIGNALS)


def _become(user: tuple[int, int] | None) -> None:
    if user is not None:
        uid, gid = user
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def _started(watch: Watch) -> subprocess.Popen[bytes]:
    plan = watch.plan
    postmaster.clear_remains(plan.data_path, Path(plan.run))
    arguments = postmaster.command(Path(plan.bin_dir), plan.data_path, Path(plan.run), durable=plan.durable)
    server = postmaster.spawn(arguments, watch.log, SIGNALS, None)

    def is_over() -> bool:
        found = postmaster.read_pid_file(plan.data_path)
        is_ready = found is not None and found.pid == server.pid and found.status == postmaster.READY
        return is_ready or server.poll() is not None

    if not postmaster.wait_until(is_over, START_SECONDS):
        _stop(server)
    if server.returncode is not None:
        raise StartFailed
    return server


def _restarted(watch: Watch) -> subprocess.Popen[bytes]:
    """Start again; a failure ends the watchdog, and the next user of the server hears why."""
    try:
        return _started(watch)
    except (StartFailed, OSError):
        sys.exit(1)


def _may_restart(watch: Watch) -> bool:
    """False for a server that keeps dying: then the next start, and its reason, belong to a person."""
    now = time.monotonic()
    watch.crashes = [*(then for then in watch.crashes if now - then < RESTARTS_WINDOW_SECONDS), now]
    return len(watch.crashes) <= RESTARTS


def _is_done(watch: Watch) -> bool:
    """Sleep until a signal or a moment has passed; True when nobody uses the server or somebody ends the watchdog."""
    got = signal.sigtimedwait(SIGNALS, LEASE_PAUSE_SECONDS)
    if got is not None and got.si_signo != signal.SIGCHLD:
        return got.si_signo != signal.SIGHUP
    return locks.try_lock(watch.lease, locks.EXCLUSIVE)


def _stop(server: subprocess.Popen[bytes]) -> None:
    steps = ((signal.SIGINT, postmaster.FAST_STOP_SECONDS), (signal.SIGQUIT, postmaster.IMMEDIATE_STOP_SECONDS))
    for number, patience in steps:
        server.send_signal(number)
        try:
            server.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return
    server.kill()
    server.wait()


def _say(state: str, detail: str = "") -> None:
    """One line to the starter, who may be gone; then stdout is closed, so that nobody waits for more."""
    try:
        os.write(1, json.dumps({"state": state, "detail": detail}).encode() + b"\n")
    except BrokenPipeError:
        return
    finally:
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        os.close(nothing)
