"""Every operation, found by itself: who gets in, who does not, in which order that is decided (D-11, D-13, D-15)."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from string import Template
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.test.client import encode_multipart

from tests.api.conftest import Caller, key_of
from tests.isolation.factories import Seeds, two_workspaces
from tests.isolation.routes import is_of_an_environment, model_of, routes
from tests.worlds import World, small_world
from trueline.api.asked import Operation
from trueline.api.declared import OPERATIONS, api
from trueline.api.description import described, sections
from trueline.api.doors import guard
from trueline.api.urls import urlpatterns
from trueline.audit.models import AuditEvent
from trueline.engine.rules.shipped import shipped_text
from trueline.findings.models import Finding
from trueline.inventory.models import Snapshot
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.workspaces import rules
from trueline.workspaces.models import EnvironmentGrant, Membership, User
from trueline.workspaces.rules import CAPABILITIES_OF, Capability, Role

_NAMED = re.compile(r"{(\w+):(\w+)}")
assert urlpatterns  # makes every operation known
INSIDE = [item for item in OPERATIONS if "{slug:workspace}" in item.path]
each = pytest.mark.parametrize("operation", INSIDE, ids=[item.name for item in INSIDE])
LINES = {entry.name: entry.curl for _, entries in sections(described(api)) for entry in entries}
ROLES = ("owner", "approver", "operator", "viewer", "customer")


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, Seeds, Seeds, dict[str, Caller]]]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = small_world()
        ours, theirs = two_workspaces(world)
        ours.every(), theirs.every()
        callers = {name: Caller(key_of(world.workspace, getattr(world, name))) for name in ROLES}
        callers["stranger"] = Caller(key_of(world.other_workspace, world.stranger))
        callers["nobody"] = Caller("")
        callers["guess"] = Caller(f"tl_{world.workspace.pk.hex}_{'A' * 43}")
        callers["narrowed"] = Caller(_narrowed(world, ours))
        yield world, ours, theirs, callers
        transaction.set_rollback(True)


def _narrowed(world: World, ours: Seeds) -> str:
    person = User.objects.create_user("narrowed@example.org", None, name="Nora Narrowed")
    with within(world.workspace.pk):
        membership = Membership.objects.create(workspace=world.workspace, user=person, role="manager")
        EnvironmentGrant.objects.create(
            workspace=world.workspace, membership=membership, environment=ours.environment, effect="exclude"
        )
    return key_of(world.workspace, person)


@pytest.fixture(autouse=True)
def undone(planted: Any, monkeypatch: Any) -> Iterator[None]:
    monkeypatch.setattr(rules, "REQUESTS_PER_KEY", 10**6)
    monkeypatch.setattr(rules, "REQUESTS_PER_WORKSPACE", 10**6)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def parameters(operation: Operation) -> dict[str, str]:
    return {name: converter for converter, name in _NAMED.findall(operation.path) if name != "workspace"}


def named(seeds: Seeds, operation: Operation) -> dict[str, str]:
    ways = parameters(operation)
    rows = {name: seeds.one(model_of(name)) for name in ways}
    return {name: str(row.slug if ways[name] == "slug" else row.pk) for name, row in rows.items()}


def ask(caller: Caller, operation: Operation, names: dict[str, str], seeds: Seeds, workspace: str = "acme") -> Any:
    """Ask with a content that has the right shape and names records of those seeds."""
    path = _NAMED.sub(lambda found: {**names, "workspace": workspace}[found[2]], operation.path)
    if operation.name == "compare_captures":
        path += f"?left={seeds.one(Snapshot).pk}&right={seeds.one(Snapshot).pk}"
    if operation.body.startswith("multipart"):
        return _upload(caller, path)
    return caller(operation.method, f"/api/v1{path}", _content(operation, seeds) if operation.body else None)


def _upload(caller: Caller, path: str, **files: Any) -> Any:
    body = encode_multipart("mark", {"observed_at": "2026-11-20T08:00:00Z", **files})
    sent = {"authorization": f"Bearer {caller.token}"} if caller.token else {}
    client = Client(raise_request_exception=False)
    kind = "multipart/form-data; boundary=mark"
    return client.generic("POST", f"/api/v1{path}", body, content_type=kind, headers=sent)


def _content(operation: Operation, seeds: Seeds) -> dict[str, Any]:
    snapshot, finding = str(seeds.one(Snapshot).pk), str(seeds.one(Finding).pk)
    return {
        "create_environment": {"name": "Made by a program"},
        "create_standard": {"name": "Made by a program", "capture_id": snapshot},
        "add_version": {"capture_id": snapshot},
        "assign_standard": {"environment": seeds.environment.slug},
        "release_environment": {"environment": seeds.environment.slug},
        "set_role": {"role": "viewer"},
        "move_findings": {"finding_ids": [finding], "verb": "take"},
        "change_terms": {"critical": 2},
        "undo_moves": {"finding_ids": [finding]},
        "assign_findings": {"finding_ids": [finding]},
        "label_findings": {"finding_ids": [finding], "add": ["made"]},
        "comment_finding": {"text": "Waits for the vendor."},
        "invite": {"email": "friend@example.org", "role": "viewer"},
        "create_service_account": {
            "name": "made",
            "role": "viewer",
            "expires_at": (clock.now() + timedelta(hours=9)).isoformat(),
        },
        "set_service_account": {"role": "viewer"},
        "create_destination": {
            "name": "Made by a program",
            "kind": "webhook",
            "address": "refused, since the seeds' data keys open nothing",
            "rule": {"events": ["finding.opened"]},
        },
        "change_destination": {"is_enabled": False},
        "replay": {"since": "2026-11-01T00:00:00Z", "until": "2026-11-02T00:00:00Z"},
        "begin_review": {"environment": seeds.environment.slug, "title": "Made by a program"},
        "create_review_cycle": {"environment": seeds.environment.slug, "title": "Made by a program"},
        "change_review_cycle": {"title": "Changed by a program"},
        "write_review": {"summary": "Two things matter."},
        "make_pack": {"audience": "internal", "language": "en"},
        "make_released_pack": {"language": "en"},
        "create_key": {
            "name": "made",
            "capabilities": ["findings.view"],
            "expires_at": (clock.now() + timedelta(hours=9)).isoformat(),
        },
        "take_world_model": {"text": shipped_text("airline")},
        "publish_model_version": {"is_unsigned_known": True},
        "start_scan": {"days": 7},
        "declare_graph_part": {"kind": "agent", "agent": "dispatcher"},
        "declare_prompt_template": {"agent": "dispatcher", "role": "system", "text": "Answer {{name}}."},
    }[operation.name]


def seen(answer: Any) -> tuple[Any, ...]:
    own = {"X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset"}
    return answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k not in own}


def test_every_address_of_the_interface_is_behind_the_door() -> None:
    walked = {route.path for route in routes() if getattr(route.policy, "kind", "") == "api"}
    declared = {item.path.replace("{", "<").replace("}", ">") for item in OPERATIONS}
    assert {path.removeprefix("api/v1") for path in walked} == declared
    assert len(OPERATIONS) >= 86
    assert len(urlpatterns) == len(declared) + 2
    assert guard.__module__ == "trueline.api.doors"


@each
def test_an_operation_declares_a_capability_that_exists(operation: Operation) -> None:
    assert operation.capability in set(Capability)


@each
def test_without_a_good_key_the_answer_is_401(operation: Operation, planted: Any) -> None:
    _, ours, _, callers = planted
    answers = [ask(callers[name], operation, named(ours, operation), ours) for name in ("nobody", "guess")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].headers["WWW-Authenticate"].startswith("Bearer")
    assert answers[0].content == answers[1].content


@each
def test_a_stranger_finds_what_never_existed(operation: Operation, planted: Any) -> None:
    _, ours, _, callers = planted
    names = named(ours, operation)
    there = ask(callers["stranger"], operation, names, ours)
    nowhere = ask(callers["stranger"], operation, names, ours, workspace="never-existed")
    assert there.status_code == 404
    assert seen(there) == seen(nowhere)


@each
@pytest.mark.parametrize("role", ROLES)
def test_the_capability_decides(role: str, operation: Operation, planted: Any) -> None:
    _, ours, _, callers = planted
    answer = ask(callers[role], operation, named(ours, operation), ours)
    if operation.capability not in CAPABILITIES_OF[Role(role)]:
        assert answer.status_code == 403, answer.content
        assert answer.json()["capability"] == operation.capability
    elif operation.method == "GET":
        assert answer.status_code == 200, answer.content
    else:  # the record may be in a state that does not allow it, and a write may need more than looking does
        assert answer.status_code in {200, 201, 202, 204, 403, 409, 422}, answer.content


@each
def test_a_record_of_another_workspace_is_like_one_that_never_was(operation: Operation, planted: Any) -> None:
    world, ours, theirs, callers = planted
    mine, foreign = named(ours, operation), named(theirs, operation)
    before = [_events(place.pk) for place in (world.workspace, world.other_workspace)]
    for name, way in parameters(operation).items():
        never = str(uuid4()) if way == "uuid" else "never-existed"
        for role in ("owner", "viewer"):
            there = ask(callers[role], operation, mine | {name: foreign[name]}, ours)
            absent = ask(callers[role], operation, mine | {name: never}, ours)
            assert absent.status_code == 404, (role, name, absent.content)
            assert seen(there) == seen(absent)
    assert [_events(place.pk) for place in (world.workspace, world.other_workspace)] == before


def _events(workspace_id: Any) -> int:
    with within(workspace_id):
        return AuditEvent.objects.count()


@each
def test_a_content_that_names_a_record_of_another_workspace_does_nothing(operation: Operation, planted: Any) -> None:
    _, ours, theirs, callers = planted
    named_in_content = {"create_standard", "add_version", "assign_standard", "release_environment", "compare_captures"}
    named_in_content |= {"begin_review", "create_review_cycle"}
    if operation.name in named_in_content | {"move_findings", "undo_moves", "assign_findings"}:
        assert ask(callers["owner"], operation, named(ours, operation), theirs).status_code == 404


@each
def test_an_environment_out_of_reach_is_not_there(operation: Operation, planted: Any) -> None:
    world, ours, _, callers = planted
    if operation.capability not in CAPABILITIES_OF[Role.MANAGER]:
        return
    if any(is_of_an_environment(name) for name in parameters(operation)):
        assert ask(callers["narrowed"], operation, named(ours, operation), ours).status_code == 404
    elif operation.method == "GET" and operation.name != "compare_captures":
        shown = ask(callers["narrowed"], operation, named(ours, operation), ours).content.decode()
        assert f'"{ours.environment.slug}"' not in shown
        assert str(ours.environment.pk) not in shown
    assert world.workspace.slug == "acme"


@each
def test_an_unknown_parameter_is_refused_after_the_right_to_be_there(operation: Operation, planted: Any) -> None:
    _, ours, _, callers = planted
    path = _NAMED.sub(lambda found: {**named(ours, operation), "workspace": "acme"}[found[2]], operation.path)
    asked = f"/api/v1{path}?include=secrets"
    assert callers["stranger"](operation.method, asked).status_code == 404
    answer = callers["owner"](operation.method, asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameters")


@each
def test_the_line_that_the_page_shows_for_it_runs(operation: Operation, planted: Any) -> None:
    _, ours, _, callers = planted
    words = shlex.split(_filled(LINES[operation.name], operation, ours))
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    address, _, query = words[-1].partition("?")
    if "-F" in words:
        field = words[words.index("-F") + 1].partition("=")[0]
        answer = _upload(callers["owner"], address.removeprefix("/api/v1"), **{field: BytesIO(b"{}")})
    else:
        content = json.loads(words[words.index("-d") + 1]) if "-d" in words else None
        answer = callers["owner"](method, f"{address}?{query}" if query else address, content)
    if answer.status_code not in {200, 201, 202, 204, 409}:  # the line is right; what it meets is not
        assert answer.json()["code"] in _MET, answer.content


_MET = {"not_found", "not_receiving", "not_sendable", "key_withdrawn", "seal_broken"}
"""What a line that is right may meet in the planted workspace."""


def _filled(line: str, operation: Operation, seeds: Seeds) -> str:
    until = (clock.now() + timedelta(hours=9)).isoformat()
    names = {"URL": "", "KEY": "", "WORKSPACE": "acme", "UNTIL": until}
    names |= {name.upper(): value for name, value in named(seeds, operation).items()}
    names |= dict.fromkeys(("LEFT", "RIGHT"), str(seeds.one(Snapshot).pk))
    return Template(line).substitute(names)


@each
def test_a_method_that_is_not_there_is_405_with_those_that_are(operation: Operation, planted: Any) -> None:
    _, ours, _, callers = planted
    path = _NAMED.sub(lambda found: {**named(ours, operation), "workspace": "acme"}[found[2]], operation.path)
    answer = callers["owner"]("PURGE", f"/api/v1{path}")
    assert answer.status_code == 405
    assert operation.method in answer.headers["Allow"].split(", ")
    assert answer.json()["code"] == "method_not_allowed"


@each
def test_a_browser_may_look_and_not_write(operation: Operation, planted: Any, signed_in: Any) -> None:
    world, ours, _, _ = planted
    path = _NAMED.sub(lambda found: {**named(ours, operation), "workspace": "acme"}[found[2]], operation.path)
    answer = signed_in(world.owner).generic(operation.method, f"/api/v1{path}")
    expected = 401 if operation.method != "GET" else 400 if operation.name == "compare_captures" else 200
    assert answer.status_code == expected
