"""By keyboard alone, what errors show, and what a page weighs."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import person, sign_in, workspace_of
from trueline.web.middleware import HEADERS

MOST_BYTES = 150_000
_FOCUS_SHOWS = """() => {
  const seen = getComputedStyle(document.activeElement);
  return document.activeElement !== document.body && seen.outlineStyle !== "none" && seen.outlineWidth !== "0px";
}"""


@pytest.fixture(scope="module")
def keyboarder(site):
    user = person("keys@example.org", "Kim Keys")
    workspace_of(user, "Keyboard")
    return user


@pytest.fixture
def page(new_page, site, keyboarder) -> Page:
    opened = new_page()
    sign_in(opened, site, keyboarder)
    return opened


def test_the_first_tab_offers_to_skip_to_the_content(page):
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    expect(link).to_have_text("Skip to the content")
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_tab_reaches_every_control_and_shows_where_it_is(page):
    controls = page.locator("a[href]:visible, button:visible:enabled, summary:visible, input:visible").count()
    reached = set()
    for _step in range(controls + 5):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("document.activeElement === document.body"):
            break
        assert page.evaluate(_FOCUS_SHOWS), name
        reached.add(name)
    assert len(reached) >= controls - 1


def test_letters_lead_to_places_and_a_question_mark_shows_the_map(page, site):
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#keys")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page).to_have_url(f"{site.url}/w/keyboard/environments/")
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text("Add an environment")
    page.get_by_label("Name", exact=True).fill("Nordhaus ?")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Nordhaus ?")


def test_what_is_not_there_says_so_and_tells_nothing_else(page):
    answer = page.goto("/w/keyboard/environments/never-was/")
    assert answer is not None
    assert answer.status == 404
    said = page.content()
    for telling in ("Traceback", "/work/", "SELECT", "Django", "trueline."):
        assert telling not in said, telling


@pytest.mark.parametrize(
    "address", ["/static/css/parts.css", "/static/nothing.css", "/nothing", "/healthz", "/account/"]
)
def test_every_answer_carries_the_headers(new_page, address):
    answer = new_page().request.get(address, max_redirects=0)
    assert answer.status < 500
    assert {name: answer.headers.get(name.lower()) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("address", ["/account/login/", "/language", "/new-workspace"])
def test_a_form_that_another_site_sends_is_refused_by_a_calm_page(new_page, address):
    page = new_page()
    answer = page.request.post(address, form={"login": "a", "password": "b"})
    assert answer.status == 403
    assert "Traceback" not in answer.text()


def test_a_page_weighs_little(new_page, site, keyboarder):
    page = new_page()
    sizes: dict[str, int] = {}

    def weigh(response) -> None:
        sizes[urlsplit(response.url).path] = int(response.request.sizes()["responseBodySize"])

    sign_in(page, site, keyboarder)
    fresh = page.context.new_cdp_session(page)
    fresh.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.on("requestfinished", lambda request: weigh(request.response()))
    page.goto("/w/keyboard/")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes.values()) < MOST_BYTES, sizes
