"""The client: every operation of the description has its method, and what it sends is what the interface takes."""

from __future__ import annotations

import inspect
import io
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser

from tests.api.conftest import Caller
from trueline import client as module
from trueline.api.declared import OPERATIONS
from trueline.api.urls import urlpatterns
from trueline.client import ApiProblem, Client

assert urlpatterns  # makes every operation known


@pytest.fixture
def sent(monkeypatch: Any) -> list[Any]:
    """Let the client speak to the interface in this process; gives what it has sent."""
    requests: list[Any] = []

    def answer(request: Any, timeout: float) -> Any:
        requests.append(request)
        parts = urlsplit(request.full_url)
        headers = {name.lower(): value for name, value in request.header_items()}
        kind = headers.pop("content-type", "")
        found = Browser(raise_request_exception=False).generic(
            request.method, f"{parts.path}?{parts.query}", request.data or b"", content_type=kind, headers=headers
        )
        if found.status_code >= 400:
            raise HTTPError(request.full_url, found.status_code, "", found.headers, io.BytesIO(found.content))  # type: ignore[arg-type]  # it is asked by name only
        return io.BytesIO(found.content)

    monkeypatch.setattr(module, "urlopen", answer)
    return requests


@pytest.fixture
def client(owner: Caller) -> Client:
    return Client("http://testserver/", owner.token, "acme")


def test_every_operation_has_its_method_and_every_method_its_operation() -> None:
    public = {name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")}
    methods = public - {"pages"}
    assert methods == {item.name for item in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS, ids=[item.name for item in OPERATIONS])
def test_a_method_goes_to_the_address_of_its_operation(operation: Any, monkeypatch: Any, tmp_path: Any) -> None:
    gone: list[tuple[str, str]] = []
    monkeypatch.setattr(Client, "_fetch", lambda _self, method, place, *_: gone.append((method, place)))
    method = getattr(Client("http://testserver", "tl", "{workspace}"), operation.name)
    names = [one for one in inspect.signature(method).parameters.values() if one.default is one.empty]
    given = [
        tmp_path / "export.zip" if one.name in {"export", "traces"} else "x"
        for one in names
        if one.kind != one.VAR_KEYWORD
    ]
    (tmp_path / "export.zip").write_bytes(b"")
    if operation.name == "create_key":
        given = ["x", ["findings.view"], datetime(2026, 11, 20, tzinfo=UTC)]
    if operation.name == "create_service_account":
        given = ["x", "viewer", datetime(2026, 11, 20, tzinfo=UTC)]
    if operation.name == "replay":
        given = ["x", datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)]
    method(*given)
    shape = [part if not part.startswith("{") else None for part in f"/api/v1{operation.path}".split("/")]
    (sent_by, place) = gone[0]
    parts = place.partition("?")[0].split("/")
    assert sent_by == operation.method
    assert len(parts) == len(shape)
    assert all(wanted in (None, part) for wanted, part in zip(shape, parts, strict=True))


def test_it_walks_pages_and_sends_filters(client: Client, sent: Any, captured: Any) -> None:
    assert len(list(client.pages(client.list_findings, state="open", limit=1))) == 3
    assert len(sent) == 3


def test_it_writes_and_hands_over_files(client: Client, sent: Any, tmp_path: Any, captured: Any) -> None:
    assert client.create_environment("East")["slug"] == "east"
    export = tmp_path / "export.json"
    export.write_text("{}")
    run = client.start_capture("north", export, captured.snapshot.observed_at)
    assert client.cancel_run(run["id"])["outcome"] == "cancelled"
    member = client.list_members()["items"][0]
    assert client.set_role(member["id"], "viewer")["role"] == "viewer"
    assert client.remove(member["id"]) == {}


def test_a_problem_is_raised_with_its_code(client: Client, sent: Any) -> None:
    with pytest.raises(ApiProblem) as refused:
        client.get_environment("never-was")
    assert (refused.value.status, refused.value.code) == (404, "not_found")
    assert refused.value.next_step


def test_a_broken_connection_is_tried_once_more_with_the_same_key(client: Client, monkeypatch: Any) -> None:
    keys: list[str] = []

    def broken(request: Any, timeout: float) -> Any:
        keys.append(request.get_header("Idempotency-key"))
        raise URLError("reset")

    monkeypatch.setattr(module, "urlopen", broken)
    with pytest.raises(URLError):
        client.create_environment("East")
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_an_address_that_is_no_web_address_is_refused() -> None:
    with pytest.raises(ValueError, match="https"):
        Client("file:///srv", "tl", "acme")
