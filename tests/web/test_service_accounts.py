"""Members that are no persons: what they may do, under which name, and when they end."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.api.conftest import Caller, key_of
from trueline.audit.models import AuditEvent
from trueline.kit import clock
from trueline.operations.models import OperationRun
from trueline.operations.registry import authority
from trueline.operations.rules import Denial
from trueline.workspaces.actions import remove_member
from trueline.workspaces.actions_keys import create_api_key
from trueline.workspaces.actions_services import change_service_account, create_service_account, end_service_account
from trueline.workspaces.errors import KeyRefused
from trueline.workspaces.models import ApiKey, Membership, ServiceAccount

PLACE = "/w/acme/service-accounts/"
WISH = {"name": "Ticket system", "role": "operator", "environment": "", "days": "90"}
KEY = {"name": "main", "capabilities": ["findings.view", "findings.work"], "days": "90"}


@pytest.fixture
def made(world):
    """Makes an account with a key; gives both and a program that holds the key."""

    def making(role="operator", capabilities=("workspace.view", "findings.view", "operations.start"), **given):
        with world.scope() as scope:
            until = clock.now() + timedelta(days=30)
            account = create_service_account(scope, "Tickets", role, until, actor=scope.actor, **given)
            key, token = create_api_key(
                scope, "main", capabilities, until, actor=scope.actor, service_account_id=account.pk
            )
        return account, key, Caller(token)

    return making


def test_an_account_is_made_gets_a_key_and_acts_under_its_own_name(world, captured, signed_in):
    browser = signed_in(world.owner)
    page = browser.post(f"{PLACE}make", WISH, follow=True)
    with world.inside():
        account = ServiceAccount.objects.get()
    assert "Without a key it can do nothing." in page.content.decode()
    shown = browser.post(f"{PLACE}{account.pk}/key", KEY, follow=True).content.decode()
    caller = Caller(re.search(r"tl_[0-9a-f]{32}_[\w-]{43}", shown)[0])
    finding = str(captured.findings[0].pk)
    assert caller.post("/findings/moves", {"finding_ids": [finding], "verb": "take"}).status_code == 200
    with world.inside():
        event = AuditEvent.objects.filter(action="findings:finding:move").latest("sequence")
    assert (event.actor_kind, event.actor_id, event.actor_label) == ("service", str(account.pk), "Ticket system")
    assert event.on_behalf_of == ""
    assert "tl_" not in browser.get(f"{PLACE}{account.pk}/").content.decode()


def test_members_and_keys_name_it(world, made, signed_in):
    made()
    assert "Service account" in signed_in(world.viewer).get("/w/acme/members/").content.decode()
    assert "Tickets" in signed_in(world.owner).get("/w/acme/keys/").content.decode()


def test_its_key_goes_on_when_who_made_it_leaves(world, made, signed_in):
    account, _key, caller = made()
    with world.inside():
        Membership.objects.create(workspace=world.workspace, user=world.stranger, role="owner")
    with world.scope(world.stranger) as scope:
        remove_member(scope, Membership.objects.get(user=world.owner).pk, actor=scope.actor)
    assert caller.get("/findings").status_code == 200
    assert account.made_by_label == "Olga Owner"


def test_it_follows_its_role_and_ends_with_its_keys(world, made):
    account, key, caller = made("manager", ("findings.view", "environments.manage"))
    assert caller.post("/environments", {"name": "East"}).status_code == 201
    with world.scope() as scope:
        change_service_account(scope, account.pk, "viewer", account.expires_at, actor=scope.actor)
        assert caller.post("/environments", {"name": "West"}).status_code == 403
        end_service_account(scope, account.pk, actor=scope.actor)
        end_service_account(scope, account.pk, actor=scope.actor)
    assert caller.get("/findings").status_code == 401
    with world.inside():
        assert ApiKey.objects.get(id=key.pk).revoked_at is not None
        assert AuditEvent.objects.filter(action="workspaces:service:end").count() == 1


def test_it_ends_at_its_date(world, made):
    account, _key, caller = made()
    with world.scope() as scope:
        sooner = clock.now() + timedelta(days=2)
        change_service_account(scope, account.pk, account.role, sooner, actor=scope.actor)
    with clock.settled(sooner):
        assert caller.get("/findings").status_code == 401


def test_it_reaches_its_environment_only(world, made):
    _account, _key, caller = made(environment_id=world.environment.pk)
    assert caller.get("/environments/north").status_code == 200
    assert caller.get("/environments/south").status_code == 404


def test_it_is_no_owner_holds_no_more_than_its_role_and_lives_a_year_at_most(world, made):
    account, _key, _caller = made("viewer", ("findings.view",))
    with world.scope() as scope:
        for role, days in (("owner", 9), ("viewer", 0), ("viewer", 366)):
            with pytest.raises(KeyRefused):
                create_service_account(scope, "Other", role, clock.now() + timedelta(days=days), actor=scope.actor)
        for capability, days in (("findings.work", 9), ("findings.view", 31)):
            until = clock.now() + timedelta(days=days)
            with pytest.raises(KeyRefused):
                create_api_key(scope, "k", [capability], until, actor=scope.actor, service_account_id=account.pk)


def test_a_run_that_it_asked_for_stops_when_it_has_ended(world, made):
    account, _key, _caller = made()
    with world.scope() as scope:
        run = OperationRun(
            workspace_id=world.workspace.pk,
            run_type="inventory.capture",
            capability="operations.start",
            initiator_kind="service",
            initiator_id=str(account.pk),
            initiator_label=account.name,
        )
        assert not isinstance(authority().at_execution(run), Denial)
        end_service_account(scope, account.pk, actor=scope.actor)
        assert authority().at_execution(run).code == "initiator_not_entitled"


def test_programs_make_read_change_and_end_it(world):
    owner = Caller(key_of(world.workspace, world.owner))
    until = (clock.now() + timedelta(hours=9)).isoformat()
    account = owner.post("/service-accounts", {"name": "Bot", "role": "viewer", "expires_at": until}).json()
    given = {"name": "k", "capabilities": ["findings.view"], "expires_at": until, "service_account": account["id"]}
    program = Caller(owner.post("/api-keys", given).json()["token"])
    assert program.get("/findings").status_code == 200
    assert owner("PATCH", f"/service-accounts/{account['id']}", {"role": "customer"}).json()["role"] == "customer"
    assert program.get("/findings").status_code == 403
    assert owner("DELETE", f"/service-accounts/{account['id']}").status_code == 204
    assert program.get("/findings").status_code == 401
    assert owner.get("/service-accounts").json()["items"][0]["revoked_at"] is not None
    again = owner.post("/service-accounts", {"name": "Bot", "role": "viewer", "expires_at": until})
    twice = owner.post("/service-accounts", {"name": "Bot", "role": "viewer", "expires_at": until})
    assert (again.status_code, twice.status_code) == (201, 409)


def test_only_who_manages_members_makes_or_opens_one(world, made, signed_in):
    account, _key, _caller = made()
    for address in (PLACE, f"{PLACE}{account.pk}/"):
        assert signed_in(world.viewer).get(address).status_code == 403
        assert signed_in(world.stranger).get(address).status_code == 404
        assert signed_in(world.owner).get(address).status_code == 200
    assert signed_in(world.operator).post(f"{PLACE}make", WISH).status_code == 403
    assert signed_in(world.owner).post(f"{PLACE}make", WISH | {"role": "owner"}).status_code == 422
    page = signed_in(world.owner).post(f"{PLACE}{account.pk}/end", follow=True).content.decode()
    assert "has ended" in page
    assert "Revoked" in page
