"""Roles and database, made when missing, on our own server and on one that somebody else runs: `bootstrap`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import psycopg
from psycopg import conninfo, errors

from trueline.kit.postgres import roles
from trueline.kit.postgres.errors import OutsideError, RolesError
from trueline.kit.postgres.roles import Wish

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from trueline.kit.postgres.server import Server

Connection = psycopg.Connection[tuple["Any", ...]]

# Any number, the same in every process: two that start at once make the roles one after the other.
ADVISORY_LOCK = 7_402_281_590
CONNECT_SECONDS = 5
APPLICATION_NAME = "trueline bootstrap"
# As PostgreSQL counts versions.
OLDEST_SERVER = 150000
MAINTENANCE = "postgres"
# Databases that belong to nobody in particular: a URL that names one asks for Trueline's own database.
NEUTRAL_DATABASES = frozenset({"", "postgres", "template1", "defaultdb"})
ENVIRONMENT_NAMES = {
    "owner": "TRUELINE_DATABASE_OWNER_URL",
    "app": "TRUELINE_DATABASE_APP_URL",
    "system": "TRUELINE_DATABASE_SYSTEM_URL",
}
_ROLE_OF = {"owner": roles.OWNER, "app": roles.APP, "system": roles.SYSTEM}
_OWN_PARAMETERS = frozenset({"host", "port", "user", "password", "dbname", "passfile", "service"})


@dataclass(frozen=True, slots=True)
class Database:
    """The database of an installation and how each role logs in.

    Attributes:
        host: Folder of the socket, or a host name; empty for the default of libpq.
        port: Port, as text, since libpq takes lists; empty for its default.
        name: Name of the database.
        options: Other connection parameters that were given, such as `sslmode`.
    """

    host: str
    port: str
    name: str
    passwords: Mapping[str, str] = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)

    def url(self, role: str) -> str:
        """Connection URL of `owner`, `app` or `system`; it holds the password."""
        login = _ROLE_OF[role]
        known = {"host": self.host, "port": self.port, **self.options}
        query = urlencode({key: value for key, value in known.items() if value}, quote_via=quote, safe="")
        return f"postgresql://{login}:{self.passwords[login]}@/{quote(self.name, safe='')}?{query}"

    def environ(self) -> dict[str, str]:
        """The three URLs under the names that the settings read, for this process or one it starts."""
        return {name: self.url(role) for role, name in ENVIRONMENT_NAMES.items()}


def bootstrap(server: Server, passwords: Mapping[str, str], *, for_tests: bool = False) -> Database:
    """Roles and database exist and this installation can log in as each role.

    Args:
        server: From `provide`.
        passwords: From `roles.role_passwords`.
        for_tests: True lets the owner create test databases.

    Raises:
        OutsideError: The server does not answer, or is too old.
        RolesError: Something is missing and the login may not make it; `script` is what an administrator must run.
    """
    given, database = _target(server, passwords)
    if _is_complete(database, for_tests=for_tests, is_outside=server.is_outside):
        return database
    with _connect_administrator(given) as connection:
        _make(connection, _wish(connection, database, for_tests=for_tests), database, is_outside=server.is_outside)
    return database


def missing(server: Server, passwords: Mapping[str, str]) -> str | None:
    """The SQL that would make what is missing, for an administrator; None when nothing is. Changes nothing.

    Raises:
        OutsideError: The server does not answer, or is too old.
    """
    given, database = _target(server, passwords)
    if any(_is_complete(database, for_tests=wanted, is_outside=server.is_outside) for wanted in (False, True)):
        return None
    with _connect_administrator(given) as connection:
        return _script(connection, _wish(connection, database), passwords)


def _target(server: Server, passwords: Mapping[str, str]) -> tuple[dict[str, str], Database]:
    given = {key: str(value) for key, value in _parameters(server.admin_url).items()}
    return given, _database(given, passwords, server)


def _wish(connection: Connection, database: Database, *, for_tests: bool = False) -> Wish:
    version = connection.info.server_version
    if version < OLDEST_SERVER:
        raise OutsideError(
            f"The server is PostgreSQL {version // 10000}, and Trueline needs {OLDEST_SERVER // 10000} or newer.",
            next_step="Set DATABASE_URL to a newer server.",
        )
    return Wish(database.name, version, for_tests)


def _parameters(url: str) -> dict[str, Any]:
    try:
        return conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        # The message of libpq repeats the URL, which holds a password.
        raise OutsideError(
            "DATABASE_URL is not a connection URL of PostgreSQL.", next_step="Use postgresql://user:password@host/name."
        ) from error.with_traceback(None)


def _database(given: Mapping[str, str], passwords: Mapping[str, str], server: Server) -> Database:
    named = given.get("dbname", "")
    return Database(
        host=given.get("host", ""),
        port=given.get("port", ""),
        name=roles.DATABASE if named in NEUTRAL_DATABASES or not server.is_outside else named,
        passwords=dict(passwords),
        options={key: value for key, value in given.items() if key not in _OWN_PARAMETERS},
    )


def _is_complete(database: Database, *, for_tests: bool, is_outside: bool) -> bool:
    """True when every role can log in and has what it needs: nothing to make, and no administrator needed."""
    try:
        for role in ("app", "system"):
            _connect(database.url(role)).close()
        with _connect(database.url("owner")) as connection:
            row = connection.execute(_COMPLETE, {"for_tests": for_tests, "is_outside": is_outside}).fetchone()
    except errors.ConnectionTimeout as error:
        raise _no_answer(database.host, database.port, error) from error
    except psycopg.Error:
        return False
    return row is not None and bool(row[0])


# On a server that somebody else runs, CREATEDB may have been given on purpose and stays.
_COMPLETE = """
SELECT (SELECT count(*) = 4 AND NOT bool_or(rolsuper OR rolbypassrls OR rolcreaterole) FROM pg_catalog.pg_roles
         WHERE rolname IN ('trueline_owner', 'trueline_app', 'trueline_reader', 'trueline_system'))
   AND (SELECT rolcreatedb = %(for_tests)s OR rolcreatedb AND %(is_outside)s FROM pg_catalog.pg_roles
         WHERE rolname = 'trueline_owner')
   AND (SELECT datdba = 'trueline_owner'::regrole
               AND NOT EXISTS (SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE grantee = 0)
          FROM pg_catalog.pg_database WHERE datname = current_database())
   AND has_database_privilege('trueline_app', current_database(), 'TEMPORARY')
   AND has_database_privilege('trueline_system', current_database(), 'TEMPORARY')
   AND pg_has_role('trueline_app', 'trueline_reader', 'MEMBER')
   AND NOT pg_has_role('trueline_app', 'trueline_reader', 'USAGE')
   AND pg_has_role('trueline_owner', 'trueline_system', 'MEMBER')
