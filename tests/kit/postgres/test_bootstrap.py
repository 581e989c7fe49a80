"""Roles and database on our own server and on one that somebody else runs, for each version that is here."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import conninfo

from trueline.kit.postgres import bootstrap as module
from trueline.kit.postgres import roles
from trueline.kit.postgres.bootstrap import bootstrap, missing
from trueline.kit.postgres.erase import erase
from trueline.kit.postgres.errors import OutsideError, RolesError
from trueline.kit.postgres.server import OutsideServer, provide

PASSWORDS = roles.role_passwords(b"the secret key of this installation")
OTHERS = roles.role_passwords(b"the secret key of another installation")
EVERY_ROLE = (*roles.LOGINS, roles.READER)


@pytest.fixture(scope="module")
def running(provider, ourselves):
    home = ourselves.new_home()
    with provide(home, {"TRUELINE_POSTGRES": provider, "PATH": os.environ["PATH"]}, durable=False) as server:
        yield server
    erase(home)


@pytest.fixture
def embedded(running):
    """The server without anything of Trueline on it."""
    with admin(running) as connection:
        for name in ("trueline", "theirs"):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        for role in (*EVERY_ROLE, "dba", "nobody"):
            connection.execute(f"DROP ROLE IF EXISTS {role}")
    return running


def admin(server, **changes):
    return psycopg.connect(conninfo.make_conninfo(server.admin_url, **changes), autocommit=True)


def outside(server, attributes: str, name: str = "dba", dbname: str = "postgres") -> OutsideServer:
    """The same server, as somebody else's, with a login that has these attributes."""
    with admin(server) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'pw' {attributes}")
    host = server.places.run
    return OutsideServer(f"postgresql://{name}:pw@/{dbname}?host={host}&port=5432&connect_timeout=5")


def ask(url: str, sql: str) -> tuple[object, ...]:
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchone()


def test_each_role_can_log_in_and_none_can_pass_row_security(embedded):
    database = bootstrap(embedded, PASSWORDS)
    for role, name in (("owner", roles.OWNER), ("app", roles.APP), ("system", roles.SYSTEM)):
        assert ask(database.url(role), "SELECT current_user, current_database()") == (name, "trueline")
    with admin(embedded) as connection:
        powers = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'trueline_%%' AND rolname <> 'trueline_admin' "
            "AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)"
        ).fetchall()
        logins = connection.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'trueline_reader'").fetchone()
    assert powers == []
    assert logins == (False,)


def test_the_owner_owns_the_database_and_others_have_no_way_in(embedded):
    database = bootstrap(embedded, PASSWORDS)
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert ask(database.url("owner"), owner) == (roles.OWNER,)
    stranger = outside(embedded, "", name="nobody", dbname="trueline")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(stranger.admin_url)
    with psycopg.connect(database.url("app")) as connection:
        connection.execute("CREATE TEMPORARY TABLE bulk (i int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (i int)")


def test_the_app_has_the_readers_rights_only_after_it_turned_into_it(embedded):
    database = bootstrap(embedded, PASSWORDS)
    with psycopg.connect(database.url("owner")) as connection:
        connection.execute("CREATE TABLE shown (i int)")
        connection.execute("GRANT SELECT ON shown TO trueline_reader")
    with psycopg.connect(database.url("app"), autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM shown")
        connection.execute("SET ROLE trueline_reader")
        assert connection.execute("SELECT count(*) FROM shown").fetchone() == (0,)


def test_a_migration_can_hand_a_function_to_the_system_role(embedded):
    database = bootstrap(embedded, PASSWORDS)
    with psycopg.connect(database.url("owner")) as connection:
        connection.execute(
            "CREATE FUNCTION sweep() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user'"
        )
        connection.execute("GRANT CREATE ON SCHEMA public TO trueline_system")
        connection.execute("ALTER FUNCTION sweep() OWNER TO trueline_system")
    assert ask(database.url("app"), "SELECT sweep()::text") == (roles.SYSTEM,)


def test_only_the_owner_of_a_test_server_creates_databases(embedded):
    for for_tests in (True, False):
        bootstrap(embedded, PASSWORDS, for_tests=for_tests)
        with admin(embedded) as connection:
            creates = connection.execute("SELECT rolcreatedb FROM pg_roles WHERE rolname = 'trueline_owner'").fetchone()
        assert creates == (for_tests,)


def test_a_second_bootstrap_changes_nothing(embedded):
    first = bootstrap(embedded, PASSWORDS)
    assert missing(embedded, PASSWORDS) is None
    with admin(embedded) as connection:
        before = connection.execute("SELECT rolname, rolpassword FROM pg_authid ORDER BY 1").fetchall()
        assert bootstrap(embedded, PASSWORDS) == first
        assert connection.execute("SELECT rolname, rolpassword FROM pg_authid ORDER BY 1").fetchall() == before


def test_processes_that_bootstrap_at_once_do_not_disturb_each_other(embedded):
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _: bootstrap(embedded, PASSWORDS), range(3)))
    assert made[0] == made[1] == made[2]
    assert missing(embedded, PASSWORDS) is None


