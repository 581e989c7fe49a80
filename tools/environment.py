"""Makes `.venv` with everything the locks name. Runs with the machine's own Python: standard library only.

    python3.11 -m tools.environment run    # what `make demo` and `make up` need
    python3.11 -m tools.environment dev    # what `make test` and `make check` need

uv is fetched by its hash, then installs the rest by theirs. When uv cannot reach a package index that pip's own
configuration can reach, pip does the same slowly: the hashes make every source equally safe.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from tools import debian

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("run", "dev")
OLDEST = (3, 11)
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


class PreparationError(Exception):
    """The environment cannot be made; the message says what to do."""


def main(arguments: list[str]) -> int:
    """Make the environment of one lock. 0 done, 2 could not."""
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        print(f"usage: python -m tools.environment {{{'|'.join(LOCKS)}}}", file=sys.stderr)
        return 2
    try:
        prepare(arguments[0])
    except PreparationError as reason:
        print(reason, file=sys.stderr)
        return 2
    return 0


def prepare(lock: str, root: Path = ROOT) -> None:
    """Make `.venv`, install the lock and the project in it, and leave a stamp. Two at once wait for each other."""
    if sys.version_info < OLDEST:
        raise PreparationError("Trueline needs Python 3.11 or newer; install python3.11 and try again.")
    with (root / "requirements" / "uv.txt").open() as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        python = _virtual_environment(root / ".venv")
        _install_uv(root, python)
        _install_lock(root, python, lock)
        _install_project(root, python)
        (root / ".venv" / f"{lock}.stamp").touch()


def _virtual_environment(home: Path) -> Path:
    python = home / "bin" / "python"
    if _answers(python):
        return python
    print("Making the environment in .venv ...", flush=True)
    made = _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(home))
    if made.returncode != 0:
        raise PreparationError(f"Python could not make a virtual environment in {home}: {_last_line(made)}")
    return python


def _answers(python: Path) -> bool:
    """Whether the environment's Python runs: a system upgrade or a moved folder leaves a dead link behind."""
    return (
        python.exists() and _run(str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))").returncode == 0
    )


def _install_uv(root: Path, python: Path) -> None:
    pinned = (root / "requirements" / "uv.txt").read_text().split("==", 1)[1].split()[0]
    uv = python.with_name("uv")
    if uv.exists() and _run(str(uv), "--version").stdout.split()[1:2] == [pinned]:
        return
    done = _pip(python, "-r", str(root / "requirements" / "uv.txt"), quiet=True)
    if done.returncode != 0:
        raise PreparationError(f"uv could not be fetched (is a package index reachable?): {_last_line(done)}")


def _install_lock(root: Path, python: Path, lock: str) -> None:
    locks = [part for name in ("build", lock) for part in ("-r", str(root / "requirements" / f"{name}.txt"))]
    by_uv = _uv(python, "--require-hashes", *locks)
    if by_uv.returncode == 0:
        return
    print(f"uv could not install the packages ({_last_line(by_uv)}); trying with pip ...", flush=True)
    by_pip = _pip(python, *locks)
    if by_pip.returncode != 0:
        raise PreparationError(f"The packages could not be installed: {_last_line(by_pip)}")


def _install_project(root: Path, python: Path) -> None:
    # The build backend stands in the environment, by its hash: nothing is fetched for the project itself.
    done = _uv(python, "--no-deps", "--no-build-isolation", "--offline", "-e", str(root))
    if done.returncode != 0:
        raise PreparationError(f"Trueline itself could not be installed: {_last_line(done)}")


def _uv(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Every file is held by its hash, so the index that offers it may be any of those the machine names.
    command = (str(python.with_name("uv")), "pip", "install", "--quiet", "--index-strategy", "unsafe-best-match")
    # uv brings roots of its own; a machine behind an inspecting proxy trusts one more, which only the system knows.
    trust = ("--system-certs",) if SYSTEM_CERTIFICATES.exists() else ()
    return _run(*command, *trust, "--python", str(python), *arguments, environment=_uv_environment(os.environ))


def _uv_environment(machine: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """The machine's environment, in which uv hears of the index and certificates that are set for pip."""
    environment = {name: value for name, value in machine.items() if name != "VIRTUAL_ENV"}
    if "PIP_INDEX_URL" in environment and "UV_INDEX_URL" not in environment:
        environment.setdefault("UV_DEFAULT_INDEX", environment["PIP_INDEX_URL"])
    if "PIP_CERT" in environment:
        environment.setdefault("SSL_CERT_FILE", environment["PIP_CERT"])
    return environment


def _pip(python: Path, *arguments: str, quiet: bool = False) -> subprocess.CompletedProcess[str]:
    command = ["-m", "pip", "install", "--require-hashes", "--disable-pip-version-check", "--no-input"]
    # A machine that tells pip to install for the user would be refused inside an environment.
    environment = {**os.environ, "PYTHONPATH": str(_bundled_pip()), "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    return _run(str(python), *command, *(["--quiet"] if quiet else []), *arguments, environment=environment)


def _bundled_pip() -> Path:
    """The wheel of pip that comes with Python's ensurepip; run from the wheel it needs no installing (saves 2 s)."""
    found = _find_pip_wheel()
    if found is None and debian.install(f"python3.{sys.version_info.minor}-venv"):
        found = _find_pip_wheel()
    if found is None:
        raise PreparationError(
            "This Python comes without ensurepip; install python3-venv (apt-get install python3-venv)."
        )
    return found


def _find_pip_wheel() -> Path | None:
    """Debian keeps the wheel in a folder of its own, everyone else inside ensurepip."""
    folders = [Path(sysconfig.get_path("stdlib")) / "ensurepip" / "_bundled", Path("/usr/share/python-wheels")]
    return next((wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))), None)


def _run(*command: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=environment
    )


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