"""


def _connect(url: str) -> Connection:
    return psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name=APPLICATION_NAME)


def _connect_administrator(given: Mapping[str, str]) -> Connection:
    """As the login that was given, in its own database; in the maintenance database while that does not exist yet."""
    try:
        return _connect(conninfo.make_conninfo("", **given))
    except psycopg.OperationalError as error:
        # The message is in the server's language, so a missing database is found by trying another one.
        fallback = _maintenance(given)
        if fallback is None:
            raise _no_answer(given.get("host", ""), given.get("port", ""), error) from error
        return fallback


def _maintenance(given: Mapping[str, str]) -> Connection | None:
    if given.get("dbname", "") in NEUTRAL_DATABASES:
        return None
    try:
        return _connect(conninfo.make_conninfo("", **{**given, "dbname": MAINTENANCE}))
    except psycopg.OperationalError:
        return None


def _no_answer(host: str, port: str, error: psycopg.Error) -> OutsideError:
    return OutsideError(
        f"The server {host or 'of DATABASE_URL'}:{port or '5432'} does not let us in: {_reason(error)}.",
        next_step="Check DATABASE_URL and that the server runs.",
    )


def _reason(error: psycopg.Error) -> str:
    """The part of libpq's message after host and port."""
    return str(error).strip().splitlines()[-1].rsplit("FATAL:", 1)[-1].strip().rstrip(".")


def _make(connection: Connection, wish: Wish, database: Database, *, is_outside: bool) -> None:
    connection.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
    try:
        without = _roles_without_password(connection, database)
        if is_outside:
            _refuse_to_lock_others_out(connection, wish, database.passwords, without)
        for statement in _statements(connection, wish, {role: database.passwords[role] for role in without}):
            connection.execute(statement.encode())
    except errors.InsufficientPrivilege as error:
        raise _needs_administrator(connection, wish, database.passwords) from error
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def _roles_without_password(connection: Connection, database: Database) -> list[str]:
    """The logins that do not exist, or whose password is not the one of this installation."""
    exists = _database_owner(connection, database.name) is not None
    where = replace(database, name=database.name if exists else connection.info.dbname)
    return [role for name, role in _ROLE_OF.items() if not _can_log_in(where.url(name))]


