"""The help of every page: each has one, the manual says the same, and a page shows it once."""

from __future__ import annotations

import re

from django.utils import translation

from tests.isolation.routes import routes
from tests.web.test_every_page import ABSENT, LOOKS, MANAGES, addresses_of
from tools import docs
from trueline.web.page_help import AGENTS, TOPICS, WITHOUT

MANUAL = docs.ROOT / "docs" / "user"
HELP = '<details class="help">'


def said_by_the_manual() -> str:
    return " ".join((MANUAL / "pages.md").read_text(encoding="utf-8").split())


def english(text):
    with translation.override("en"):
        return str(text)


def test_every_address_that_may_be_looked_at_has_help_or_a_reason_why_not():
    looked_at = {
        route.name
        for route in routes()
        if route.policy and "GET" in getattr(route.policy, "methods", ()) and not route.path.startswith("api/")
    }
    assert len(looked_at) > 30
    files = {name for name in looked_at if name.endswith("_export")}
    assert looked_at - files - TOPICS.keys() - WITHOUT.keys() == set()
    assert TOPICS.keys() & WITHOUT.keys() == set()


def test_help_names_addresses_that_exist():
    known = {route.name for route in routes()}
    assert {*TOPICS, *WITHOUT} - known == set()


def test_the_manual_says_what_the_help_says_and_leads_to_more():
    manual = said_by_the_manual()
    for name, topic in {**TOPICS, "environment of agents": AGENTS}.items():
        assert english(topic.text) in manual, name
        leads = rf"{re.escape(english(topic.text))} More: \[[^]]+\]\({re.escape(topic.document)}\)"
        assert not topic.document or re.search(leads, manual), name


def test_every_page_shows_its_help_once_in_the_readers_language(world, captured, signed_in):
    addresses, browser = addresses_of(world, captured, absent=False), signed_in(world.owner)
    for language in ("en", "de"):
        for name in {*LOOKS, *MANAGES, "members"} - WITHOUT.keys():
            page = browser.get(addresses[name], headers={"accept-language": language}).content.decode()
            with translation.override(language):
                assert page.count(HELP) == 1, name
                assert str(TOPICS[name].text) in page.replace("&#x27;", "'"), name


def test_a_refused_form_keeps_the_help_of_its_page(world, signed_in):
    answer = signed_in(world.owner).post("/w/acme/keys/make", {})
    assert HELP in answer.content.decode()


def test_a_customer_reads_what_their_own_first_page_is_for(world, signed_in):
    assert english(TOPICS["released"].text) in signed_in(world.customer).get("/w/acme/").content.decode()


def test_what_is_not_there_is_not_explained(world, signed_in):
    assert HELP not in signed_in(world.owner).get(f"/w/acme/findings/{ABSENT}").content.decode()
