"""Signing in: by link, password, second factor, recovery code and passkey."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.journeys.one_time import fresh_code
from tests.journeys.people import PASSWORD, link_for, person, sign_in, workspace_of
from tests.journeys.site import Site
from trueline.workspaces.models import User

SESSION = "trueline_session"


@pytest.fixture
def user(request, site) -> User:
    """Somebody with a password and a workspace of their own."""
    name = re.sub(r"\W|_", "", request.node.name)[-40:]
    made = person(f"{name}@example.org", "Paula Password", password=PASSWORD)
    workspace_of(made, f"House {name}")
    return made


def session_of(page: Page) -> str:
    return next((one["value"] for one in page.context.cookies() if one["name"] == SESSION), "")


def give_password(page: Page, user: User, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def expect_home(page: Page) -> None:
    expect(page).to_have_url(re.compile(r"/w/house-"))


def test_a_one_time_link_asks_first_and_then_signs_in_once(new_page, site, user):
    page, other = new_page(), new_page()
    link = link_for(site, user)
    other.goto(link)
    page.goto(link)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect_home(page)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.locator("h1")).to_have_text("This link does not sign in (any more)")


def test_a_password_signs_in_and_a_wrong_one_does_not_say_whose(new_page, user):
    page = new_page()
    give_password(page, user, "not it, not at all")
    wrong = page.locator("main").inner_text()
    page.goto("/account/login/")
    page.locator("[name=login]").fill("nobody@example.org")
    page.locator("[name=password]").fill("not it, not at all")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.locator("main").inner_text() == wrong
    assert "not correct" in wrong
    give_password(page, user)
    expect_home(page)


def test_the_session_is_a_new_one_after_signing_in_and_a_dead_one_after_signing_out(new_page, user, site):
    page = new_page()
    page.goto("/account/login/")
    page.context.add_cookies([{"name": SESSION, "value": "planted" * 5, "url": site.url}])
    give_password(page, user)
    expect_home(page)
    used = session_of(page)
    assert used not in ("", "planted" * 5)
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/account/login/"))
    page.context.add_cookies([{"name": SESSION, "value": used, "url": site.url}])
    page.goto("/")
    expect(page).to_have_url(re.compile("/account/login/"))


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(new_page, user):
    page = new_page()
    give_password(page, user)
    expect_home(page)
    kept = {one["name"]: (one["httpOnly"], one["sameSite"]) for one in page.context.cookies()}
    assert kept[SESSION] == (True, "Lax")
    assert all(same_site == "Lax" for _only, same_site in kept.values()), kept


def set_up_codes(page: Page) -> str:
    """Set up an authenticator app; gives its secret."""
    page.goto("/account/2fa/totp/activate/")
    confirm_password(page)
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("[name=code]").fill(fresh_code(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.locator("main")).to_contain_text("Recovery")
    return secret


def confirm_password(page: Page) -> None:
    """Sensitive steps ask again, unless the person has just signed in."""
    if "reauthenticate" in page.url:
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Confirm").click()


def give_code(page: Page, code: str) -> None:
    page.locator("[name=code]").fill(code)
    page.locator("form:has([name=code]) button[type=submit]").first.click()


def test_a_code_of_an_authenticator_app_is_asked_for_and_good_only_once(new_page, user):
    page, other = new_page(), new_page()
    give_password(page, user)
    expect_home(page)
    secret = set_up_codes(page)
    give_password(other, user)
    expect(other).to_have_url(re.compile("/2fa/authenticate/"))
    before = session_of(other)
    give_code(other, "000000")
    expect(other.locator(".field-errors")).to_be_visible()
    code = fresh_code(secret)
    give_code(other, code)
    expect_home(other)
    assert session_of(other) != before
    third = new_page()
    give_password(third, user)
    give_code(third, code)
    expect(third.locator(".field-errors")).to_be_visible()


def test_a_recovery_code_signs_in_once(new_page, user):
    page, other = new_page(), new_page()
    give_password(page, user)
    expect_home(page)
    set_up_codes(page)
    page.goto("/account/2fa/recovery-codes/")
    code = re.search(r"[0-9a-f]{8}", page.locator("main").inner_html())
    assert code
    for attempt in range(2):
        give_password(other, user)
        give_code(other, code[0])
        if attempt == 0:
            expect_home(other)
            other.context.clear_cookies()
    expect(other.locator(".field-errors")).to_be_visible()


def authenticator_of(page: Page) -> CDPSession:
    """A device that keeps passkeys, as the browser imitates one."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devices


def test_a_passkey_is_added_and_signs_in_without_a_password(new_page, user):
    page = new_page()
    authenticator_of(page)
    give_password(page, user)
    expect_home(page)
    page.goto("/account/2fa/webauthn/add/")
    confirm_password(page)
    page.locator("[name=name]").fill("Laptop")
    page.locator("[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    expect(page).to_have_url(re.compile("/2fa/(webauthn|recovery-codes)/$"))
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect_home(page)


def test_a_person_without_a_workspace_is_told_so(new_page, site):
    page = new_page()
    sign_in(page, site, person("nowhere@example.org", "Nora Nowhere"))
    expect(page.locator("h1")).to_have_text("You belong to no workspace yet")


def test_nobody_signs_up_without_an_invitation(new_page, site: Site):
    page = new_page()
    page.goto("/account/signup/")
    expect(page.locator("[name=password1]")).to_have_count(0)
