"""The database of the tests: PostgreSQL always, the application's own roles always, a fresh copy for each process.

Migrations run once into a template whose name is a digest of all migration files; each test process copies it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from tests.early import HOME
from trueline.kit.postgres.bootstrap import Database, bootstrap
from trueline.kit.postgres.roles import APP, OWNER, SYSTEM, role_passwords
from trueline.kit.postgres.server import Server, provide

ROLE_OF = {"default": APP, "owner": OWNER, "system": SYSTEM}
_PREFIX = "trueline_test_"
_ROOT = Path(__file__).parents[1]


@contextmanager
def test_database() -> Iterator[None]:
    """A migrated, empty database for this process alone; every alias of Django points at it."""
    with provide(HOME, {}, durable=False) as server:
        database = bootstrap(server, role_passwords(settings.SECRET_KEY.encode()), for_tests=True)
        name = f"{_PREFIX}{os.getpid()}"
        _sweep(server)
        _copy(server, _template(server, database), name)
        point_at(database, name)
        yield
        connections.close_all()
        _as_admin(server, sql.SQL("drop database if exists {} with (force)"), name)


def point_at(database: Database, name: str) -> None:
    """Let every alias use that database, each as its own role."""
    for alias, role in ROLE_OF.items():
        connections.settings[alias].update(
            NAME=name, USER=role, PASSWORD=database.passwords[role], HOST=database.host, PORT=database.port
        )
        connections[alias].close()


def _template(server: Server, database: Database) -> str:
    name = f"trueline_template_{_fingerprint()}"
    with (HOME / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists(server, name):
            _create(server, f"{name}_draft")
            point_at(database, f"{name}_draft")
            call_command("migrate", database="owner", verbosity=0)
            connections.close_all()
            _as_admin(server, sql.SQL("alter database {} rename to {}"), f"{name}_draft", name)
    return name


def _fingerprint() -> str:
    hashed = hashlib.sha256()
    for path in [*sorted(_ROOT.glob("src/trueline/*/migrations/*.py")), _ROOT / "requirements" / "run.txt"]:
        hashed.update(path.read_bytes())
    hashed.update((_ROOT / "src/trueline/kit/database/schema.py").read_bytes())
    return hashed.hexdigest()[:12]


def _sweep(server: Server) -> None:
    """Drop what processes have left behind that were killed."""
    with psycopg.connect(server.admin_url) as connection:
        found = connection.execute("select datname from pg_database where datname like %s", [f"{_PREFIX}%"]).fetchall()
    for (name,) in found:
        if not Path(f"/proc/{name.removeprefix(_PREFIX)}").exists():
            _as_admin(server, sql.SQL("drop database if exists {} with (force)"), name)


def _exists(server: Server, name: str) -> bool:
    with psycopg.connect(server.admin_url) as connection:
        return connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


def _create(server: Server, name: str) -> None:
    _as_admin(server, sql.SQL("drop database if exists {} with (force)"), name)
    _as_admin(server, sql.SQL("create database {} owner trueline_owner"), name)


def _copy(server: Server, template: str, name: str) -> None:
    _as_admin(server, sql.SQL("drop database if exists {} with (force)"), name)
    _as_admin(server, sql.SQL("create database {} owner trueline_owner template {}"), name, template)


def _as_admin(server: Server, statement: sql.SQL, *names: str) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        connection.execute(statement.format(*map(sql.Identifier, names)))


def empty() -> None:
    """Remove every row that a test has committed; reference rows of migrations stay."""
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    with connections["owner"].cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall() if name not in kept]
        cursor.execute("select tgrelid::regclass::text from pg_trigger where tgtype & 32 > 0 and not tgisinternal")
        guarded = [name for (name,) in cursor.fetchall()]
        for name in guarded:
            cursor.execute(f"alter table {name} disable trigger user")
        cursor.execute("truncate " + ", ".join(tables) + " cascade")
        for name in guarded:
            cursor.execute(f"alter table {name} enable trigger user")
