"""Views of a list that somebody keeps: theirs, or everybody's, and never more than a reader may see."""

from __future__ import annotations

import re

import pytest

from tests.samples import Captured
from trueline.casework.models import SavedView
from trueline.casework.rules import MOST_VIEWS

LIST = "/w/acme/findings/"
KEEP = "/w/acme/views/save"


def keep(browser, name="Urgent", filters="severity=high&state=open", **more):
    return browser.post(KEEP, {"place": "findings", "name": name, "filters": filters, **more}, follow=True)


def only(world):
    with world.inside():
        return SavedView.objects.get()


def test_filters_are_kept_under_a_name_and_shown_as_a_tab(world, captured: Captured, signed_in):
    browser = signed_in(world.viewer)
    assert "Keep this view" in browser.get(f"{LIST}?severity=high").content.decode()
    assert "The view Urgent is kept" in keep(browser).content.decode()
    page = browser.get(f"{LIST}?severity=high&state=open").content.decode()
    assert 'aria-current="page">Urgent' in page
    assert "Keep this view" not in page
    assert f"{LIST}?everything=1" in page


def test_a_view_is_ones_own_until_it_is_shared(world, captured, signed_in):
    keep(signed_in(world.viewer))
    assert "Urgent" not in signed_in(world.owner).get(LIST).content.decode()
    keep(signed_in(world.viewer), shared="on")
    assert "Urgent · Viewer" in signed_in(world.owner).get(LIST).content.decode()


def test_the_list_opens_with_the_default_and_with_everything_when_asked(world, captured, signed_in):
    browser = signed_in(world.viewer)
    keep(browser)
    toggle, view = "/w/acme/views/default", {"view": str(only(world).pk)}
    browser.post(toggle, view)
    assert browser.get(LIST).headers["Location"] == f"{LIST}?severity=high&state=open"
    assert browser.get(f"{LIST}?everything=1").status_code == 200
    assert signed_in(world.owner).get(LIST).status_code == 200
    browser.post(toggle, view)
    assert browser.get(LIST).status_code == 200


@pytest.mark.parametrize("what", ["default", "forget"])
def test_nobody_touches_somebody_elses_view(what, world, captured, signed_in):
    keep(signed_in(world.viewer), shared="on")
    assert signed_in(world.owner).post(f"/w/acme/views/{what}", {"view": str(only(world).pk)}).status_code == 404
    assert signed_in(world.owner).post(f"/w/acme/views/{what}", {"view": "none"}).status_code == 400
    assert only(world).is_default is False


def test_a_view_is_forgotten_and_can_be_kept_again(world, captured, signed_in):
    browser = signed_in(world.viewer)
    keep(browser)
    page = browser.post("/w/acme/views/forget", {"view": str(only(world).pk)}, follow=True).content.decode()
    assert "is forgotten" in page
    assert "Keep this view" in page
    with world.inside():
        assert SavedView.objects.count() == 0


def test_without_a_name_or_with_too_many_nothing_is_kept(world, captured, signed_in):
    browser = signed_in(world.viewer)
    assert "Give the view a name" in keep(browser, name="  ").content.decode()
    assert "Give the view a name" in keep(browser, filters="x" * 1001).content.decode()
    with world.inside():
        SavedView.objects.bulk_create(
            SavedView(workspace_id=world.workspace.pk, user=world.viewer, place="findings", name=str(n), filters="a=1")
            for n in range(MOST_VIEWS)
        )
    assert "Forget one first" in keep(browser).content.decode()
    assert browser.post(KEEP, {"place": "elsewhere", "name": "x"}).status_code == 400


@pytest.mark.parametrize("place", ["runs", "audit", "decisions"])
def test_other_lists_keep_views_too(place, world, captured, signed_in):
    browser = signed_in(world.owner)
    browser.post(KEEP, {"place": place, "name": "Mine", "filters": "environment=north"})
    assert ">Mine" in browser.get(f"/w/acme/{place}/?environment=north").content.decode()


def test_a_view_is_renamed_and_a_taken_name_is_refused(world, captured, signed_in):
    browser = signed_in(world.viewer)
    keep(browser)
    view = only(world)
    page = browser.post("/w/acme/views/rename", {"view": str(view.pk), "name": " Mine "}, follow=True).content.decode()
    assert "The view is called Mine now" in page
    assert only(world).name == "Mine"
    keep(browser, name="Other", filters="severity=low")
    page = browser.post("/w/acme/views/rename", {"view": str(view.pk), "name": "Other"}, follow=True).content.decode()
    assert "Another of your views of this list has this name" in page
    assert signed_in(world.owner).post("/w/acme/views/rename", {"view": str(view.pk), "name": "X"}).status_code == 404


def test_what_was_forgotten_is_taken_back_as_it_was(world, captured, signed_in):
    browser = signed_in(world.viewer)
    keep(browser, shared="on")
    view = {"view": str(only(world).pk)}
    browser.post("/w/acme/views/default", view)
    page = browser.post("/w/acme/views/forget", view, follow=True).content.decode()
    undo = re.search(r'action="(/w/acme/views/save\?[^"]+)"', page)[1].replace("&amp;", "&")
    with world.inside():
        assert SavedView.objects.count() == 0
    browser.post(undo)
    again = only(world)
    assert (again.name, again.filters, again.is_shared, again.is_default) == (
        "Urgent",
        "severity=high&state=open",
        True,
        True,
    )
