"""Nothing of a workspace stays on a pooled connection (D-7): 200 pieces of work of A and B share two connections."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.test import Client, RequestFactory

from tests.worlds import World, small_world
from trueline.kit.database.base import DatabaseWrapper
from trueline.kit.database.context import current_workspace, reading, within
from trueline.kit.scope import Actor, ActorKind
from trueline.web.middleware import RequestTransaction
from trueline.workspaces.actions import make_sign_in_link
from trueline.workspaces.models import Environment, User, Workspace

PIECES, SIZE, WORKERS = 200, 2, 6


@pytest.fixture
def pooled(committed: None) -> Iterator[World]:
    """The world, committed, behind a pool of two connections."""
    world = small_world()
    options = connections.settings["default"]["OPTIONS"]
    connections["default"].close()
    options["pool"] = {"min_size": SIZE, "max_size": SIZE, "timeout": 20}
    del connections["default"]
    yield world
    connections["default"].close()
    connections["default"].close_pool()
    del options["pool"]
    del connections["default"]


@dataclass(frozen=True, slots=True)
class Side:
    """One workspace, a browser of its owner, and what only it contains."""

    workspace: Workspace
    cookies: dict[str, str]
    other_slug: str

    def browser(self) -> Client:
        client = Client(raise_request_exception=False)
        for name, value in self.cookies.items():
            client.cookies[name] = value
        return client


def _side(workspace: Workspace, owner: User, other: Workspace) -> Side:
    client = Client()
    client.post(f"/sign-in/{make_sign_in_link(owner, actor=Actor(ActorKind.SYSTEM, 'tests', 'tests'))}")
    return Side(workspace, {name: morsel.value for name, morsel in client.cookies.items()}, other.slug)


def own_rows(side: Side) -> None:
    assert list(Workspace.objects.values_list("id", flat=True)) == [side.workspace.pk]
    assert set(Environment.objects.values_list("workspace_id", flat=True)) <= {side.workspace.pk}


def a_page(side: Side) -> None:
    answer = side.browser().get(f"/w/{side.workspace.slug}/environments/")
    assert answer.status_code == 200
    assert f"/w/{side.other_slug}/" not in answer.content.decode()


def a_page_that_is_not_there(side: Side) -> None:
    assert side.browser().get(f"/w/{side.other_slug}/environments/").status_code == 404


def a_view_that_fails(side: Side) -> None:
    def view(request: HttpRequest) -> Any:
        with within(side.workspace.pk):
            own_rows(side)
            connection.cursor().execute("select 1 / 0")

    with pytest.raises(DatabaseError, match="division"):
        RequestTransaction(view)(RequestFactory().get("/"))


def a_rollback(side: Side) -> None:
    with within(side.workspace.pk), transaction.atomic():
        Environment.objects.create(workspace=side.workspace, slug="passing", name="Passing")
        own_rows(side)
        transaction.set_rollback(True)


def a_savepoint_that_fails(side: Side) -> None:
    with within(side.workspace.pk), transaction.atomic():
        with suppress(DatabaseError), transaction.atomic(), within(None):
            connection.cursor().execute("select 1 / 0")
        own_rows(side)


def a_read_as_the_reader(side: Side) -> None:
    with within(side.workspace.pk), reading(), transaction.atomic():
        own_rows(side)


def statements_of_their_own(side: Side) -> None:
    with within(side.workspace.pk):
        own_rows(side)


def a_stream_that_nobody_reads_to_the_end(side: Side) -> None:
    def lines() -> Iterator[bytes]:
        with within(side.workspace.pk), transaction.atomic():
            own_rows(side)
            yield b"first"
            yield b"never read"

    response = StreamingHttpResponse(lines())
    assert next(iter(response)) == b"first"
    response.close()


KINDS: tuple[Callable[[Side], None], ...] = (
    a_page,
    a_page_that_is_not_there,
    a_view_that_fails,
    a_rollback,
    a_savepoint_that_fails,
    a_read_as_the_reader,
    statements_of_their_own,
    a_stream_that_nobody_reads_to_the_end,
)


def _left_behind() -> tuple[str, str, int]:
    """Workspace and role that the connection still has, asked past our engine, and the rows it shows."""
    connection.ensure_connection()
    raw: Any = connection.connection
    query = """
        select coalesce(current_setting('app.workspace_id', true), ''), current_user,
          (select count(*) from workspaces_environment)
    """
    found = raw.execute(query).fetchone()
    return found[0], found[1], found[2]


def _piece(kind: Callable[[Side], None], side: Side) -> tuple[str, str, int]:
    try:
        kind(side)
        assert current_workspace() is None
        return _left_behind()
    finally:
        connection.close()  # as Django does at the end of a request: back to the pool


def test_two_connections_serve_two_workspaces_and_keep_nothing(pooled: World) -> None:
    sides = [
        _side(pooled.workspace, pooled.owner, pooled.other_workspace),
        _side(pooled.other_workspace, pooled.stranger, pooled.workspace),
    ]
    connection.close()
    pieces = [(KINDS[number % len(KINDS)], sides[number // len(KINDS) % 2]) for number in range(PIECES)]
    random.Random(7).shuffle(pieces)
    with ThreadPoolExecutor(WORKERS) as workers:
        left = list(workers.map(lambda piece: _piece(*piece), pieces))
    assert left == [("", "trueline_app", 0)] * PIECES
    pool = DatabaseWrapper._connection_pools["default"]
    assert pool.get_stats()["pool_max"] == SIZE
    assert pool.get_stats()["connections_num"] <= SIZE


def test_what_somebody_left_on_a_connection_is_never_seen(pooled: World) -> None:
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.execute("select set_config('app.workspace_id', %s, false)", [str(pooled.workspace.pk)])
    assert raw.execute("select count(*) from workspaces_environment").fetchone()[0] == 2  # the breach, as planted
    assert Environment.objects.count() == 0
    with transaction.atomic():
        assert Environment.objects.count() == 0
    with within(pooled.other_workspace.pk):
        assert list(Workspace.objects.values_list("id", flat=True)) == [pooled.other_workspace.pk]
    raw.execute("reset app.workspace_id")
