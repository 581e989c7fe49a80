"""Accepting a risk in a browser: asked by one, decided by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests.samples import Captured
from tests.worlds import World
from trueline.findings import queries
from trueline.findings.models import FindingException
from trueline.kit import clock, ids
from trueline.workspaces.models import User

SignIn = Callable[[User], Client]
UNTIL = {"reason": "The scanner cannot do better.", "until": (clock.now() + timedelta(days=20)).date().isoformat()}


@pytest.fixture
def asked(world: World, captured: Captured, signed_in: SignIn) -> FindingException:
    signed_in(world.operator).post(f"/w/acme/findings/{captured.findings[0].pk}/accept", UNTIL)
    with world.scope() as scope:
        return queries.exceptions(scope).get()


def step(exception: FindingException, what: str) -> str:
    return f"/w/acme/decisions/{exception.pk}/{what}"


def test_the_requester_cannot_decide_and_the_approver_can(
    world: World, asked: FindingException, signed_in: SignIn
) -> None:
    finding = f"/w/acme/findings/{asked.finding_id}"
    assert "Ask for the risk" not in signed_in(world.operator).get(finding).content.decode()

    answer = signed_in(world.approver).post(step(asked, "approve"), follow=True).content.decode()

    assert "The risk is accepted" in answer
    with world.scope() as scope:
        assert queries.finding(scope, asked.finding_id).shown_state == "risk_accepted"


def test_the_owner_who_asked_is_told_that_somebody_else_decides(
    world: World, captured: Captured, signed_in: SignIn
) -> None:
    client = signed_in(world.owner)
    page = client.post(f"/w/acme/findings/{captured.findings[0].pk}/accept", UNTIL, follow=True).content.decode()
    assert "somebody else decides" in page
    with world.scope() as scope:
        mine = queries.exceptions(scope).get()
    assert "somebody else decides" in client.post(step(mine, "approve"), follow=True).content.decode()


def test_a_request_without_reason_or_with_a_far_date_is_a_sentence(
    world: World, captured: Captured, signed_in: SignIn
) -> None:
    client, address = signed_in(world.operator), f"/w/acme/findings/{captured.findings[0].pk}/accept"
    assert "Fill in a reason" in client.post(address, {"reason": ""}, follow=True).content.decode()
    far = UNTIL | {"until": (clock.now() + timedelta(days=900)).date().isoformat()}
    assert "later than a risk" in client.post(address, far, follow=True).content.decode()


def test_taking_it_back_opens_the_finding(world: World, asked: FindingException, signed_in: SignIn) -> None:
    client = signed_in(world.approver)
    client.post(step(asked, "approve"))
    answer = client.post(step(asked, "revoke"), {"reason": "No longer needed."}, follow=True)

    assert "the finding is open again" in answer.content.decode()
    with world.scope() as scope:
        assert queries.finding(scope, asked.finding_id).is_open


@pytest.mark.parametrize("what", ["approve", "reject", "revoke"])
def test_who_may_decide(world: World, asked: FindingException, signed_in: SignIn, what: str) -> None:
    assert signed_in(world.viewer).post(step(asked, what)).status_code == 403
    assert signed_in(world.operator).post(step(asked, what)).status_code == 403
    assert signed_in(world.stranger).post(step(asked, what)).status_code == 404
    assert signed_in(world.approver).post(f"/w/acme/decisions/{ids.new()}/{what}").status_code == 404
    assert signed_in(world.approver).get(step(asked, what)).status_code == 405
    assert Client().post(step(asked, what)).status_code == 302
