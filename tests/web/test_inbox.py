"""The inbox in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.samples import Captured
from tests.worlds import World
from trueline.casework.models import InboxMark
from trueline.findings import queries as findings
from trueline.findings.models import Finding
from trueline.kit import clock, ids
from trueline.operations.models import OperationRun
from trueline.workspaces.models import Environment, EnvironmentGrant, Membership, User

SignIn = Callable[[User], Client]
INBOX = "/w/acme/inbox/"
WRITES = ("snooze", "seen", "wake")


def test_it_shows_what_waits_with_a_reason_and_one_way_on(world: World, captured: Captured, signed_in: SignIn) -> None:
    page = signed_in(world.owner).get(INBOX).content.decode()

    assert page.count("data-row") == 4
    assert page.count('data-key="t"') == 3
    assert page.count('data-key="s"') == 4
    assert "Nobody has looked at it yet." in page
    assert "South is held to no standard" in page
    assert "By the severity of the finding, then by the day it is due" in page


def test_the_rail_counts_what_waits_and_the_lanes_add_up(world: World, captured: Captured, signed_in: SignIn) -> None:
    page = signed_in(world.owner).get(INBOX)

    nav = next(one for one in page.context["nav"] if str(one.label) == "Inbox")
    assert nav.count == "4"
    assert [tab["count"] for tab in page.context["lanes"]] == ["4", "3", "1", "0", "0", "0"]


def test_a_lane_and_an_environment_narrow_it(world: World, captured: Captured, signed_in: SignIn) -> None:
    browser = signed_in(world.owner)

    assert browser.get(f"{INBOX}?lane=needs_triage").content.decode().count("data-row") == 3
    assert browser.get(f"{INBOX}?environment=south").content.decode().count("data-row") == 1
    assert "Nothing waits here" in browser.get(f"{INBOX}?lane=blocked").content.decode()
    assert browser.get(f"{INBOX}?environment=nowhere").status_code == 404
    assert browser.get(f"{INBOX}?after=broken&lane=odd").status_code == 200


def test_taking_is_done_by_the_findings_own_function(world: World, captured: Captured, signed_in: SignIn) -> None:
    finding = captured.findings[0]
    back = f"{INBOX}?lane=needs_triage"

    answer = signed_in(world.operator).post(f"{INBOX}take/{finding.pk}", {"back": back})

    assert (answer.status_code, answer.url) == (302, back)
    with world.scope() as scope:
        taken = findings.finding(scope, finding.pk)
    assert (taken.state, taken.assignee_id) == ("triaged", world.operator.pk)


def test_putting_off_seeing_and_bringing_back(world: World, captured: Captured, signed_in: SignIn) -> None:
    browser, key = signed_in(world.viewer), f"finding:{captured.findings[0].pk}"

    page = browser.post(f"{INBOX}snooze", {"item": key, "how_long": "week"}, follow=True).content.decode()
    assert "Put off for a week, for you alone." in page
    assert "1 item is put off." in page
    assert page.count("data-row") == 3

    assert browser.post(f"{INBOX}wake", follow=True).content.decode().count("data-row") == 4
    seen = browser.post(f"{INBOX}seen", {"item": [key]}, follow=True).content.decode()
    assert seen.count("new to you") == 3
    assert signed_in(world.owner).get(INBOX).content.decode().count("new to you") == 4


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "/w/acme/members/", ""])
def test_a_form_leads_back_to_the_inbox_and_nowhere_else(world: World, signed_in: SignIn, back: str) -> None:
    assert signed_in(world.owner).post(f"{INBOX}wake", {"back": back}).url == INBOX


def test_what_does_not_wait_any_more_is_a_sentence(world: World, captured: Captured, signed_in: SignIn) -> None:
    page = signed_in(world.owner).post(f"{INBOX}snooze", {"item": f"run:{ids.new()}"}, follow=True)

    assert "This does not wait any more." in page.content.decode()
    with world.inside():
        assert not InboxMark.objects.exists()


def test_who_may_and_who_may_not(world: World, captured: Captured, signed_in: SignIn) -> None:
    take = f"take/{captured.findings[0].pk}"
    assert signed_in(world.viewer).get(INBOX).status_code == 200
    assert signed_in(world.viewer).post(f"{INBOX}{take}").status_code == 403
    assert signed_in(world.customer).get(INBOX).status_code == 403
    assert signed_in(world.operator).post(f"{INBOX}take/{ids.new()}").status_code == 404
    assert signed_in(world.owner).post(INBOX).status_code == 405
    assert Client().get(INBOX).status_code == 302
    for what in (take, *WRITES):
        assert signed_in(world.stranger).post(f"{INBOX}{what}").status_code == 404
        assert signed_in(world.owner).get(f"{INBOX}{what}").status_code == 405


def test_a_viewer_is_offered_no_taking(world: World, captured: Captured, signed_in: SignIn) -> None:
    page = signed_in(world.viewer).get(INBOX).content.decode()
    assert page.count('data-key="t"') == 0
    assert page.count('data-key="o"') == 4


def test_what_is_out_of_reach_is_in_no_line_no_count_and_no_choice(
    world: World, captured: Captured, signed_in: SignIn
) -> None:
    with world.inside():
        member = Membership.objects.get(user=world.viewer)
        EnvironmentGrant.objects.create(
            workspace=world.workspace, membership=member, environment=world.environment, effect="exclude"
        )
    page = signed_in(world.viewer).get(INBOX)
    assert "North" not in page.content.decode()
    assert [tab["count"] for tab in page.context["lanes"]] == ["1", "0", "1", "0", "0", "0"]


def test_no_line_leads_to_what_only_takes_a_form(world: World, captured: Captured, signed_in: SignIn) -> None:
    with world.inside():
        run = OperationRun.objects.filter(run_type="findings.detect", environment_id=world.environment.pk).first()
        assert run is not None
        run.pk, run.identity_digest, run.queued_at = ids.new(), "again", clock.now()
        run.outcome, run.reason_code = "failed", "internal_error"
        run.save(force_insert=True)
    browser = signed_in(world.owner)
    page = browser.get(INBOX).content.decode()
    assert f"/w/acme/runs/{run.pk}" in page
    assert {browser.get(way).status_code for way in re.findall(r'href="([^"]+)" data-key="o"', page)} == {200}


def test_an_empty_inbox_says_that_it_was_looked_at(world: World, signed_in: SignIn) -> None:
    with world.inside():
        for lifecycle in ("active", "archived"):
            Environment.objects.update(lifecycle=lifecycle)
    assert "Nothing waits for you" in signed_in(world.owner).get(INBOX).content.decode()


def test_it_speaks_german(world: World, captured: Captured, signed_in: SignIn) -> None:
    page = signed_in(world.owner).get(INBOX, headers={"accept-language": "de"}).content.decode()
    assert "Noch hat ihn niemand angesehen." in page
    for english in ("Put off", "Take it", "Needs triage", "What waits", "new to you"):
        assert english not in page, english


def test_the_statements_do_not_grow_with_what_waits(world: World, captured: Captured, signed_in: SignIn) -> None:
    browser = signed_in(world.owner)
    with CaptureQueriesContext(connection) as few:
        browser.get(INBOX)
    with world.inside():
        one = captured.findings[0]
        for number in range(60):
            one.pk, one.fingerprint = ids.new(), f"{number:064}"
            one.save(force_insert=True)
        assert Finding.objects.count() == 63
    with CaptureQueriesContext(connection) as many:
        page = browser.get(INBOX)
    assert page.content.decode().count("data-row") == 50
    assert len(many) == len(few) <= 17
    assert "data-row" in browser.get(page.context["next_url"]).content.decode()
