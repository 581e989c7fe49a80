"""The product as a person meets it: a real web process and a real worker, on the database of the tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.operations.drill import database_environment

HOST = "localhost"  # a passkey belongs to a name; browsers refuse one for a bare address
_START_SECONDS = 90
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Site:
    """Where the product answers."""

    url: str
    log: Path

    def complaints(self) -> str:
        """What the processes have said: nothing, when all went well. A refused form is no complaint."""
        said = self.log.read_text(encoding="utf-8").splitlines(keepends=True)
        return "".join(line for line in said if "WARNING django.security.csrf: Forbidden" not in line)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(folder: Path, extra: Mapping[str, str] | None = None) -> Iterator[Site]:
    """The web process, answering."""
    port = free_port()
    site = Site(f"http://{HOST}:{port}", folder / "processes.log")
    environ = _environment(site) | dict(extra or {})
    with _process([sys.executable, "-m", "trueline.cli.serve", "127.0.0.1", str(port)], environ, site.log) as process:
        _wait_for(f"{site.url}/healthz", process, site)
        yield site


@contextmanager
def working(site: Site) -> Iterator[None]:
    """A worker beside it."""
    worker = [str(Path(sys.executable).with_name("trueline")), "worker", "--with-parent"]
    with _process(worker, _environment(site), site.log):
        yield


def _environment(site: Site) -> dict[str, str]:
    ours = {"TRUELINE_PUBLIC_URL": site.url, "TRUELINE_HOSTS": f"{HOST},127.0.0.1"}
    return dict(os.environ) | database_environment() | ours


@contextmanager
def _process(command: Sequence[str], environ: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as file, subprocess.Popen(command, env=environ, stdout=file, stderr=file) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(address: str, process: subprocess.Popen[bytes], site: Site) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, site.complaints()
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                assert answer.status == 200
                return
        except OSError:  # not up yet, or slow to answer
            time.sleep(0.05)
    raise AssertionError(f"Nothing answers at {address}: {site.complaints()}")
