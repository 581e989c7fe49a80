"""The main job in a browser, from the first sign-in to a member who is shown the door."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import story
from tests.journeys.exports import Zips, zips
from tests.journeys.people import PASSWORD, person, sign_in, workspace_of
from tests.journeys.story import Reader

READERS = {
    "in English": {"locale": "en-GB"},
    "in German": {"locale": "de-DE"},
    "in English without a script": {"locale": "en-GB", "java_script_enabled": False},
}

ON_RECORD = (
    "workspaces:environment:create",
    "connections:upload:receive",
    "operations:run:finish",
    "inventory:snapshot:capture",
    "inventory:baseline:create",
    "inventory:baseline:assign",
    "findings:finding:detect",
)


@pytest.fixture(scope="module")
def exports(tmp_path_factory) -> Zips:
    return zips(tmp_path_factory.mktemp("exports"))


@pytest.fixture(params=READERS.values(), ids=[name.replace(" ", "-") for name in READERS])
def reader(request, new_page, site, worker) -> Reader:
    """An owner of a workspace in which nothing has happened yet, just signed in by a link."""
    options = request.param
    language = options["locale"][:2]
    name = f"{language}{len(options)}"
    user = person(f"owner-{name}@example.org", f"Olga {name}", locale=language)
    workspace_of(user, f"Verlag {name}")
    page = new_page(**options)
    sign_in(page, site, user)
    return Reader(page, site, language, has_script=options.get("java_script_enabled", True))


def test_the_main_job_is_done_and_everything_of_it_is_on_record(reader, exports, new_page):
    reader.sees("No environment yet")
    standard_is_made(reader, exports)
    drift_is_found(reader, exports)
    finding_shows_both_values(reader)
    differences_are_listed(reader)
    record_is_whole(reader)
    if reader.has_script:
        somebody_comes_and_goes(reader, new_page)


def standard_is_made(reader: Reader, exports: Zips) -> None:
    reader.go("Add an environment")
    reader.page.get_by_label(reader.word("Name"), exact=True).fill("Musterhaus")
    reader.press("Add")
    expect(reader.heading()).to_have_text("Musterhaus")
    story.upload(reader, exports.standard)
    reader.sees("How much was read")
    story.make_standard(reader, "Hausstandard")
    expect(reader.page.locator(".toasts")).to_contain_text(reader.word("The capture is the standard now."))


def drift_is_found(reader: Reader, exports: Zips) -> None:
    story.add_environment(reader, "Filiale")
    story.hold_to(reader, "Hausstandard", "Filiale")
    reader.place("e")
    reader.page.get_by_role("link", name="Filiale", exact=True).click()
    reader.sees("Nothing was captured yet, so nothing can be said.")
    story.upload(reader, exports.drifted)
    reader.place("r")
    compared = reader.page.locator("tr", has_text="Filiale").filter(has_not_text="queued")
    compared.first.get_by_role("link").first.click()
    story.wait_for_end(reader)
    reader.place("f")
    expect(reader.page.locator("tbody tr").first).to_contain_text("Filiale")


def finding_shows_both_values(reader: Reader) -> None:
    title = reader.page.locator("tbody th a").first
    said = title.inner_text()
    title.click()
    expect(reader.heading().last).to_contain_text(said)
    reader.page.reload()  # beside the list it stood under its own address, which is that of the whole page
    expect(reader.heading()).to_contain_text(said)
    sides = reader.page.locator(".diff").first.locator(":scope > div")
    expect(sides).to_have_count(2)
    assert sides.nth(0).inner_text() != sides.nth(1).inner_text()
    expect(reader.page.locator(".timeline li").first).to_be_visible()


def differences_are_listed(reader: Reader) -> None:
    reader.page.locator("#content").get_by_role("link", name=reader.word("compare"), exact=True).first.click()
    expect(reader.page.locator(".tabs").first).to_be_visible()
    expect(reader.page.locator("[data-row]").first).to_be_visible()


def record_is_whole(reader: Reader) -> None:
    reader.place("r")
    expect(reader.page.locator("tbody tr").nth(2)).to_be_visible()
    reader.place("a")
    here = reader.page.url
    for action in ON_RECORD:
        reader.page.goto(f"{here}?action={action}")
        expect(reader.page.locator("[data-row]").first, action).to_be_visible()
    reader.go("Verify the chain")
    expect(reader.page.locator(".notice.tone-good").first).to_be_visible()


def somebody_comes_and_goes(reader: Reader, new_page) -> None:
    other = Reader(new_page(locale=f"{reader.language}"), reader.site, reader.language)
    come(reader, other)
    role_changes(reader, other)
    go(reader, other)


def come(reader: Reader, other: Reader) -> None:
    """Invite somebody, who makes an account in a browser of their own and accepts."""
    reader.place("m")
    reader.page.get_by_label(reader.word("E-mail address")).fill(f"nina-{reader.language}@example.org")
    reader.press("Invite")
    link = reader.page.locator(".notice code").first.inner_text()
    other.page.goto(link)
    other.press("Make an account")
    expect(other.page.locator("[name=email]")).to_have_value(f"nina-{reader.language}@example.org")
    other.page.locator("[name=password1]").fill(PASSWORD)
    other.page.locator("[name=password2]").fill(PASSWORD)
    other.page.locator("main form button[type=submit]").first.click()
    other.press("Accept")
    expect(other.page).to_have_url(re.compile(r"/w/verlag"))


def role_changes(reader: Reader, other: Reader) -> None:
    """A viewer may not invite; an owner may."""
    other.place("m")
    expect(other.page.get_by_role("button", name=other.word("Invite"), exact=True)).to_be_disabled()
    reader.place("m")
    reader.page.locator("tr", has_text="nina").get_by_role("link").first.click()
    reader.page.get_by_label(reader.word("Role"), exact=True).select_option("owner")
    reader.press("Change the role")
    expect(reader.page.locator(".toasts")).to_contain_text("nina")
    other.page.reload()
    expect(other.page.get_by_role("button", name=other.word("Invite"), exact=True)).to_be_enabled()


def go(reader: Reader, other: Reader) -> None:
    """Removed: the very next click shows a page that never was."""
    reader.place("m")
    reader.page.locator("tr", has_text="nina").get_by_role("link").first.click()
    reader.press("Remove from the workspace")
    expect(reader.page.locator(".toasts")).to_contain_text("nina")
    with other.page.expect_response(lambda answer: answer.request.is_navigation_request()) as answered:
        other.place("f")
    assert answered.value.status == 404
