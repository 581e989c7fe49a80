"""Spans a second that one receiver process takes, durable before its answer, beside another receiver."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.child import measure
from benchmarks.results import Table
from benchmarks.traces import load, processes

TITLE = "Receiving traces"
PHOENIX = "TRUELINE_BENCH_PHOENIX"
"""Path of the other receiver's program, in an environment of its own; without it only ours is measured."""
_PATIENCE = 120
_ROUNDS = 7


@dataclass(frozen=True, slots=True)
class _Run:
    name: str
    accepted: float
    stored: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    database_cpu_ms: float
    peak_mb: float
    spans: int


def tables(is_quick: bool) -> Iterator[Table]:
    number = 50 if is_quick else 200
    others = 20 if is_quick else 40
    rows = [_row(_Run(**run)) for run in measure(f"{__name__}:ours", number).value]
    if os.environ.get(PHOENIX):
        rows += [_row(_Run(**run)) for run in measure(f"{__name__}:phoenix", others).value]
    intro = (
        f"The same requests of {load.SPANS_OF_A_BODY} spans in protobuf and gzip (800 bytes of attributes a span, "
        "texts of random words), prepared before, sent by one process over three connections; sender, receiver and "
        "database share the two cores. *Accepted*: spans in answered requests, by the second. *Stored*: spans that "
        "outlive a power cut, by the second; here that is the same, for the answer comes after the commit. *Folded* "
        "counts what the rounds before have left, too, until every span is in its file and in the index. "
        "The other receiver is "
        "arize-phoenix with its default store. Target: 20,000 stored."
    )
    columns = ["receiver", "spans", "accepted/s", "stored/s", "p50 ms", "p95 ms"]
    yield Table(intro, [*columns, "CPU ms/1,000", "database CPU ms/1,000", "peak MB"], rows)


def _row(run: _Run) -> list[str]:
    rates = [f"{run.spans:,}", f"{run.accepted:,.0f}", f"{run.stored:,.0f}", f"{run.p50_ms:.0f}", f"{run.p95_ms:.0f}"]
    return [run.name, *rates, f"{run.cpu_ms:.1f}", f"{run.database_cpu_ms:.1f}", f"{run.peak_mb:.0f}"]


def ours(number: int) -> list[dict[str, Any]]:
    from benchmarks.product.installation import opened, scope  # noqa: PLC0415 - only in the child

    with opened():
        with scope() as inside:
            token = ingest_key(inside)
        return [*_alone(number, token), _folding(load.packed(load.bodies(number, seed=99)), token)]


def ingest_key(inside: Any) -> str:
    """A system of agents, and a key that may send to it."""
    from trueline.kit import clock  # noqa: PLC0415 - Django must be ready first
    from trueline.traces import rules  # noqa: PLC0415 - the same
    from trueline.workspaces.actions import create_environment  # noqa: PLC0415 - the same
    from trueline.workspaces.actions_keys import create_api_key  # noqa: PLC0415 - the same
    from trueline.workspaces.rules import Kind  # noqa: PLC0415 - the same

    assert rules
    made = create_environment(inside, "Agents", actor=inside.actor, kind=Kind.AGENTS)
    until = clock.now() + timedelta(days=1)
    return create_api_key(inside, "bench", ["traces.write"], until, actor=inside.actor, environment_id=made.pk)[1]


def _alone(number: int, token: str) -> list[dict[str, Any]]:
    """The receiver and the database, nothing else: the middle and the best of some rounds, as others work here, too."""
    with served() as (address, pid):
        load.send(address, load.packed(load.bodies(20, seed=3)), headers(token))
        rounds = [
            _sent("ours", address, load.packed(load.bodies(number, seed=10 + each)), headers(token), pid)
            for each in range(_ROUNDS)
        ]
    rounds.sort(key=lambda run: float(run["stored"]))
    middle, best = rounds[_ROUNDS // 2], rounds[-1]
    return [middle | {"name": f"ours, middle of {_ROUNDS}"}, best | {"name": f"ours, best of {_ROUNDS}"}]


def _folding(ready: list[bytes], token: str) -> dict[str, Any]:
    """The same while a worker folds; stored counts until all is in files."""
    with served() as (address, pid), _worker():
        began, left = time.perf_counter(), waiting()
        run = _sent("ours, a worker folding", address, ready, headers(token), pid)
        _until(lambda: waiting() == 0, "all is folded", 600)
        run["name"] += f"; folded {(left + run['spans']) / (time.perf_counter() - began):,.0f}/s"
        return run


def headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/x-protobuf",
        "Content-Encoding": "gzip",
    }


