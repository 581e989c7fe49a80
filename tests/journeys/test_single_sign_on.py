"""Single sign-on by OpenID Connect, as an installation turns it on: by its environment."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.people import person, sign_in, workspace_of
from tests.journeys.provider import PERSON, provider
from tests.journeys.site import Site, served


@pytest.fixture(scope="module")
def site(kept, tmp_path_factory) -> Iterator[Site]:
    with provider() as address:
        configured = {
            "TRUELINE_OIDC_URL": address,
            "TRUELINE_OIDC_NAME": "House key",
            "TRUELINE_OIDC_CLIENT_ID": "trueline",
            "TRUELINE_OIDC_CLIENT_SECRET": "not a secret",
        }
        with served(tmp_path_factory.mktemp("single"), configured) as found:
            yield found
        assert found.complaints() == ""


def test_a_linked_person_signs_in_by_it_and_a_stranger_gets_no_account(new_page, site):
    stranger = new_page(is_watched=False)
    stranger.goto("/account/login/")
    stranger.get_by_text("House key").click()
    stranger.get_by_role("main").get_by_role("button").first.click()
    expect(stranger.locator("h1")).to_have_text("Sign Up Closed")

    user = person(PERSON["email"], "Sina Single")
    workspace_of(user, "Single House")
    page = new_page(is_watched=False)
    sign_in(page, site, user)
    page.goto("/account/3rdparty/")
    page.get_by_role("main").get_by_text("House key").click()
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile("/account/3rdparty/"))
    page.context.clear_cookies()
    page.goto("/account/login/")
    page.get_by_text("House key").click()
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile("/w/single-house/"))
