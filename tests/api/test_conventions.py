"""What holds for the whole interface: problems, pages, entity tags, limits, one effect for one idempotency key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from tests.api.conftest import Caller, key_of
from tests.samples import compliance
from tests.worlds import World, small_world
from trueline.api.problems import KINDS
from trueline.audit.models import AuditEvent
from trueline.kit import clock
from trueline.kit.digest import quick
from trueline.operations.models import OperationRun
from trueline.workspaces import rules
from trueline.workspaces.models import Environment, KeptAnswer

NEW = {"name": "East"}


def trail(world: World) -> list[str]:
    with world.inside():
        return list(AuditEvent.objects.order_by("sequence").values_list("action", flat=True))


def test_a_problem_says_what_kind_it_is_and_what_to_do(owner: Caller) -> None:
    answer = owner.get("/environments/never-was")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert len(answer.headers["X-Request-ID"]) == 32
    body = answer.json()
    assert (body["status"], body["code"], body["type"]) == (404, "not_found", "/api/v1/docs#not_found")
    assert all(body[name] for name in ("title", "detail", "next_step"))


def test_an_address_that_does_not_exist_is_a_problem_too(owner: Caller) -> None:
    for path in ("/api/v1/nowhere", "/api/v1/workspaces/acme/environments/a/b/c/d", "/api/v1/workspaces/acme/runs/12"):
        answer = owner.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_what_nobody_foresaw_tells_nothing_of_itself(owner: Caller, monkeypatch: Any) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("select secret from /srv/place")

    monkeypatch.setattr("trueline.api.views.environments.shown", broken)
    answer = owner.get("/environments/north")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert b"secret" not in answer.content


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "state=never", "severity=Hoch", "standard_id=1", "q=%00", "sort=id"]
)
def test_a_filter_that_is_not_valid_is_400(query: str, owner: Caller) -> None:
    answer = owner.get(f"/findings?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameters")


@pytest.mark.parametrize("content", [{}, {"name": ""}, {"name": "   "}, {"name": "a\u0000b"}, {"name": "x" * 121}, []])
def test_a_content_that_is_not_valid_is_422_and_does_nothing(content: Any, world: World, owner: Caller) -> None:
    before = trail(world)
    answer = owner.post("/environments", content)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert answer.json()["errors"][0]["message"]
    assert trail(world) == before


def test_a_long_name_has_a_shorter_address(owner: Caller) -> None:
    made = owner.post("/environments", {"name": "x" * 120})
    assert (made.status_code, made.json()["slug"]) == (201, "x" * 60)


def test_a_member_that_nobody_knows_is_a_mistake(owner: Caller) -> None:
    answer = owner.post("/environments", NEW | {"workspace_id": "elsewhere"})
    assert answer.status_code == 422
    assert "workspace_id" in answer.json()["errors"][0]["at"]


def test_only_json_is_taken_and_only_json_that_can_be_read(owner: Caller) -> None:
    client, sent = Client(raise_request_exception=False), {"authorization": f"Bearer {owner.token}"}
    address = "/api/v1/workspaces/acme/environments"
    form = client.post(address, NEW, headers=sent)
    assert (form.status_code, form.json()["code"]) == (415, "unsupported_media_type")
    broken = client.generic("POST", address, b"{", content_type="application/json", headers=sent)
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")
    huge = client.generic("POST", address, b"[" * 3_000_000, content_type="application/json", headers=sent)
    assert (huge.status_code, huge.json()["code"]) == (413, "too_large")


def test_pages_follow_each_other_without_gap_or_double(owner: Caller, captured: Any) -> None:
    whole = [one["id"] for one in owner.get("/findings").json()["items"]]
    assert len(whole) == 3
    found, cursor = [], ""
    while cursor is not None:
        page = owner.get(f"/findings?limit=1&cursor={cursor}").json()
        found += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert found == whole


@pytest.mark.parametrize("path", ["/members", "/audit/events", "/runs", "/environments", "/api-keys"])
def test_every_list_can_be_walked_one_by_one(path: str, owner: Caller, captured: Any) -> None:
    def walk() -> list[Any]:
        found, cursor = [], ""
        while cursor is not None:
            page = owner.get(f"{path}?limit=1&cursor={cursor}").json()
            found += page["items"]
            cursor = page["next_cursor"]
        return found

    assert len(walk()) == len(owner.get(f"{path}?limit=200").json()["items"]) > 1


def test_a_cursor_is_good_for_its_own_list_only(owner: Caller, captured: Any) -> None:
    cursor = owner.get("/findings?limit=1").json()["next_cursor"]
    strange = [f"/findings?severity=high&cursor={cursor}", f"/runs?cursor={cursor}", f"/findings?cursor={cursor}x"]
    for path in strange:
        assert owner.get(path).json()["code"] == "invalid_cursor"


def test_a_comparison_is_paged_and_counted(owner: Caller, captured: Any) -> None:
    path = f"/comparison?left={captured.standard_snapshot.pk}&right={captured.snapshot.pk}"
    first = owner.get(f"{path}&limit=2").json()
    rest = owner.get(f"{path}&limit=2&cursor={first['next_cursor']}").json()
    assert sum(first["counts"].values()) == len(first["items"]) + len(rest["items"]) == 4
    changed = owner.get(f"{path}&outcome=changed").json()["items"]
    assert [one["changes"][0]["right"] for one in changed] == [4]


def test_what_the_caller_has_already_is_not_sent_again(owner: Caller) -> None:
    first = owner.get("/environments/north")
    again = owner.get("/environments/north", if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert owner.get("/environments/north", if_none_match='"other"').status_code == 200


def test_head_is_a_get_without_its_body(owner: Caller) -> None:
    answer = owner("HEAD", "/environments/north")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["ETag"] == owner.get("/environments/north").headers["ETag"]


def test_a_write_that_names_an_older_state_does_nothing(world: World, owner: Caller, captured: Any) -> None:
    tag = owner.get("/environments/north").headers["ETag"]
    stale = owner.post("/environments/north/archive", if_match='"older"')
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    done = owner.post("/environments/north/archive", if_match=tag)
    assert (done.status_code, done.json()["lifecycle"]) == (200, "archived")
    assert owner.post("/environments/north/restore").json()["lifecycle"] == "active"


def test_the_entity_tag_of_a_write_is_the_one_that_is_read(world: World, owner: Caller) -> None:
    for path in ("/environments/north", *(f"/members/{one['id']}" for one in owner.get("/members").json()["items"])):
        tag = owner.get(path).headers["ETag"]
        answer = owner("PATCH", path, {"role": "viewer"}, if_match=tag) if "members" in path else None
        assert answer is None or answer.status_code in {200, 409}


def test_the_same_key_and_content_give_the_same_answer_and_one_effect(world: World, owner: Caller) -> None:
    first = owner.post("/environments", NEW, idempotency_key="abc")
    again = owner.post("/environments", NEW, idempotency_key="abc")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["Location"] == first.headers["Location"] == "/api/v1/workspaces/acme/environments/east"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert trail(world).count("workspaces:environment:create") == 3


def test_the_same_key_for_another_content_is_refused(owner: Caller) -> None:
    owner.post("/environments", NEW, idempotency_key="abc")
    answer = owner.post("/environments", {"name": "West"}, idempotency_key="abc")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refusal_is_repeated_like_a_success(world: World, owner: Caller) -> None:
    taken = owner.post("/environments", {"name": "North"}, idempotency_key="abc")
    with world.inside():
        Environment.objects.filter(slug="north").update(slug="elsewhere")
    again = owner.post("/environments", {"name": "North"}, idempotency_key="abc")
    assert (taken.status_code, again.status_code) == (409, 409)
    assert taken.content == again.content


def test_a_key_of_idempotency_is_each_callers_own_and_ends_after_a_day(world: World, owner: Caller) -> None:
    other = Caller(key_of(world.workspace, world.owner))
    assert owner.post("/environments", NEW, idempotency_key="abc").status_code == 201
    assert other.post("/environments", NEW, idempotency_key="abc").status_code == 409
    with clock.settled(clock.now() + timedelta(hours=23, minutes=59)):
        assert owner.post("/environments", NEW, idempotency_key="abc").status_code == 201
    with world.inside():
        KeptAnswer.objects.update(created_at=clock.now() - timedelta(hours=24, seconds=1))
    assert owner.post("/environments", NEW, idempotency_key="abc").status_code == 409


def test_a_kept_answer_can_be_read_by_its_caller_only(world: World, owner: Caller) -> None:
    given = {"name": "made", "capabilities": ["findings.view"], "expires_at": _in_hours(12)}
    token = owner.post("/api-keys", given, idempotency_key="abc").json()["token"]
    with world.inside():
        rows = [bytes(one.body) for one in KeptAnswer.objects.all()]
    assert len(rows) == 1
    assert token.encode() not in rows[0]
    assert b"findings" not in rows[0]
    assert owner.post("/api-keys", given, idempotency_key="abc").json()["token"] == token


@pytest.mark.parametrize("key", ["", "x" * 256, "ä", "a\tb"])
def test_an_idempotency_key_that_is_none_is_400(key: str, owner: Caller) -> None:
    assert owner.post("/environments", NEW, idempotency_key=key).status_code == 400


def _in_hours(hours: int) -> str:
    return (clock.now() + timedelta(hours=hours)).isoformat()


def _at_once(caller: Caller, together: Barrier) -> Any:
    try:
        together.wait(10)
        return caller.post("/environments", NEW, idempotency_key="one")
    finally:
        connections.close_all()


def test_twenty_requests_at_once_with_one_key_have_one_effect(committed: None) -> None:
    world = small_world()
    caller = Caller(key_of(world.workspace, world.owner))
    together = Barrier(20)
    with ThreadPoolExecutor(20) as workers:
        answers = list(workers.map(lambda _: _at_once(caller, together), range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 19
    assert trail(world).count("workspaces:environment:create") == 3


def test_too_many_requests_wait_for_the_next_window(world: World, owner: Caller, monkeypatch: Any) -> None:
    monkeypatch.setattr(rules, "REQUESTS_PER_KEY", 2)
    with clock.settled(clock.now().replace(second=10, microsecond=0)):
        assert [owner.get("").status_code for _ in range(3)] == [200, 200, 429]
        refused = owner.get("")
        assert refused.headers["Retry-After"] == "50"
        assert (refused.headers["RateLimit-Limit"], refused.headers["RateLimit-Remaining"]) == ("2", "0")
        assert refused.json()["code"] == "rate_limited"
        other = Caller(key_of(world.workspace, world.viewer))
        assert other.get("").status_code == 200
    with clock.settled(clock.now().replace(second=10, microsecond=0) + timedelta(minutes=1)):
        assert owner.get("").status_code == 200


def test_all_keys_of_a_workspace_share_one_limit(world: World, callers: dict[str, Caller], monkeypatch: Any) -> None:
    monkeypatch.setattr(rules, "REQUESTS_PER_WORKSPACE", 2)
    with clock.settled(clock.now().replace(second=10, microsecond=0)):
        names = ("owner", "viewer", "operator", "stranger")
        assert [callers[name].get("").status_code for name in names] == [200, 200, 429, 404]


def test_a_failed_request_counts_too(owner: Caller, monkeypatch: Any) -> None:
    monkeypatch.setattr(rules, "REQUESTS_PER_KEY", 1)
    with clock.settled(clock.now().replace(second=10, microsecond=0)):
        assert [owner.post("/environments", {}).status_code for _ in range(2)] == [422, 429]


def test_an_export_that_is_handed_over_becomes_a_run(world: World, owner: Caller) -> None:
    file = SimpleUploadedFile("policies.json", quick({"value": [compliance(1)]}), "application/json")
    sent = {"authorization": f"Bearer {owner.token}", "idempotency-key": "abc"}
    address, given = "/api/v1/workspaces/acme/environments/north/captures", {"observed_at": "2026-11-19T08:00:00Z"}
    first = Client().post(address, {"export": file, **given}, headers=sent)
    assert first.status_code == 202, first.content
    file.seek(0)
    again = Client().post(address, {"export": file, **given}, headers=sent)
    assert again.content == first.content
    run = owner.get(first.headers["Location"]).json()
    assert (run["type"], run["state"], run["started_by"]["kind"]) == ("inventory.capture", "queued", "key")
    cancelled = owner.post(f"/runs/{run['id']}/cancel").json()
    assert (cancelled["state"], cancelled["outcome"]) == ("completed", "cancelled")
    assert owner.post(f"/runs/{run['id']}/cancel").status_code == 409
    with world.inside():
        assert OperationRun.objects.count() == 1


def test_a_capture_becomes_a_standard_and_judges_an_environment(owner: Caller, captured: Any) -> None:
    made = owner.post("/standards", {"name": "Second", "capture_id": str(captured.snapshot.pk)})
    assert made.status_code == 201
    standard = owner.get(made.headers["Location"]).json()
    assert standard["newest_version"] == made.json()["newest_version"]
    held = owner.post(f"/standards/{standard['id']}/assignments", {"environment": "south"}).json()
    assert held["run"]["type"] == "findings.detect"
    newer = owner.post(f"/standards/{standard['id']}/versions", {"capture_id": str(captured.standard_snapshot.pk)})
    assert (newer.json()["newest_version"]["number"], newer.json()["environments"]) == (2, ["south"])
    again = owner.post("/standards", {"name": "Second", "capture_id": str(captured.snapshot.pk)})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def test_members_come_and_go(world: World, owner: Caller) -> None:
    invited = owner.post("/invitations", {"email": "Ines@example.org", "role": "viewer"})
    assert invited.status_code == 201
    assert f"/join/{world.workspace.pk}/" in invited.json()["join_url"]
    shown = owner.get(invited.headers["Location"]).json()
    assert shown == {name: value for name, value in invited.json().items() if name != "join_url"}
    assert owner("DELETE", f"/invitations/{shown['id']}").status_code == 204
    assert owner("DELETE", f"/invitations/{shown['id']}").status_code == 404
    people = {one["email"]: one["id"] for one in owner.get("/members").json()["items"]}
    raised = owner("PATCH", f"/members/{people['viewer@example.org']}", {"role": "operator"})
    assert raised.json()["role"] == "operator"
    last = owner("DELETE", f"/members/{people['owner@example.org']}")
    assert (last.status_code, last.json()["code"]) == (409, "last_owner")
    assert owner("DELETE", f"/members/{people['viewer@example.org']}").status_code == 204


def test_the_trail_names_the_key_and_for_whom_it_acted(world: World, owner: Caller) -> None:
    answer = owner.post("/environments", NEW)
    event = owner.get("/audit/events?limit=1").json()["items"][0]
    assert event["actor"]["kind"] == "key"
    assert event["on_behalf_of"] == "Olga Owner"
    assert event["request_id"] == answer.headers["X-Request-ID"]
    assert owner.get("/audit/verdict").json()["is_whole"] is True


def test_the_description_names_every_problem_and_the_page_explains_it(world: World) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    page = Client().get("/api/v1/docs").content.decode()
    for code in KINDS:
        assert f'id="{code}"' in page
    for methods in document["paths"].values():
        for details in methods.values():
            assert {"400", "401", "403", "404", "405", "429", "500"} <= set(details["responses"])
            assert details["operationId"] in page
            assert details["security"] == [{"ApiKey": []}]
    assert set(document["components"]["responses"]) == {str(kind.status) for kind in KINDS.values()}