def _can_log_in(url: str) -> bool:
    try:
        _connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def _statements(connection: Connection, wish: Wish, passwords: Mapping[str, str]) -> list[str]:
    """What is missing, and only that: a managed server refuses even the statement that changes nothing."""
    there = _existing_roles(connection)
    missing = [role for role in (*roles.LOGINS, roles.READER) if role not in there]
    return [
        *(roles.create_role(role, wish) for role in missing),
        *_attribute_changes(there, wish),
        *(roles.set_password(role, verifier) for role, verifier in _verifiers(passwords).items()),
        *_memberships(connection, wish),
        *_database_statements(connection, wish),
    ]


def _existing_roles(connection: Connection) -> dict[str, dict[str, bool]]:
    rows = connection.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolinherit "
        "FROM pg_catalog.pg_roles WHERE rolname = ANY(%s)",
        [[*roles.LOGINS, roles.READER]],
    ).fetchall()
    names = ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "LOGIN", "INHERIT")
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def _attribute_changes(there: Mapping[str, Mapping[str, bool]], wish: Wish) -> list[str]:
    changes = []
    for role, attributes in there.items():
        wanted = dict.fromkeys(("SUPERUSER", "BYPASSRLS", "CREATEROLE"), False) | {"LOGIN": role in roles.LOGINS}
        if role == roles.OWNER:
            wanted["CREATEDB"] = wish.for_tests
        if role == roles.APP and wish.server_version < roles.MEMBERSHIP_OPTIONS_VERSION:
            wanted["INHERIT"] = False
        words = [name if value else f"NO{name}" for name, value in wanted.items() if attributes[name] != value]
        if words:
            changes.append(f"ALTER ROLE {role} {' '.join(words)}")
    return changes


def _verifiers(passwords: Mapping[str, str]) -> dict[str, str]:
    return {role: roles.scram_verifier(password, secrets.token_bytes(16)) for role, password in passwords.items()}


def _memberships(connection: Connection, wish: Wish) -> list[str]:
    """The grants, and for a login that is no superuser its own way into the role that will own the database."""
    connection_is_super = connection.info.parameter_status("is_superuser") == "on"
    login = connection.info.user
    own_way = [] if connection_is_super else [roles.grant_membership(roles.OWNER, roles.quoted(login), wish)]
    return [*own_way, *roles.memberships(wish)]


def _database_statements(connection: Connection, wish: Wish) -> list[str]:
    """The database and its grants; those as its owner, since a login that is no superuser owns it no more."""
    name = roles.quoted(wish.database)
    owner = _database_owner(connection, wish.database)
    made = [f"CREATE DATABASE {name} OWNER {roles.OWNER}"] if owner is None else []
    moved = [f"ALTER DATABASE {name} OWNER TO {roles.OWNER}"] if owner not in {None, roles.OWNER} else []
    return [*made, *moved, f"SET ROLE {roles.OWNER}", *roles.database_grants(wish.database), "RESET ROLE"]


def _database_owner(connection: Connection, name: str) -> str | None:
    """The owner's name, None when the database does not exist."""
    row = connection.execute(
        "SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = %s", [name]
    ).fetchone()
    return None if row is None else str(row[0])


def _refuse_to_lock_others_out(
    connection: Connection, wish: Wish, passwords: Mapping[str, str], without: list[str]
) -> None:
    """Other passwords on a shared server mean another installation: not changed while that one is at work.

    Raises:
        RolesError: Somebody is logged in now as a role whose password would change.
    """
    row = connection.execute(
        "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE usename = ANY(%s) AND application_name <> %s",
        [without, APPLICATION_NAME],
    ).fetchone()
    if row is not None and row[0]:
        raise RolesError(
            "Another installation of Trueline with another secret key is at work on this server.",
            next_step="Give this machine the same secret key, or use another server.",
            script=_script(connection, wish, passwords),
        )


def _needs_administrator(connection: Connection, wish: Wish, passwords: Mapping[str, str]) -> RolesError:
    return RolesError(
        f"The roles of Trueline are missing, and the login {connection.info.user} may not make them.",
        next_step="Let a database administrator run the SQL that `trueline doctor` prints, then start again.",
        script=_script(connection, wish, passwords),
    )


def _script(connection: Connection, wish: Wish, passwords: Mapping[str, str]) -> str:
    exists = _database_owner(connection, wish.database) is not None
    return roles.administrator_script(wish, _verifiers(passwords), database_exists=exists)