def test_what_was_spoilt_is_mended(embedded):
    database = bootstrap(embedded, PASSWORDS)
    with admin(embedded) as connection:
        for spoil in (
            "ALTER ROLE trueline_app BYPASSRLS",
            "ALTER ROLE trueline_owner SUPERUSER",
            "REVOKE trueline_reader FROM trueline_app",
            "GRANT CONNECT ON DATABASE trueline TO PUBLIC",
            "REVOKE TEMPORARY ON DATABASE trueline FROM trueline_app",
            "ALTER ROLE trueline_system PASSWORD 'other'",
        ):
            connection.execute(spoil)
            assert missing(embedded, PASSWORDS) is not None, spoil
            assert bootstrap(embedded, PASSWORDS) == database
            assert missing(embedded, PASSWORDS) is None, spoil


def test_a_new_secret_key_gets_into_our_own_server(embedded):
    old = bootstrap(embedded, OTHERS)
    assert ask(bootstrap(embedded, PASSWORDS).url("app"), "SELECT 1") == (1,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(old.url("app"))


def test_an_outside_login_that_may_create_roles_makes_everything(embedded):
    server = outside(embedded, "CREATEROLE CREATEDB")
    database = bootstrap(server, PASSWORDS)
    assert ask(database.url("owner"), "SELECT current_database()") == ("trueline",)
    assert database.options == {"connect_timeout": "5"}
    assert missing(server, PASSWORDS) is None
    assert bootstrap(server, PASSWORDS) == database


def test_an_outside_database_that_is_named_is_the_one_that_is_used(embedded):
    server = outside(embedded, "CREATEROLE CREATEDB", dbname="theirs")
    assert bootstrap(server, PASSWORDS).name == "theirs", "made, since it was not there"
    assert ask(bootstrap(server, PASSWORDS).url("app"), "SELECT current_database()") == ("theirs",)


def test_an_outside_database_of_the_login_is_handed_to_the_owner(embedded):
    server = outside(embedded, "CREATEROLE CREATEDB", dbname="theirs")
    with admin(embedded) as connection:
        connection.execute("CREATE DATABASE theirs OWNER dba")
    database = bootstrap(server, PASSWORDS)
    with psycopg.connect(database.url("owner")) as connection:
        connection.execute("CREATE TABLE mine (i int)")


def test_an_outside_login_without_the_right_gets_the_script_that_makes_it_work(embedded):
    server = outside(embedded, "", name="nobody")
    with pytest.raises(RolesError, match="the login nobody may not make them") as refused:
        bootstrap(server, PASSWORDS)
    script = refused.value.script
    assert not any(password in script for password in PASSWORDS.values())
    with admin(embedded) as connection:
        for statement in script.split(";\n"):
            connection.execute(statement)
    assert ask(bootstrap(server, PASSWORDS).url("app"), "SELECT 1") == (1,)
    assert missing(server, PASSWORDS) is None


def test_another_installation_at_work_is_not_locked_out(embedded):
    server = outside(embedded, "CREATEROLE CREATEDB")
    theirs = bootstrap(server, OTHERS)
    with psycopg.connect(theirs.url("app")) as busy:
        with pytest.raises(RolesError, match="another secret key is at work"):
            bootstrap(server, PASSWORDS)
        assert busy.execute("SELECT 1").fetchone() == (1,)
    assert ask(theirs.url("app"), "SELECT 1") == (1,)


def test_a_server_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(OutsideError, match="does not let us in"):
        bootstrap(OutsideServer(f"postgresql://u:topsecret@/d?host={tmp_path}"), PASSWORDS)


def test_a_url_that_is_none_is_one_sentence_without_the_password():
    with pytest.raises(OutsideError) as refused:
        bootstrap(OutsideServer("postgresql://u:topsecret@h:port:port/d?=&"), PASSWORDS)
    assert "topsecret" not in str(refused.value)


def test_the_urls_have_the_names_that_the_settings_read(embedded):
    database = bootstrap(embedded, PASSWORDS)
    assert database.environ() == {
        "TRUELINE_DATABASE_OWNER_URL": database.url("owner"),
        "TRUELINE_DATABASE_APP_URL": database.url("app"),
        "TRUELINE_DATABASE_SYSTEM_URL": database.url("system"),
    }
    assert not any(password in repr(database) for password in PASSWORDS.values())


def test_too_old_a_server_is_one_sentence(embedded, monkeypatch):
    monkeypatch.setattr(module, "OLDEST_SERVER", 990000)
    with pytest.raises(OutsideError, match="Trueline needs 99 or newer"):
        bootstrap(embedded, PASSWORDS)
