"""From a fresh clone to the first page, the second start, the command line, and what an idle installation needs."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.results import Table
from trueline.kit.postgres.erase import erase

TITLE = "Start-up and idle"
_ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 60.0
_SETTLE_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds to the first page, and to the line that says everything is ready; memory of each process in MB."""

    first_page: float
    memory: dict[str, float]


def tables(is_quick: bool) -> Iterator[Table]:
    rounds = 1 if is_quick else 3
    with tempfile.TemporaryDirectory(prefix="trueline-bench-") as folder:
        clone = Path(folder) / "clone"
        begun = time.perf_counter()
        subprocess.run(["git", "clone", "-q", str(_ROOT), str(clone)], check=True)
        cloned = time.perf_counter() - begun
        with erased(clone / "var"):
            cold = _start(clone)
            warm = [_start(clone) for _ in range(rounds)]
        words = [_help(clone) for _ in range(5)]
    first = statistics.median(one.first_page for one in warm)
    rows = [
        ["git clone", f"{cloned:.2f}", ""],
        ["`make up`, fresh clone, warm package cache, to the first page", f"{cloned + cold.first_page:.2f}", "15"],
        ["`make up` again, to the first page", f"{first:.2f}", "5"],
        ["`trueline --help`", f"{statistics.median(words):.2f}", ""],
        ["Python alone, `python -c pass`", f"{statistics.median(_python() for _ in range(5)):.2f}", ""],
    ]
    yield Table("Seconds. The first page is the first answer 200 of the sign-in page.", ["what", "s", "target s"], rows)
    memory = warm[-1].memory
    idle = [[name, f"{size:,.0f}"] for name, size in (*memory.items(), ("together", sum(memory.values())))]
    intro = f"Memory {_SETTLE_SECONDS:.0f} s after the first page, in MB, shared pages counted once (PSS)."
    yield Table(intro, ["process", "MB"], idle)


@contextlib.contextmanager
def erased(home: Path) -> Iterator[None]:
    try:
        yield
    finally:
        erase(home)
        shutil.rmtree(home, ignore_errors=True)


def _start(clone: Path) -> Start:
    """`make up` as a person types it, but on a free port: the variable is read by make's command."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TRUELINE_", "DATABASE_URL"))}
    begun = time.perf_counter()
    subprocess.run(["make", "-s", ".venv/run.stamp"], cwd=clone, env=environ, check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen(
        [clone / ".venv/bin/trueline", "up", "--port", str(port)],
        cwd=clone,
        env=environ,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _first_page(port, process)
        first = time.perf_counter() - begun
        time.sleep(_SETTLE_SECONDS)
        return Start(first, _memory(process.pid, clone))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _first_page(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        # Not urllib: it would ask a proxy that the environment names.
        with contextlib.suppress(OSError), contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=5)) as web:
            web.request("GET", "/account/login/")
            if web.getresponse().status == HTTPStatus.OK:
                return
        time.sleep(0.02)
    raise SystemExit("no page came; the lines above say why")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _memory(parent: int, clone: Path) -> dict[str, float]:
    """Proportional memory of the process, its children and its database, by what they are."""
    found = dict.fromkeys(("trueline up", "web", "worker", "database"), 0.0)
    data = str((clone / "var" / "postgres").resolve())
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ProcessLookupError):
            name = _kind(place, parent, data)
            if name:
                found[name] += _pss(place)
    return found


def _kind(place: Path, parent: int, data: str) -> str:
    command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    if int(place.name) == parent:
        return "trueline up"
    if _session(place, parent, data) == "database":
        return "database"
    if _ancestor(place, parent):
        return "web" if "trueline.cli.serve" in command else "worker"
    return ""


def _session(place: Path, parent: int, data: str) -> str:
    is_postgres = (place / "exe").resolve().name.startswith("postgres")
    works_in = str((place / "cwd").resolve())
    return "database" if is_postgres and (works_in.startswith(data) or _ancestor(place, parent)) else ""


def _ancestor(place: Path, parent: int) -> bool:
    pid = int(place.name)
    while pid > 1:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        pid = int(stat.rpartition(")")[2].split()[1])
        if pid == parent:
            return True
    return False


def _pss(place: Path) -> float:
    lines = (place / "smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _help(clone: Path) -> float:
    begun = time.perf_counter()
    subprocess.run([clone / ".venv/bin/trueline", "--help"], cwd=clone, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def _python() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - begun
