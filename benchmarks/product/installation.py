"""An installation of its own, with one workspace and as many environments as a measurement needs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from trueline.config.opening import LocalInstallation
from trueline.config.providers import wire_providers
from trueline.kit.postgres.server import provide

if TYPE_CHECKING:
    from trueline.kit.scope import Scope

HOME = Path(__file__).parents[2] / "var" / "bench"


@contextmanager
def opened(*, is_kept: bool = False) -> Iterator[None]:
    """The database, migrated and empty (or as a process before has left it), with Django ready."""
    os.environ["TRUELINE_HOME"] = str(HOME)
    os.environ["TRUELINE_SECRET_KEY"] = "benchmarks-only-" + "0" * 40
    os.environ.setdefault("TRUELINE_STATEMENT_TIMEOUT_MS", "600000")
    wire_providers()
    with LocalInstallation().database():
        if not is_kept:
            _empty()
        yield


@contextmanager
def administrator() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A superuser's connection to the database that is measured."""
    with provide(HOME, {}) as server:
        url = server.admin_url.replace("/postgres?", "/trueline?")
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection


def _empty() -> None:
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    with administrator() as connection:
        found = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        tables = ", ".join(str(name) for (name,) in found if name not in kept)
        connection.execute("set session_replication_role = replica")  # past the guard of the audit trail
        connection.execute(f"truncate {tables} cascade")


@contextmanager
def scope() -> Iterator[Scope]:
    """A new workspace, entered as its owner."""
    from trueline.kit import ids  # noqa: PLC0415 - Django must be ready first
    from trueline.kit.database.context import within  # noqa: PLC0415 - the same
    from trueline.kit.scope import Actor, ActorKind  # noqa: PLC0415 - the same
    from trueline.workspaces import access  # noqa: PLC0415 - the same
    from trueline.workspaces.actions import create_person, create_workspace  # noqa: PLC0415 - the same

    maker = Actor(ActorKind.SYSTEM, "benchmarks", "benchmarks")
    owner = create_person(f"{ids.new()}@example.org", "Owner", actor=maker)
    workspace = create_workspace("Bench", owner=owner, actor=access.person(owner))
    with within(workspace.pk):
        yield access.enter(owner, workspace.pk)
