"""The command line as a person meets it: a process of its own, with an installation made for the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from trueline.kit.postgres.erase import erase
from trueline.kit.postgres.server import EmbeddedServer, provide

TRUELINE = Path(sys.executable).with_name("trueline")
PATIENCE_SECONDS = 300
_NOT_OURS = ("TRUELINE_", "DATABASE_URL", "DJANGO_")

Done = subprocess.CompletedProcess[str]
Call = Callable[..., Done]


def call(*words: object, **environ: str) -> Done:
    """Run `trueline` with these words, and with nothing of the tests' own environment but what is given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)}
    return subprocess.run(
        [TRUELINE, *map(str, words)],
        env=clean | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


@dataclass(frozen=True)
class Place:
    """An installation for the tests; its server stays up between commands."""

    home: Path
    server: EmbeddedServer

    def __call__(self, *words: object, **environ: str) -> Done:
        return call(*words, **{"TRUELINE_HOME": str(self.home)} | environ)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An installation that nobody has used yet."""
    home = tmp_path_factory.mktemp("installation")
    server = provide(home, {}, durable=False)
    assert isinstance(server, EmbeddedServer)
    with server:
        yield Place(home, server)
    erase(home)


@pytest.fixture(scope="session")
def demo(place: Place) -> Done:
    """The demonstration, played once in that installation."""
    return place("demo")
