"""Labels on pages: put on and taken off on the finding and in bulk, found by a filter, carried by the interface."""

from __future__ import annotations

import pytest

from tests.api.conftest import Caller, key_of
from trueline.findings import queries

LIST = "/w/acme/findings/"


@pytest.fixture
def finding(captured):
    return captured.findings[0]


def label(browser, finding, **given):
    return browser.post(f"{LIST}{finding.pk}/label", given, follow=True)


def test_a_label_is_put_on_and_leads_to_all_that_bear_it(world, captured, finding, signed_in):
    browser = signed_in(world.operator)
    page = label(browser, finding, add="Pilot <1>").content.decode()
    assert f'href="{LIST}?label=Pilot%20%3C1%3E"' in page
    found = browser.get(LIST, {"label": "pilot <1>"}).content.decode()
    assert f"{LIST}{finding.pk}" in found
    assert f"{LIST}{captured.findings[1].pk}" not in found
    assert "1 entry" in found
    assert "Pilot <1>" not in found
    assert "pilot" not in label(browser, finding, remove="pilot <1>").content.decode().lower()
    assert "No finding matches" in browser.get(LIST, {"label": "pilot <1>"}).content.decode()


def test_bulk_work_puts_a_label_on_and_takes_it_off(world, captured, signed_in):
    browser, ids = signed_in(world.operator), [str(one.pk) for one in captured.findings[:2]]
    browser.post(f"{LIST}work", {"finding": ids, "step": "label", "label": "wave 2"})
    with world.scope() as scope:
        assert queries.labelled(scope, queries.findings(scope), "wave 2").count() == 2
    browser.post(f"{LIST}work", {"finding": ids[:1], "step": "unlabel", "label": "wave 2"})
    refused = browser.post(f"{LIST}work", {"finding": ids, "step": "label", "label": "a,b"}, follow=True)
    assert "A label is a word or a few" in refused.content.decode()
    with world.scope() as scope:
        assert queries.labelled(scope, queries.findings(scope), "wave 2").count() == 1


def test_who_may_label(world, finding, signed_in):
    address = f"{LIST}{finding.pk}/label"
    assert signed_in(world.viewer).post(address, {"add": "x"}).status_code == 403
    assert signed_in(world.stranger).post(address, {"add": "x"}).status_code == 404
    assert signed_in(world.operator).get(address).status_code == 405
    assert "Put it on" not in signed_in(world.viewer).get(f"{LIST}{finding.pk}").content.decode()


def test_a_program_labels_filters_and_lists(world, captured, finding):
    owner = Caller(key_of(world.workspace, world.owner))
    done = owner.post("/findings/labels", {"finding_ids": [str(finding.pk)], "add": ["pilot", "wave 2"]})
    assert done.json()["items"][0]["labels"] == ["pilot", "wave 2"]
    assert [one["id"] for one in owner.get("/findings?label=PILOT").json()["items"]] == [str(finding.pk)]
    assert [one["name"] for one in owner.get("/labels").json()["items"]] == ["pilot", "wave 2"]
    refused = owner.post("/findings/labels", {"finding_ids": [str(finding.pk)], "add": ["a,b"]})
    assert refused.json()["code"] == "label_refused"
