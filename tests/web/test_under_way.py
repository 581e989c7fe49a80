"""What goes on now, in the frame of every page: who sees it, how much of it, and how often it asks anew."""

from __future__ import annotations

import re

import pytest

from tests.samples import TAKEN_AT
from tests.worlds import World
from trueline.connections import registry
from trueline.inventory.starting import capture_folder
from trueline.operations.actions.runs import cancel_run
from trueline.operations.rules import MOST_UNDER_WAY
from trueline.web.under_way import PAUSES
from trueline.workspaces.actions import create_environment, narrow
from trueline.workspaces.models import Membership
from trueline.workspaces.rules import GrantEffect

AGAIN = "/w/acme/runs/under-way"


@pytest.fixture
def start(world: World, tmp_path):
    """Start captures that no worker takes up, one in each environment; gives the runs."""

    def starting(*environments):
        with world.scope() as scope:
            key = registry.export_provider().key
            when = {"actor": scope.actor, "observed_at": TAKEN_AT}
            return [capture_folder(scope, one, key, tmp_path, **when).run for one in environments]

    return starting


def test_every_page_names_what_is_under_way(world, start, signed_in):
    (run,) = start(world.environment)
    browser = signed_in(world.owner)
    for address in ("/w/acme/", "/w/acme/findings/", "/w/acme/members/", "/w/acme/environments/south/"):
        frame = section(browser.get(address))
        assert f"/w/acme/runs/{run.pk}" in frame, address
        assert "North" in frame
        assert f'hx-trigger="load delay:{PAUSES[0]}s"' in frame


def test_five_are_named_and_of_the_others_only_how_many(world, start, signed_in):
    with world.scope() as scope:
        more = [create_environment(scope, f"Branch {number}", actor=scope.actor) for number in range(5)]
    start(world.environment, world.other_environment, *more)
    frame = section(signed_in(world.owner).get("/w/acme/findings/"))
    assert len(re.findall(r"/w/acme/runs/[0-9a-f-]{36}", frame)) == MOST_UNDER_WAY
    assert "and 2 more" in frame


def test_it_asks_ever_more_slowly(world, start, signed_in):
    start(world.environment)
    browser, paused, seen = signed_in(world.owner), 0, []
    for _ in range(len(PAUSES) + 1):
        found = re.search(r"paused=(\d+)", section(browser.get(AGAIN, {"paused": paused})))
        paused = int(found[1])
        seen.append(paused)
    assert seen == [*PAUSES, PAUSES[-1]]
    assert section(browser.get(AGAIN, {"paused": "soon"})).count("paused=2") == 1


def test_when_nothing_runs_any_more_it_says_so_and_asks_no_more(world, start, signed_in):
    (run,) = start(world.environment)
    with world.scope() as scope:
        cancel_run(scope, run.pk, actor=scope.actor)
    said = section(signed_in(world.owner).get(AGAIN, {"paused": 2}))
    assert "Nothing is under way any more." in said
    assert "hx-get" not in said
    assert section(signed_in(world.owner).get("/w/acme/findings/")) == ""


def test_who_is_narrowed_or_sees_no_runs_is_told_of_none(world, start, signed_in):
    start(world.environment)
    with world.scope() as scope:
        member = Membership.objects.get(user=world.viewer)
        narrow(scope, member.pk, world.environment.pk, GrantEffect.EXCLUDE, actor=scope.actor)
    assert section(signed_in(world.viewer).get("/w/acme/findings/")) == ""
    assert section(signed_in(world.customer).get("/w/acme/")) == ""
    assert signed_in(world.customer).get(AGAIN).status_code == 403


def test_a_part_of_a_page_does_not_pay_for_the_frame(world, start, signed_in, django_assert_max_num_queries):
    (run,) = start(world.environment)
    browser = signed_in(world.owner)
    for address in (AGAIN, f"/w/acme/runs/{run.pk}/progress"):
        with django_assert_max_num_queries(11):
            browser.get(address)


def section(answer) -> str:
    """The section of what is under way; empty when the page has none."""
    assert answer.status_code == 200
    found = re.search(r'<section id="under-way".*?</section>', answer.content.decode(), re.DOTALL)
    return found[0] if found else ""
