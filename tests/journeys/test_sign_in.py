"""Signing in: by link, password, second factor, recovery code and passkey."""

from __future__ import annotations

from tests.journeys.people import PASSWORD, person, sign_in, workspace_of


def test_a_one_time_link_signs_in_once(new_page, site):
    user = person("link@example.org", "Lina Link")
    workspace_of(user, "Linked")
    page = new_page()
    sign_in(page, site, user)
    assert page.url == f"{site.url}/w/linked/"
