"""The roles of Trueline and the SQL that makes them; text only, no connection.

owner   migrates: owns the database, no superuser.       app     serves pages and jobs under row level security.
reader  no login; app turns into it for safe methods.    system  narrow sweeps across workspaces.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from trueline.kit.digest import keyed

OWNER = "trueline_owner"
APP = "trueline_app"
READER = "trueline_reader"
SYSTEM = "trueline_system"
LOGINS = (OWNER, APP, SYSTEM)
DATABASE = "trueline"
# From here on INHERIT and SET belong to a membership; before, INHERIT belonged to the member.
MEMBERSHIP_OPTIONS_VERSION = 160000
SCRAM_ROUNDS = 4096
_PLAIN = "NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a script shall make.

    Attributes:
        database: Name of the database.
        server_version: As PostgreSQL counts it, for example 180006.
        for_tests: True lets the owner create test databases.
    """

    database: str
    server_version: int
    for_tests: bool = False


def role_password(secret: bytes, role: str) -> str:
    """HMAC-SHA-256 of the role's name under the installation's secret key, as hex.

    So every machine that holds the key can log in, and the key cannot be read back from a password.
    """
    return keyed(secret, b"trueline/postgres/role/" + role.encode())


def role_passwords(secret: bytes) -> dict[str, str]:
    """The password of each role that can log in."""
    return {role: role_password(secret, role) for role in LOGINS}


def scram_verifier(password: str, salt: bytes) -> str:
    """What PostgreSQL stores for a password: RFC 5802 and 7677, as `SCRAM-SHA-256$<rounds>:<salt>$<stored>:<server>`.

    Sent in place of the password, it keeps the password out of the server's log and of a script.
    """
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, SCRAM_ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    encoded = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${SCRAM_ROUNDS}:{encoded[0]}${encoded[1]}:{encoded[2]}"


def quoted(name: str) -> str:
    """An identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string of SQL; backslashes are plain under standard_conforming_strings."""
    return "'" + text.replace("'", "''") + "'"


def create_role(role: str, wish: Wish) -> str:
    """The statement that makes a role."""
    login = "LOGIN" if role in LOGINS else "NOLOGIN"
    databases = "CREATEDB" if role == OWNER and wish.for_tests else "NOCREATEDB"
    inherit = "NOINHERIT" if role == APP and wish.server_version < MEMBERSHIP_OPTIONS_VERSION else "INHERIT"
    return f"CREATE ROLE {role} {login} {databases} {inherit} {_PLAIN}"


def create_role_if_missing(role: str, wish: Wish) -> str:
    """The same, for a server on which some of the roles may be there."""
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{role}') "
        f"THEN {create_role(role, wish)}; END IF; END $$"
    )


def set_password(role: str, verifier: str) -> str:
    """The statement that gives a role its password."""
    return f"ALTER ROLE {role} PASSWORD {literal(verifier)}"


def grant_membership(role: str, member: str, wish: Wish) -> str:
    """The member may turn into the role by SET ROLE; it does not have the role's rights without doing so."""
    options = " WITH INHERIT FALSE, SET TRUE" if wish.server_version >= MEMBERSHIP_OPTIONS_VERSION else ""
    return f"GRANT {role} TO {member}{options}"


def database_grants(database: str) -> list[str]:
    """Who may connect, and make the temporary tables that a bulk load needs."""
    return [
        f"REVOKE ALL ON DATABASE {quoted(database)} FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {quoted(database)} TO {APP}, {SYSTEM}",
    ]


def memberships(wish: Wish) -> list[str]:
    """Reader for the app; system for the owner, so that a migration can hand a function to it."""
    return [grant_membership(READER, APP, wish), grant_membership(SYSTEM, OWNER, wish)]


def administrator_script(wish: Wish, verifiers: dict[str, str], *, database_exists: bool) -> str:
    """SQL, to be run by a superuser, that makes everything Trueline needs; what is already right stays as it is.

    Args:
        wish: What to make.
        verifiers: SCRAM verifier of each login, so the script holds no password.
        database_exists: Whether the database is there and only changes its owner.
    """
    name = quoted(wish.database)
    database = f"ALTER DATABASE {name} OWNER TO {OWNER}" if database_exists else f"CREATE DATABASE {name} OWNER {OWNER}"
    statements = [
        *(create_role_if_missing(role, wish) for role in (*LOGINS, READER)),
        *(set_password(role, verifier) for role, verifier in verifiers.items()),
        *memberships(wish),
        database,
        *database_grants(wish.database),
    ]
    return "".join(f"{statement};\n" for statement in statements)
