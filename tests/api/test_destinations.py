"""Destinations by programs: made, changed, tried, and what they were sent once more; never their address again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.api.conftest import Caller, key_of
from tests.worlds import World
from trueline.kit import clock, ids
from trueline.notices.models import Delivery, Destination
from trueline.workspaces.models import EnvironmentGrant, Membership

RULE = {
    "events": ["finding.opened", "run.failed"],
    "minimum_severity": "critical",
    "environments": ["north"],
    "cooldown_seconds": 0,
    "quiet": {"start": "22:00", "end": "06:00"},
    "time_zone": "Europe/Berlin",
}
HOOK = {"name": "Tickets", "kind": "webhook", "address": "https://hooks.example.org/canary", "rule": RULE}


@pytest.fixture
def made(owner: Caller) -> dict[str, Any]:
    answer = owner.post("/destinations", HOOK)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def sent(world: World, made: dict[str, Any], status: str, **facts: Any) -> Delivery:
    with world.inside():
        return Delivery.objects.create(
            workspace_id=world.workspace.pk,
            destination_id=made["id"],
            event_type="finding.opened",
            dedupe_key=ids.new().hex,
            status=status,
            sent_at=clock.now(),
            **facts,
        )


def test_the_secret_is_shown_once_and_the_address_never(owner: Caller, made: dict[str, Any]) -> None:
    assert made["secret"].startswith("whsec_")
    assert (made["target"], made["rule"]) == ("hooks.example.org", RULE)
    for answer in (owner.get(f"/destinations/{made['id']}"), owner.get("/destinations")):
        assert "canary" not in answer.content.decode()
        assert "whsec_" not in answer.content.decode()
    assert owner.get(f"/destinations/{made['id']}").json()["name"] == "Tickets"


def test_it_is_changed_in_part_or_whole_and_removed(owner: Caller, made: dict[str, Any]) -> None:
    place = f"/destinations/{made['id']}"
    changed = owner("PATCH", place, {"is_enabled": False}).json()
    assert (changed["is_enabled"], changed["rule"]) == (False, RULE)
    changed = owner("PATCH", place, {"rule": {"events": ["run.failed"]}}).json()
    assert (changed["is_enabled"], changed["rule"]["environments"], changed["rule"]["quiet"]) == (False, None, None)
    assert owner.post(f"{place}/test").json()["code"] == "not_sendable"
    assert owner.post(f"{place}/secret").json()["secret"] != made["secret"]
    assert owner("DELETE", place).status_code == 204
    assert owner.get(place).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"address": "http:/nowhere"}, 422),
        ({"kind": "pigeon"}, 422),
        ({"rule": {"events": []}}, 422),
        ({"rule": {"events": ["finding.opened"], "time_zone": "Mars/Base"}}, 422),
        ({"rule": {"events": ["finding.opened"], "quiet": {"start": "24:00", "end": "06:00"}}}, 422),
        ({"rule": {"events": ["finding.opened"], "environments": ["elsewhere"]}}, 404),
        ({"secret": "mine"}, 422),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], status: int, owner: Caller, made: dict[str, Any]) -> None:
    assert owner.post("/destinations", HOOK | {"name": "Other"} | wrong).status_code == status


def test_a_name_is_taken_once(owner: Caller, made: dict[str, Any]) -> None:
    assert owner.post("/destinations", HOOK).status_code == 409


def test_a_time_is_sent_once_more_under_the_same_ids(world: World, owner: Caller, made: dict[str, Any]) -> None:
    now = clock.now()
    early = sent(world, made, "sent", created_at=now - timedelta(hours=5))
    inside = [sent(world, made, state, created_at=now - timedelta(hours=2)) for state in ("sent", "failed")]
    sent(world, made, "suppressed", created_at=now - timedelta(hours=2))
    span = {"since": (now - timedelta(hours=3)).isoformat(), "until": now.isoformat()}
    answer = owner.post(f"/destinations/{made['id']}/replay", span)
    assert (answer.status_code, answer.json()) == (202, {"deliveries": 2})
    queued = owner.get(f"/destinations/{made['id']}/deliveries?status=queued").json()["items"]
    assert {one["id"] for one in queued} == {str(one.pk) for one in inside}
    assert owner.post(f"/deliveries/{early.pk}/again").json()["status"] == "queued"
    assert owner.post(f"/deliveries/{early.pk}/again").json()["code"] == "not_sendable"


def test_whoever_does_not_reach_the_whole_workspace_sees_none(world: World, made: dict[str, Any]) -> None:
    with world.inside():
        member = Membership.objects.get(user=world.approver)
        member.role = "manager"
        member.save()
        EnvironmentGrant.objects.create(
            workspace=world.workspace, membership=member, environment=world.other_environment, effect="exclude"
        )
        assert Destination.objects.count() == 1
    narrowed = Caller(key_of(world.workspace, world.approver))
    assert narrowed.get("/destinations").json()["items"] == []
    assert narrowed.get(f"/destinations/{made['id']}").status_code == 404
    assert narrowed.post("/destinations", HOOK | {"name": "Mine"}).status_code == 403
