"""What tests of the interface may ask for: a caller with a key of each person."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.worlds import World
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.kit.digest import sha256
from trueline.kit.sealing import KeyFile
from trueline.workspaces import access
from trueline.workspaces.models import ApiKey, User, Workspace
from trueline.workspaces.rules import KeyToken, capabilities_of


def key_of(workspace: Workspace, user: User, **given: Any) -> str:
    """A key of that person with all they hold, made as the action makes it but for members who may make none."""
    with within(workspace.pk):
        scope = access.enter(user, workspace.pk)
        token = KeyToken(workspace.pk, secrets.token_urlsafe(32))
        ApiKey.objects.create(
            workspace=workspace,
            name=f"key of {user}",
            prefix=token.prefix,
            token_digest=sha256(str(token).encode()),
            creator=user,
            **{
                "capabilities": sorted(capabilities_of(scope.role)),
                "expires_at": clock.now() + timedelta(days=1),
                **given,
            },
        )
    return str(token)


@dataclass(frozen=True)
class Caller:
    """A program with a key."""

    token: str
    workspace: str = "acme"

    def __call__(self, method: str, path: str, content: Any = None, **headers: str) -> Any:
        """Ask for a path below the workspace; a content is sent as JSON."""
        address = path if path.startswith("/api/") else f"/api/v1/workspaces/{self.workspace}{path}"
        sent = {"authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = b"" if content is None else json.dumps(content).encode()
        client = Client(raise_request_exception=False)
        return client.generic(method, address, body, content_type="application/json" if body else "", headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, content: Any = None, **headers: str) -> Any:
        return self("POST", path, content, **headers)


@pytest.fixture
def callers(world: World) -> dict[str, Caller]:
    """A program of each person of the world, and one without a key."""
    found = {
        name: Caller(key_of(world.workspace, getattr(world, name)))
        for name in ("owner", "approver", "operator", "viewer", "customer")
    }
    return found | {"stranger": Caller(key_of(world.other_workspace, world.stranger)), "nobody": Caller("")}


@pytest.fixture
def owner(callers: dict[str, Caller]) -> Caller:
    return callers["owner"]


@pytest.fixture(autouse=True)
def _keys(tmp_path: Any, settings: Any) -> None:
    """What seals the addresses of destinations."""
    settings.KEY_ENCRYPTION = KeyFile(tmp_path / "sealing.keys")
