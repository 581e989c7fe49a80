"""A process of its own that uses the server of a state folder until its input ends. Speaks lines of JSON.

Run as: `python holder.py <state folder> [--not-durable]`. Commands: `ensure`, `end`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from trueline.kit.errors import TruelineError
from trueline.kit.postgres import locks, postmaster
from trueline.kit.postgres.erase import erase
from trueline.kit.postgres.server import EmbeddedServer, provide


def main() -> None:
    home = Path(sys.argv[1])
    started = time.perf_counter()
    try:
        server = provide(home, os.environ, durable="--not-durable" not in sys.argv)
    except TruelineError as error:
        say(error=type(error).__name__, sentence=str(error))
        return
    say(seconds=time.perf_counter() - started, **facts(server))
    for line in sys.stdin:
        say(**answer(line.strip(), server, home))


def answer(line: str, server: EmbeddedServer, home: Path) -> dict[str, object]:
    if line == "ensure":
        started = time.perf_counter()
        server.ensure()
        return {"seconds": time.perf_counter() - started, **facts(server)}
    assert line == "end"
    server.close()
    erase(home)
    return {"erased": not (home / "postgres").exists()}


def facts(server: EmbeddedServer) -> dict[str, object]:
    found = postmaster.read_pid_file(server.places.data)
    return {
        "postmaster": found.pid if found else None,
        "watchdog": watchdog_of(server.places.watch),
        "url": server.admin_url,
        "base": str(server.places.base),
        "run": str(server.places.run),
        "data": str(server.places.data),
    }


def watchdog_of(watch: Path) -> int | None:
    """The process that holds the lock, as the kernel lists it."""
    assert locks.is_held(watch)
    inode = watch.stat().st_ino
    for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
        fields = line.split()
        if fields[1] == "FLOCK" and fields[3] == "WRITE" and fields[5].rsplit(":", 1)[1] == str(inode):
            return int(fields[4])
    return None


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201 - the other end of the pipe reads it


if __name__ == "__main__":
    main()
