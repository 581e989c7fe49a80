"""The end of all other sessions: what goes on, and what does not."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from tests.api.conftest import Caller, key_of
from tests.audit.test_chain import NOBODY
from trueline.web.views import sessions
from trueline.workspaces.actions import make_sign_in_link

PAGE = "/account/sessions/"


def test_all_other_sessions_end_and_this_one_and_those_of_others_go_on(world, signed_in):
    here, phone, other = signed_in(world.owner), signed_in(world.owner), signed_in(world.viewer)
    program = Caller(key_of(world.workspace, world.owner))
    answer = here.post(PAGE, follow=True)
    assert "All other sessions have ended" in answer.content.decode()
    assert phone.get("/w/acme/").status_code == 302
    assert [browser.get("/w/acme/").status_code for browser in (here, other)] == [200, 200]
    assert program.get("/findings").status_code == 200
    world.owner.refresh_from_db()
    assert signed_in(world.owner).get("/w/acme/").status_code == 200


def test_it_can_be_done_again(world, signed_in):
    here = signed_in(world.owner)
    here.post(PAGE)
    world.owner.refresh_from_db()
    phone = signed_in(world.owner)
    here.post(PAGE)
    assert phone.get("/w/acme/").status_code == 302
    assert here.get("/w/acme/").status_code == 200


def test_looking_ends_nothing_and_a_visitor_is_sent_to_sign_in(world, signed_in, client):
    here, phone = signed_in(world.viewer), signed_in(world.viewer)
    assert "Sign out everywhere else" in here.get(PAGE).content.decode()
    assert phone.get("/w/acme/").status_code == 200
    assert client.get(PAGE).status_code == 302


def by_link(user, agent: str) -> Client:
    browser = Client(headers={"user-agent": agent})
    browser.post(f"/sign-in/{make_sign_in_link(user, actor=NOBODY)}")
    return browser


def test_the_list_shows_where_one_is_signed_in_and_ends_one_session_and_no_other(world):
    here, phone = by_link(world.owner, "Firefox Linux"), by_link(world.owner, "Safari iPhone")
    foreign = by_link(world.viewer, "Edg Windows")
    (row,) = here.get(PAGE).context["others"]
    assert (row["browser"], row["system"], row["address"]) == ("Safari", "iOS", "127.0.0.1")
    (theirs,) = UserSession.objects.filter(user=world.viewer)
    for number in (theirs.pk, "x", 0):
        assert here.post(PAGE, {"session": number}).status_code == 302
    assert [one.get("/w/acme/").status_code for one in (phone, foreign)] == [200, 200]
    here.post(PAGE, {"session": row["id"]})
    assert [one.get("/w/acme/").status_code for one in (here, phone, foreign)] == [200, 302, 200]
    assert here.get(PAGE).context["others"] == []


def test_sessions_that_ended_leave_the_list_and_the_one_that_goes_on_stays_on_it(world):
    here, phone = by_link(world.owner, "Firefox Linux"), by_link(world.owner, "Safari iPhone")
    here.post(PAGE)
    assert here.get(PAGE).context["others"] == []
    world.owner.refresh_from_db()
    phone = by_link(world.owner, "Safari iPhone")
    assert [row["browser"] for row in phone.get(PAGE).context["others"]] == ["Firefox"]


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0", "Edge", "Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Safari/604.1", "Safari", "iOS"),
        ("", "", ""),
    ],
)
def test_a_browser_is_called_by_its_name(agent, browser, system):
    assert sessions.named(agent, sessions.BROWSERS) == browser
    assert sessions.named(agent, sessions.SYSTEMS) == system
