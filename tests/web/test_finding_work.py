"""Working on a finding in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.samples import Captured
from tests.worlds import World
from trueline.findings import queries
from trueline.kit import ids
from trueline.workspaces.models import User

SignIn = Callable[[User], Client]


def address(captured: Captured, what: str = "") -> str:
    return f"/w/acme/findings/{captured.findings[0].pk}{what}"


def test_the_page_offers_one_next_step(world: World, captured: Captured, signed_in: SignIn) -> None:
    html = signed_in(world.operator).get(address(captured)).content.decode()

    assert html.count("button-primary") == 1
    assert "Take it" in html


def test_a_step_moves_the_finding_and_says_so(world: World, captured: Captured, signed_in: SignIn) -> None:
    client = signed_in(world.operator)

    answer = client.post(address(captured, "/move"), {"verb": "take"}, follow=True)

    assert "It is yours now." in answer.content.decode()
    with world.scope() as scope:
        assert queries.finding(scope, captured.findings[0].pk).state == "triaged"


def test_a_refused_step_is_a_sentence(world: World, captured: Captured, signed_in: SignIn) -> None:
    answer = signed_in(world.operator).post(address(captured, "/move"), {"verb": "start"}, follow=True)

    assert "not in a state that allows this" in answer.content.decode()


def test_handing_over_and_commenting(world: World, captured: Captured, signed_in: SignIn) -> None:
    client = signed_in(world.operator)
    client.post(address(captured, "/assign"), {"assignee": str(world.owner.pk)})

    page = client.post(address(captured, "/comment"), {"text": "<b>Asked</b> the customer."}, follow=True)

    html = page.content.decode()
    assert "&lt;b&gt;Asked&lt;/b&gt; the customer." in html
    assert "Olga Owner" in html


@pytest.mark.parametrize("what", ["/move", "/assign", "/comment"])
def test_who_may_and_who_may_not(world: World, captured: Captured, signed_in: SignIn, what: str) -> None:
    elsewhere = f"/w/acme/findings/{ids.new()}{what}"
    assert signed_in(world.viewer).post(address(captured, what), {"verb": "take"}).status_code == 403
    assert signed_in(world.stranger).post(address(captured, what)).status_code == 404
    assert signed_in(world.operator).post(elsewhere, {"verb": "take"}).status_code == 404
    assert signed_in(world.operator).get(address(captured, what)).status_code == 405
    assert Client().post(address(captured, what)).status_code == 302


def test_a_viewer_sees_why_the_step_is_not_theirs(world: World, captured: Captured, signed_in: SignIn) -> None:
    html = signed_in(world.viewer).get(address(captured)).content.decode()

    assert "does not allow this" in html
    assert "Add the comment" not in html
