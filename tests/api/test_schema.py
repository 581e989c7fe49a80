"""What the description says is what is answered, for each role and for whatever is sent (D-62)."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import key_of
from tests.samples import Captured
from tests.worlds import World
from trueline.api.declared import api
from trueline.api.description import described
from trueline.api.urls import urlpatterns
from trueline.config.wsgi import application
from trueline.workspaces import rules

assert urlpatterns  # makes every operation known
ROLES = ("owner", "viewer", "stranger", "nobody")
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
SCHEMA = schemathesis.openapi.from_dict(described(api))
SCHEMA.app = application


@pytest.fixture
def people(world: World, captured: Captured, monkeypatch: Any) -> dict[str, str]:
    monkeypatch.setattr(rules, "REQUESTS_PER_KEY", 10**6)
    monkeypatch.setattr(rules, "REQUESTS_PER_WORKSPACE", 10**6)
    # The transaction of the test must outlive a request, as it does with Django's own test client.
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda _: None)
    tokens = {name: key_of(world.workspace, getattr(world, name)) for name in ("owner", "viewer")}
    return tokens | {"stranger": key_of(world.other_workspace, world.stranger), "nobody": ""}


pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the tool closes no upload


def _short() -> Any:
    return settings(
        max_examples=3,
        deadline=None,
        derandomize=True,
        database=None,
        # Not the tool's explicit cases: describing them, it overflows the parser of Python 3.11 now and then.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("role", ROLES)
@SCHEMA.parametrize()
@_short()
def test_every_answer_is_as_described(case: Any, role: str, people: dict[str, str]) -> None:
    status = _ask(case, people[role])
    if role == "nobody":
        assert status in {401, 404, 405}
    elif role == "stranger" and "workspace" in case.path_parameters:
        assert status in {404, 405}  # which methods there are is no secret


def _ask(case: Any, token: str) -> int:
    """The status of an answer that is as described."""
    case.path_parameters |= {
        name: known for name, known in (("workspace", "acme"), ("environment", "north")) if name in case.path_parameters
    }
    case.headers = {name: value for name, value in case.headers.items() if name != "Authorization"}
    if token:
        case.headers["Authorization"] = f"Bearer {token}"
    response = case.call()
    case.validate_response(response, checks=CHECKS)
    return int(response.status_code)
