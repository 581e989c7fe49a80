"""The page of API keys: made with as little as is ticked, shown once, withdrawn at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.api.conftest import Caller
from trueline.kit import clock
from trueline.workspaces.models import ApiKey

KEYS = "/w/acme/keys/"
WISH = {"name": "Nightly", "capabilities": ["findings.view"], "environment": "", "days": "90"}


def token_on(page):
    found = re.search(r"tl_[0-9a-f]{32}_[\w-]{43}", page)
    return found.group(0) if found else ""


def test_a_key_is_made_shown_once_and_does_only_what_was_ticked(world, signed_in):
    browser = signed_in(world.owner)
    shown = browser.post(f"{KEYS}make", WISH, follow=True).content.decode()
    caller = Caller(token_on(shown))
    assert caller.get("/findings").status_code == 200
    assert caller.get("/runs").status_code == 403
    assert token_on(browser.get(KEYS).content.decode()) == ""


def test_a_withdrawn_key_is_refused_with_its_next_request(world, signed_in):
    browser = signed_in(world.owner)
    caller = Caller(token_on(browser.post(f"{KEYS}make", WISH, follow=True).content.decode()))
    with world.inside():
        key = ApiKey.objects.get()
    assert "was withdrawn" in browser.post(f"{KEYS}{key.pk}/withdraw", follow=True).content.decode()
    assert caller.get("/findings").status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"capabilities": []}, {"capabilities": ["explode"]}, {"days": "4000"}, {"environment": "x"}]
)
def test_a_bad_wish_is_told_beside_its_field_and_makes_nothing(wrong, world, signed_in):
    answer = signed_in(world.owner).post(f"{KEYS}make", WISH | wrong)
    assert answer.status_code == 422
    with world.inside():
        assert ApiKey.objects.count() == 0


def test_only_who_manages_members_sees_keys(world, signed_in):
    assert signed_in(world.viewer).get(KEYS).status_code == 403
    assert signed_in(world.operator).post(f"{KEYS}make", WISH).status_code == 403
    assert signed_in(world.stranger).get(KEYS).status_code == 404
    assert "/w/acme/keys/" not in signed_in(world.viewer).get("/w/acme/members/").content.decode()


def test_a_key_says_whether_it_works_still(world, signed_in, monkeypatch):
    browser = signed_in(world.owner)
    browser.post(f"{KEYS}make", WISH)
    assert "Active" in browser.get(KEYS).content.decode()
    for days, word in ((80, "ends soon"), (91, "Expired")):
        later = clock.now() + timedelta(days=days)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        assert word in browser.get(KEYS).content.decode()
        monkeypatch.undo()
