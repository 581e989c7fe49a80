"""Messages that did not arrive wait in the inbox of whoever may send them again, one line for each destination."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.worlds import World
from trueline.casework.actions import snooze_item
from trueline.casework.queries import Wish, inbox, waiting_count
from trueline.casework.rules import Lane, SnoozeFor, Source
from trueline.kit import clock, ids
from trueline.notices.models import Delivery, Destination
from trueline.workspaces import access
from trueline.workspaces.models import EnvironmentGrant, Membership, User


@pytest.fixture
def ops(world: World) -> Destination:
    with world.inside():
        return Destination.objects.create(
            workspace_id=world.workspace.pk, name="Ops", kind="webhook", target_label="hooks", sealed=b"x"
        )


def failed(world: World, ops: Destination, **facts: Any) -> Delivery:
    with world.inside():
        return Delivery.objects.create(
            workspace_id=world.workspace.pk,
            destination=ops,
            event_type="finding.opened",
            dedupe_key=ids.new().hex,
            **({"status": "failed", "last_error_code": "http_500"} | facts),
        )


def waiting(world: World, user: User | None = None) -> list[Any]:
    with world.scope(user) as scope:
        return [one for one in inbox(scope, Wish()).items if one.source is Source.DELIVERY]


def test_a_destination_that_was_not_told_is_one_line_in_one_lane(world: World, ops: Destination) -> None:
    first = failed(world, ops, created_at=clock.now() - timedelta(hours=3))
    failed(world, ops)
    (item,) = waiting(world)
    assert (item.lane, item.id, item.at, item.priority) == (Lane.BLOCKED, ops.pk, first.created_at, 2)


@pytest.mark.parametrize("status", ["queued", "sent", "suppressed", "canceled"])
def test_what_did_not_fail_does_not_wait(status: str, world: World, ops: Destination) -> None:
    failed(world, ops, status=status, sent_at=clock.now())
    assert waiting(world) == []


@pytest.mark.parametrize("facts", [{"is_enabled": False}, {"removed_at": clock.now()}])
def test_of_a_destination_that_is_off_or_gone_nothing_waits(facts: Any, world: World, ops: Destination) -> None:
    failed(world, ops)
    with world.inside():
        Destination.objects.update(**facts)
    assert waiting(world) == []


def test_after_a_month_nobody_waits_for_it(world: World, ops: Destination) -> None:
    failed(world, ops, created_at=clock.now() - timedelta(days=31))
    assert waiting(world) == []


def test_only_who_may_manage_the_whole_workspace_sees_it(world: World, ops: Destination) -> None:
    with world.scope(world.approver) as scope:
        before = waiting_count(scope)
    failed(world, ops)
    for person in (world.approver, world.operator, world.viewer):
        assert waiting(world, person) == []
    with world.scope(world.approver) as scope:
        assert waiting_count(scope) == before
    with world.inside():
        narrowed = User.objects.create_user("mia@example.org", None, name="Mia")
        member = Membership.objects.create(workspace=world.workspace, user=narrowed, role="manager")
        EnvironmentGrant.objects.create(
            workspace=world.workspace, membership=member, environment=world.environment, effect="exclude"
        )
        assert inbox(access.enter(narrowed, world.workspace.pk)).counts
    assert waiting(world, narrowed) == []


def test_it_can_be_put_off(world: World, ops: Destination) -> None:
    failed(world, ops)
    with world.scope() as scope:
        snooze_item(scope, f"delivery:{ops.pk}", SnoozeFor.DAY, actor=scope.actor)
    assert waiting(world) == []


def test_one_button_sends_all_of_it_again_and_the_line_goes(world: World, ops: Destination, signed_in: Any) -> None:
    old = failed(world, ops, created_at=clock.now() - timedelta(days=31))
    made = [failed(world, ops), failed(world, ops)]
    browser = signed_in(world.owner)
    page = browser.get("/w/acme/inbox/").content.decode()
    assert "Ops was not told" in page
    assert "2 messages did not arrive." in page
    assert f'href="/w/acme/destinations/{ops.pk}/"' in page
    address = f"/w/acme/destinations/{ops.pk}/failed"
    assert address in page
    answer = browser.post(address, {"back": "/w/acme/inbox/?lane=blocked"})
    assert answer.headers["Location"] == "/w/acme/inbox/?lane=blocked"
    with world.inside():
        assert set(Delivery.objects.filter(status="queued")) == set(made)
        assert Delivery.objects.get(status="failed") == old
    assert waiting(world) == []
    assert signed_in(world.viewer).post(address).status_code == 403
    assert signed_in(world.stranger).post(address).status_code == 404
    assert browser.get(address).status_code == 405
