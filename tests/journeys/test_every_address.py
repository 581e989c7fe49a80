"""A walk through every address that an owner can open, as a browser sees it: wide and narrow, light and dark, both
languages. Pictures of all of it go to `test-output/screens`, to be looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys import looks
from tests.journeys.people import sign_in
from tests.journeys.places import addresses, demonstration, title_of
from trueline.workspaces.models import User

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
VIEWS = {
    "wide-light-en": {"locale": "en-GB", "viewport": WIDE, "color_scheme": "light"},
    "wide-dark-de": {"locale": "de-DE", "viewport": WIDE, "color_scheme": "dark"},
    "phone-light-de": {"locale": "de-DE", "viewport": NARROW, "color_scheme": "light"},
    "phone-dark-en": {"locale": "en-GB", "viewport": NARROW, "color_scheme": "dark"},
}


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


@pytest.mark.parametrize("view", VIEWS)
def test_every_address_is_whole_readable_and_in_the_readers_language(view, new_page, site, owner, places, screens):
    page = new_page(**VIEWS[view])
    sign_in(page, site, owner)
    folder = screens / view
    folder.mkdir(exist_ok=True)
    wrongs = []
    for name, address in places.items():
        if page.request.get(address, max_redirects=0).status == 405:
            continue
        page.goto(address)
        page.screenshot(path=folder / f"{title_of(name)}.png", full_page=True)
        wrongs += [f"{name}: {wrong}" for wrong in wrongs_of(page, view)]
    assert wrongs == []


def wrongs_of(page: Page, view: str) -> list[str]:
    """What is wrong with the page that is open."""
    found = looks.grave_barriers(page)
    wide = looks.sideways(page)
    if wide:
        found.append(f"wider than the window: {wide}")
    if view.endswith("-de"):
        found += [f"in English: {text}" for text in looks.english(looks.texts(page))]
    return found
