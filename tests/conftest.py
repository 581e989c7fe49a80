"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, settings

from tests import database
from tests.layers import ORDER, Layers, layer_of
from tests.samples import Captured, captured_world
from tests.worlds import World, small_world
from trueline.workspaces.models import User

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

STANDING = Layers()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In each module, tests that begin with the same follow one another."""
    place = {path: number for number, path in enumerate(dict.fromkeys(item.path for item in items))}
    items.sort(key=lambda item: (place[item.path], ORDER.index(layer_of(item))))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Nothing stands that the test did not ask for, before its first fixture is made."""
    STANDING.clear(layer_of(item))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The database, once for each test process."""
    with django_db_blocker.unblock(), database.test_database():
        yield
        STANDING.clear()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Real commits, for what needs several connections: workers, races, killed processes. Emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        database.empty()
        connections.close_all()


@pytest.fixture(autouse=True)
def _standing(request: pytest.FixtureRequest) -> None:
    """What the test begins with, standing before its own transaction begins."""
    layer = layer_of(request.node)
    if layer:
        request.getfixturevalue("django_db_setup")
        STANDING.build(layer, request.getfixturevalue("django_db_blocker").unblock)


@pytest.fixture
def world(db: None) -> World:
    """One small world: an owner, an approver, a viewer and a stranger who must see nothing."""
    return STANDING.made("world") or small_world()


@pytest.fixture
def captured(world: World, tmp_path: Path) -> Captured:
    """Both environments captured, one of them differing from the other's standard."""
    return STANDING.made("captured") or captured_world(world, tmp_path)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of that person."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
