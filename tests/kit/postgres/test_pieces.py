"""The small parts: locks, places, pid files, the meaning of a log, passwords."""

from __future__ import annotations

import os
import string

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueline.kit.postgres import cluster, locks, places, postmaster, roles, watchdog
from trueline.kit.postgres.errors import PlaceError, StartError
from trueline.kit.postgres.meaning import meaning
from trueline.kit.postgres.plan import Plan, decode, encode
from trueline.kit.postgres.watchdog import Watch

AS_SELF = places.Account(os.geteuid(), os.getegid())


def test_two_share_a_lock_that_a_third_cannot_have_alone(tmp_path):
    path = tmp_path / "lock"
    one, two = locks.acquire(path, locks.SHARED, 1), locks.acquire(path, locks.SHARED, 1)
    with pytest.raises(StartError, match="Another process has held"):
        locks.acquire(path, locks.EXCLUSIVE, 0.05)
    os.close(one)
    os.close(two)
    with locks.held(path, 1):
        assert locks.is_held(path)
    assert not locks.is_held(path)


def test_a_lock_file_that_was_deleted_meanwhile_is_no_lock(tmp_path):
    path = tmp_path / "lock"
    descriptor = locks.acquire(path, locks.SHARED, 1)
    assert locks.is_current(descriptor, path)
    path.unlink()
    assert not locks.is_current(descriptor, path)
    path.touch()
    assert not locks.is_current(descriptor, path)
    os.close(descriptor)


def test_a_lock_file_that_cannot_be_opened_is_one_sentence(tmp_path):
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlaceError, match="cannot be opened"):
        locks.acquire(tmp_path / "lock", locks.SHARED, 1)


@given(st.text(string.ascii_lowercase, min_size=1, max_size=150))
def test_the_path_of_the_socket_always_fits(name):
    where = places.Places(places.Path("/h"), places.Path("/h") / name, AS_SELF)
    assert len(os.fsencode(where.socket)) <= places.SOCKET_PATH_BYTES
    assert where.run == places.Places(places.Path("/other"), where.base, AS_SELF).run, "the same for every process"


def test_a_planted_link_is_not_taken_for_the_folder_of_the_socket(tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "theirs")
    with pytest.raises(PlaceError, match="is not a folder of the user"):
        places.own_folder(tmp_path / "run", AS_SELF)


def test_a_folder_that_others_could_enter_is_closed(tmp_path):
    (tmp_path / "run").mkdir(mode=0o755)
    places.own_folder(tmp_path / "run", AS_SELF)
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o700


def test_a_home_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "var").write_text("", encoding="ascii")
    with pytest.raises(PlaceError, match="cannot be used for the database"):
        places.prepare(tmp_path / "var")
    assert not (places.SYSTEM_ROOT / places.short_hash(tmp_path / "var")).exists()


@pytest.mark.parametrize("text", ["", "\n", "no number\n", "12x\n"])
def test_a_pid_file_that_is_not_complete_says_nothing(tmp_path, text):
    (tmp_path / "postmaster.pid").write_text(text, encoding="ascii")
    assert postmaster.read_pid_file(tmp_path) is None


def test_a_pid_file_says_its_process_and_status(tmp_path):
    assert postmaster.read_pid_file(tmp_path) is None
    lines = ["123", "/data", "1", "5432", "/run", "", "1 2", "ready   "]
    (tmp_path / "postmaster.pid").write_text("\n".join(lines), encoding="ascii")
    assert postmaster.read_pid_file(tmp_path) == postmaster.PidFile(123, "ready")
    (tmp_path / "postmaster.pid").write_text("\n".join(lines[:5]), encoding="ascii")
    assert postmaster.read_pid_file(tmp_path) == postmaster.PidFile(123, "")


def test_this_process_is_no_postgres(tmp_path):
    assert not postmaster.is_postgres_of(os.getpid(), places.Path.cwd())
    assert postmaster.postgres_processes(tmp_path) == []


def test_a_version_file_that_is_no_number_is_an_error_and_a_missing_one_means_no_data(tmp_path):
    assert cluster.data_major(tmp_path) is None
    (tmp_path / "PG_VERSION").write_text("rubbish", encoding="ascii")
    with pytest.raises(ValueError, match="rubbish"):
        cluster.data_major(tmp_path)


@pytest.mark.parametrize(
    ("tail", "sentence"),
    [
        ("PANIC:  could not write to file: No space left on device", "The disk is full."),
        (
            "postgres: error while loading shared libraries: libz.so.1: cannot",
            "The binaries need the library libz.so.1,",
        ),
        ('FATAL:  could not open file "base/1": Permission denied', "The server may not read base/1."),
        ("PANIC:  could not locate a valid checkpoint record at 0/1", "The data is damaged; restore a backup."),
        ("DETAIL: The data directory was initialized by PostgreSQL version 14, which", "written by PostgreSQL 14."),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "There is not enough memory."),
        ("LOG: a\nFATAL:  something that nobody foresaw.\nLOG: b", "It says: something that nobody foresaw."),
        ("", "It left no reason in its log."),
    ],
)
def test_the_last_lines_of_a_log_become_a_sentence(tail, sentence):
    assert sentence in meaning(tail)


def test_a_plan_survives_the_command_line():
    plan = Plan("/b", 18, "/d ä", "/r", "/l", "/e", "/w", "/p", "su", 7, 8, durable=False)
    assert decode(encode(plan)) == plan
    assert plan.user == (7, 8)


def test_a_role_has_another_password_under_another_key_and_name():
    made = {roles.role_password(key, role) for key in (b"a", b"b") for role in roles.LOGINS}
    assert len(made) == 6
    assert roles.role_password(b"a", roles.APP) == roles.role_passwords(b"a")[roles.APP]


def test_a_verifier_is_the_one_of_the_published_algorithm():
    """Salt and password of RFC 7677, section 3; the stored key is what its exchange implies."""
    salt = b"[m\x99h\x9d\x125\x8e\xec\xa0K\x14\x126\xfa\x81"
    assert roles.scram_verifier("pencil", salt) == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
        ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text and text.isprintable()))
def test_a_quoted_name_is_what_the_library_makes_of_it(name):
    assert roles.quoted(name) == psycopg.sql.Identifier(name).as_string()


def test_a_server_that_keeps_dying_is_not_started_for_ever():
    watch = Watch(Plan("/b", 18, "/d", "/r", "/l", "/e", "/w", "/p", "su", None, None, durable=True), lease=0, log=0)
    assert [watchdog._may_restart(watch) for _ in range(watchdog.RESTARTS + 1)] == [True] * watchdog.RESTARTS + [False]
    watch.crashes = [then - watchdog.RESTARTS_WINDOW_SECONDS for then in watch.crashes]
    assert watchdog._may_restart(watch), "crashes of long ago do not count"