def _sent(name: str, address: str, ready: list[bytes], said: dict[str, str], pid: int) -> dict[str, Any]:
    mine, base = processes.family(pid), database_processes()
    before, base_before = processes.processor_seconds(mine), processes.processor_seconds(base)
    told = load.send(address, ready, said)
    assert told.spans == len(ready) * load.SPANS_OF_A_BODY, told.answers
    thousands = told.spans / 1_000
    base_after = processes.processor_seconds(database_processes())
    return {
        "name": name,
        "spans": told.spans,
        "accepted": told.spans / told.seconds,
        "stored": told.spans / told.seconds,
        "p50_ms": statistics.median(told.took) * 1_000,
        "p95_ms": statistics.quantiles(told.took, n=20)[-1] * 1_000,
        "cpu_ms": (processes.processor_seconds(processes.family(pid)) - before) / thousands * 1_000,
        "database_cpu_ms": (base_after - base_before) / thousands * 1_000,
        "peak_mb": processes.peak_mb(processes.family(pid)),
    }


def database_processes() -> list[int]:
    """The processes of the database that is measured: the parent of one of its sessions, and all below it."""
    from benchmarks.product.installation import administrator  # noqa: PLC0415 - only in the child

    with administrator() as connection:
        return processes.family(processes.parent(connection.info.backend_pid))


def waiting() -> int:
    """Spans that are not folded yet, in all workspaces."""
    from benchmarks.product.installation import administrator  # noqa: PLC0415 - only in the child

    with administrator() as connection:
        found = connection.execute("select coalesce(sum(items), 0) from traces_receivedbatch").fetchone()
        return int(str(found[0])) if found else 0


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """One web process as `trueline up` starts it."""
    port = _free_port()
    command = [sys.executable, "-m", "trueline.cli.serve", "127.0.0.1", str(port)]
    with _running(command, {}) as pid:
        _until(lambda: _listens(port), "the receiver listens", _PATIENCE)
        yield f"http://127.0.0.1:{port}/v1/traces", pid


@contextmanager
def _worker() -> Iterator[int]:
    with _running([str(Path(sys.executable).with_name("trueline")), "worker"], {}) as pid:
        yield pid


@contextmanager
def _running(command: list[str], more: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(command, env=os.environ | more, stdout=sys.stderr)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def phoenix(number: int) -> list[dict[str, Any]]:
    """The other receiver; what it stores is counted in its own database, some seconds after its answers."""
    home = Path(tempfile.mkdtemp(prefix="bench-phoenix-"))
    port, grpc = _free_port(), _free_port()
    more = {
        "PHOENIX_WORKING_DIR": str(home),
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(grpc),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_TELEMETRY_ENABLED": "false",
    }
    try:
        with _running([os.environ[PHOENIX], "serve"], more) as pid:
            _until(lambda: _listens(port), "the other receiver listens", _PATIENCE)
            return [_phoenix_sent(f"http://127.0.0.1:{port}/v1/traces", number, pid, home)]
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _phoenix_sent(address: str, number: int, pid: int, home: Path) -> dict[str, Any]:
    said = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
    ready = load.packed(load.bodies(number))
    before = processes.processor_seconds(processes.family(pid))
    began = time.perf_counter()
    told = load.send(address, ready, said)
    stored, until = _stored(home), time.perf_counter() + 90
    while stored < told.spans and time.perf_counter() < until:
        time.sleep(1)
        stored = _stored(home)
    seconds = time.perf_counter() - began
    used = processes.processor_seconds(processes.family(pid)) - before
    return {
        "name": "arize-phoenix",
        "spans": told.spans,
        "accepted": told.spans / told.seconds,
        "stored": stored / seconds,
        "p50_ms": statistics.median(told.took) * 1_000,
        "p95_ms": statistics.quantiles(told.took, n=20)[-1] * 1_000,
        "cpu_ms": used / max(1, stored) * 1_000_000,
        "database_cpu_ms": 0.0,
        "peak_mb": processes.peak_mb(processes.family(pid)),
    }


def _stored(home: Path) -> int:
    found = next(home.rglob("phoenix.db"), None)
    if found is None:
        return 0
    with sqlite3.connect(f"file:{found}?mode=ro", uri=True) as database:
        return int(database.execute("select count(*) from spans").fetchone()[0])


def _until(is_so: Any, what: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
        time.sleep(0.2)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
