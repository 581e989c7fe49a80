"""Keys (D-13, D-23): what they may do, and when they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.api.conftest import Caller, key_of
from tests.worlds import World
from trueline.audit.models import AuditEvent
from trueline.kit import clock
from trueline.kit.digest import sha256
from trueline.operations.models import OperationRun
from trueline.operations.registry import authority
from trueline.workspaces.actions import change_role, remove_member
from trueline.workspaces.actions_keys import create_api_key, revoke_api_key
from trueline.workspaces.errors import KeyRefused
from trueline.workspaces.models import ApiKey, Membership, User
from trueline.workspaces.rules import KEY_DAYS, key_token


def made(world: World, **given: Any) -> tuple[ApiKey, str]:
    with world.scope() as scope:
        capabilities = given.pop("capabilities", ["findings.view", "members.manage", "workspace.view"])
        expires_at = given.pop("expires_at", clock.now() + timedelta(days=30))
        return create_api_key(scope, "made", capabilities, expires_at, actor=scope.actor, **given)


def membership_of(world: World, user: User) -> Membership:
    return Membership.objects.get(workspace_id=world.workspace.pk, user=user)


def test_a_token_is_shown_once_and_kept_as_a_digest(world: World) -> None:
    key, token = made(world)
    parts = key_token(token)
    assert parts is not None
    assert (parts.workspace_id, parts.prefix, len(parts.secret)) == (world.workspace.pk, key.prefix, 43)
    assert key.token_digest == sha256(token.encode())
    with world.inside():
        assert not any(token in str(event.body()) for event in AuditEvent.objects.all())


@pytest.mark.parametrize("text", ["", "tl_", "tl_x_y", "tl_" + "0" * 32 + "_short", "xx_" + "0" * 32 + "_" + "A" * 43])
def test_what_has_not_the_shape_of_a_token_is_none(text: str) -> None:
    assert key_token(text) is None


def test_a_key_may_do_what_it_was_given_and_no_more(world: World) -> None:
    caller = Caller(made(world, capabilities=["findings.view"])[1])
    assert caller.get("/findings").status_code == 200
    assert caller.get("/runs").status_code == 403
    assert caller.post("/environments", {"name": "East"}).status_code == 403


def test_a_key_loses_what_its_maker_loses(world: World) -> None:
    caller = Caller(key_of(world.workspace, world.operator))
    before = caller.get("").json()["capabilities"]
    with world.scope() as scope:
        change_role(scope, membership_of(world, world.operator).pk, "viewer", actor=scope.actor)
    assert set(caller.get("").json()["capabilities"]) < set(before)


def test_a_key_ends_with_the_membership_of_its_maker_for_good(world: World) -> None:
    caller = Caller(key_of(world.workspace, world.operator))
    with world.scope() as scope:
        remove_member(scope, membership_of(world, world.operator).pk, actor=scope.actor)
        assert caller.get("").status_code == 401
        Membership.objects.create(workspace=world.workspace, user=world.operator, role="operator")
    assert caller.get("").status_code == 401


@pytest.mark.parametrize("change", ["suspended", "inactive", "archived"])
def test_a_key_rests_while_its_maker_may_not_enter(change: str, world: World) -> None:
    caller = Caller(key_of(world.workspace, world.operator))
    with world.inside():
        if change == "suspended":
            Membership.objects.filter(user=world.operator).update(suspended_at=clock.now())
        elif change == "inactive":
            User.objects.filter(id=world.operator.pk).update(is_active=False)
        else:
            world.workspace.archived_at = clock.now()
            world.workspace.save()
    assert caller.get("").status_code == 401


def test_a_key_works_to_its_last_second(world: World) -> None:
    key, token = made(world)
    with clock.settled(key.expires_at - timedelta(seconds=1)):
        assert Caller(token).get("").status_code == 200
    with clock.settled(key.expires_at):
        assert Caller(token).get("").status_code == 401


def test_a_withdrawn_key_is_refused_at_its_next_request_with_every_key_it_made(world: World) -> None:
    key, token = made(world)
    parent = Caller(token)
    given = {"name": "child", "capabilities": ["findings.view"], "expires_at": key.expires_at.isoformat()}
    child = parent.post("/api-keys", given).json()
    assert Caller(child["token"]).get("/findings").status_code == 200
    with world.scope() as scope:
        revoke_api_key(scope, key.pk, actor=scope.actor)
    assert [Caller(one).get("/findings").status_code for one in (token, child["token"])] == [401, 401]


def test_a_key_that_a_key_makes_holds_no_more_and_lives_no_longer(world: World) -> None:
    key, token = made(world)
    given = {"name": "child", "capabilities": ["findings.view"], "expires_at": key.expires_at.isoformat()}
    late = (key.expires_at + timedelta(seconds=1)).isoformat()
    for wrong in ({"capabilities": ["audit.view"]}, {"expires_at": late}):
        answer = Caller(token).post("/api-keys", given | wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "key_refused")


def test_a_key_with_members_manage_grants_no_role_that_it_does_not_hold(world: World) -> None:
    answer = Caller(made(world)[1]).post("/invitations", {"email": "friend@example.org", "role": "owner"})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_too_high")


def test_a_narrowed_key_reaches_one_environment_and_manages_nobody(world: World) -> None:
    caller = Caller(made(world, environment_id=world.environment.pk)[1])
    assert [one["slug"] for one in caller.get("/environments").json()["items"]] == ["north"]
    assert caller.get("/environments/south").status_code == 404
    assert caller.get("/api-keys").status_code == 403


@pytest.mark.parametrize("days", [-1, 0, KEY_DAYS + 1])
def test_a_key_ends_within_a_year(days: int, world: World) -> None:
    with pytest.raises(KeyRefused):
        made(world, expires_at=clock.now() + timedelta(days=days))


def test_a_key_of_nothing_or_of_more_than_one_holds_is_not_made(world: World) -> None:
    for capabilities in ([], ["findings.view", "everything"]):
        with pytest.raises(KeyRefused):
            made(world, capabilities=capabilities)


def test_when_a_key_was_used_is_known_to_the_hour(world: World) -> None:
    key, token = made(world)
    Caller(token).get("")
    with world.inside():
        first = ApiKey.objects.get(id=key.pk).last_used_at
        assert first is not None
        with clock.settled(first + timedelta(minutes=59)):
            Caller(token).get("")
        assert ApiKey.objects.get(id=key.pk).last_used_at == first
        with clock.settled(first + timedelta(minutes=61)):
            Caller(token).get("")
        assert ApiKey.objects.get(id=key.pk).last_used_at > first


def test_a_run_of_a_key_is_stopped_when_the_key_has_ended(world: World) -> None:
    key, _ = made(world, capabilities=["operations.start"])
    run = OperationRun(
        workspace_id=world.workspace.pk,
        run_type="inventory.capture",
        capability="operations.start",
        initiator_kind="key",
        initiator_id=str(key.pk),
        initiator_label="made",
    )
    with world.scope() as scope:
        assert authority().at_execution(run).actor.on_behalf_of == "Olga Owner"  # type: ignore[union-attr]  # a scope
        revoke_api_key(scope, key.pk, actor=scope.actor)
        assert authority().at_execution(run).code == "initiator_not_entitled"  # type: ignore[union-attr]  # a denial
