"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connections
from django.test import Client

from tests import database
from tests.worlds import World, small_world
from trueline.workspaces.models import User


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The database, once for each test process."""
    with django_db_blocker.unblock(), database.test_database():
        yield


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Real commits, for what needs several connections: workers, races, killed processes. Emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        database.empty()
        connections.close_all()


@pytest.fixture
def world(db: None) -> World:
    """One small world: an owner, an approver, a viewer and a stranger who must see nothing."""
    return small_world()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of that person."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
