"""An environment is connected once, whoever comes first."""

from __future__ import annotations

from typing import Any

from tests.worlds import World
from trueline.connections import actions, queries
from trueline.connections.models import Connection


def test_of_two_that_connect_in_the_same_moment_the_second_takes_what_is_there(world: World, monkeypatch: Any) -> None:
    with world.scope() as scope:
        first = actions.connect_export(scope, world.environment, "exports", actor=scope.actor)
        monkeypatch.setattr(queries, "connection_of", lambda *_: None)  # it had not been there a moment before
        assert actions.connect_export(scope, world.environment, "exports", actor=scope.actor) == first
        assert Connection.objects.count() == 1
