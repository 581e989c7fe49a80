"""A walk through every address that an owner can open, as a browser sees it: wide and narrow, light and dark, both
languages. Pictures of all of it go to `test-output/screens`, to be looked at.

The suite walks in two of the eight views, which between them have each width, scheme and language; what no look
changes is asked in the first of them only;
`python -m benchmarks soak` does all of it in all eight.
"""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page

from tests.journeys import looks
from tests.journeys.people import sign_in
from tests.journeys.places import addresses, demonstration, title_of
from trueline.workspaces.models import User

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
ALL_VIEWS = {
    f"{size}-{scheme}-{locale[:2]}": {"locale": locale, "viewport": viewport, "color_scheme": scheme}
    for size, viewport in (("wide", WIDE), ("phone", NARROW))
    for scheme in ("light", "dark")
    for locale in ("en-GB", "de-DE")
}
IS_LONG = bool(os.environ.get("TRUELINE_EVERY_LOOK"))
VIEWS = list(ALL_VIEWS) if IS_LONG else ["phone-light-de", "wide-dark-en"]

BEFORE_SIGN_IN = ("account_login", "account_signup", "account_reset_password", "sign_in_link", "join")


@pytest.fixture(scope="module")
def owner(kept, tmp_path_factory) -> User:
    """The demonstration's owner, who has chosen no language: the browser says which."""
    found = demonstration(tmp_path_factory.mktemp("demonstration"))
    found.locale = ""
    found.save(update_fields=["locale"])
    return found


@pytest.fixture(scope="module")
def places(owner) -> dict[str, str]:
    found = addresses(owner)
    assert len(found) > 60
    return found


@pytest.fixture(params=VIEWS)
def view(request) -> str:
    return str(request.param)


@pytest.fixture
def page(view, new_page, site, owner) -> Page:
    """The owner's browser, in one of the views."""
    opened = new_page(**ALL_VIEWS[view])
    sign_in(opened, site, owner)
    return opened


def test_every_address_is_whole_readable_and_in_the_readers_language(view, page, places, screens):
    folder = screens / view
    folder.mkdir(exist_ok=True)
    wrongs = []
    for name, address in places.items():
        if is_only_written_to(page, address):
            continue
        page.goto(address)
        page.screenshot(path=folder / f"{title_of(name)}.png", full_page=True)
        wrongs += [f"{name}: {wrong}" for wrong in wrongs_of(page, view)]
    assert not wrongs, "\n".join(wrongs)


def test_what_a_visitor_sees_is_whole_readable_and_in_the_visitors_language(view, new_page, places, screens):
    page = new_page(**ALL_VIEWS[view])
    folder = screens / view
    folder.mkdir(exist_ok=True)
    wrongs = []
    for name in BEFORE_SIGN_IN:
        page.goto(places[name])
        page.screenshot(path=folder / f"visitor-{title_of(name)}.png", full_page=True)
        wrongs += [f"{name}: {wrong}" for wrong in wrongs_of(page, view)]
    assert not wrongs, "\n".join(wrongs)


def is_only_written_to(page: Page, address: str) -> bool:
    """Whether the address takes no look, as it says itself."""
    return "GET" not in page.request.fetch(address, method="OPTIONS").headers.get("allow", "GET")


def wrongs_of(page: Page, view: str) -> list[str]:
    """What is wrong with the page that is open."""
    is_a_part = not page.title()  # the moving part of a run's page is asked for by a script only
    found = [] if is_a_part else looks.grave_barriers(page, of_the_look=view != VIEWS[0])
    if not is_a_part and not page.locator("details.help, .error-code").count():
        found.append("says nothing of what it is for")
    wide = looks.sideways(page)
    if wide:
        found.append(f"wider than the window: {wide}")
    narrow = looks.squeezed(page)
    if narrow:
        found.append(f"read letter by letter: {narrow}")
    if view.endswith("-de"):
        found += [f"in English: {text}" for text in looks.english(looks.texts(page))]
    return found
