"""What tests of traces may ask for: a system of agents, its ingest key, and a sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from trueline.kit import clock
from trueline.traces.looking import fold_all
from trueline.workspaces.actions import create_environment
from trueline.workspaces.actions_keys import create_api_key
from trueline.workspaces.rules import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpResponse

    from tests.worlds import World
    from trueline.workspaces.models import Environment

PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True)
class Agents:
    """A system of agents with a key that may send."""

    world: World
    environment: Environment
    token: str

    def send(
        self, body: Any, *, to: str = "traces", form: str = PROTOBUF, token: str = "", **headers: str
    ) -> HttpResponse:
        """One request of a sender; a path of the receiver by its last word."""
        sent = {"Authorization": f"Bearer {token or self.token}"} | headers
        return Client().post(f"/v1/{to}", body, content_type=form, CONTENT_TYPE=form, headers=sent)  # type: ignore[return-value]  # the client's answer is one

    def fold(self) -> int:
        """What the worker's loop does."""
        return fold_all()


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Path:
    """The folder of files."""
    settings.TRACES_PATH = tmp_path / "traces"
    return tmp_path / "traces"


@pytest.fixture
def agents(world: World, store: Path) -> Agents:
    """A system of agents, not yet connected."""
    return agents_of(world)


def agents_of(world: World) -> Agents:
    """Add it to a world."""
    with world.scope() as scope:
        made = create_environment(scope, "Shop agents", actor=scope.actor, kind=Kind.AGENTS)
        until = clock.now() + timedelta(days=30)
        _, token = create_api_key(scope, "sender", ["traces.write"], until, actor=scope.actor, environment_id=made.pk)
    return Agents(world, made, token)
