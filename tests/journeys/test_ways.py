"""Ways through the product with a script: anywhere by letters, a record beside its list, several findings at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import sign_in
from tests.journeys.places import demonstration
from trueline.engine.packs import verify_pack

WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def owner(kept, tmp_path_factory):
    return demonstration(tmp_path_factory.mktemp("demonstration"))


@pytest.fixture
def page(new_page, site, owner) -> Page:
    opened = new_page(viewport=WIDE)
    sign_in(opened, site, owner)
    return opened


def test_letters_lead_anywhere_by_keyboard_alone(page):
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    page.keyboard.type("tannhorst")
    chosen = page.locator("#palette-hits [aria-selected=true]")
    expect(chosen).to_contain_text("Tannhorst Metallbau")
    expect(field).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/environments/tannhorst-metallbau/$"))


def test_a_record_opens_beside_its_list_under_its_own_address(page):
    page.goto("/w/demo/findings/?severity=high")
    link = page.locator("a[data-drawer]").nth(1)
    link.click()
    drawer = page.locator("aside.drawer")
    expect(drawer.locator("h1")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/findings/[0-9a-f-]{36}$"))
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?severity=high$"))
    expect(link).to_be_focused()
    page.go_forward()
    expect(drawer.locator("h1")).to_be_visible()
    expect(drawer.locator("h1")).to_have_attribute("aria-level", "2")
    page.reload()
    expect(drawer).to_have_count(0)
    expect(page.locator("main h1")).to_be_visible()
    page.go_back()
    expect(page.locator("a[data-drawer]").nth(1)).to_be_visible()


def test_work_on_a_record_beside_its_list_stays_there_and_shows_in_the_list(page):
    page.goto("/w/demo/findings/?severity=low")
    row = page.locator("[data-row]").first
    row.locator("[type=checkbox]").check()
    row.locator("a[data-drawer]").click()
    drawer = page.locator("aside.drawer")
    expect(drawer.locator("h1")).to_be_focused()
    record = page.url
    drawer.get_by_role("button", name="Take it").click()
    expect(page.locator(".toasts .notice")).to_have_count(1)
    expect(drawer.locator("h1")).to_be_focused()
    expect(drawer.get_by_role("button", name="Take it")).to_have_count(0)
    expect(row).to_contain_text("Triaged")
    expect(row.locator("[type=checkbox]")).to_be_checked()
    expect(page.locator("[data-bulk]")).to_contain_text("chosen: 1")
    assert page.url == record
    page.keyboard.press("Escape")
    expect(row.locator("a[data-drawer]")).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?severity=low$"))


def test_several_findings_are_worked_on_at_once_and_that_is_taken_back(page):
    page.goto("/w/demo/findings/?severity=medium")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    bar = page.locator("[data-bulk]")
    expect(bar).to_contain_text("chosen: 2")
    bar.locator("select").select_option("remediate")
    bar.get_by_role("button").click()
    toast = page.locator(".toasts .notice")
    expect(toast).to_contain_text("Done with 2 findings")
    page.keyboard.press("u")
    expect(page.locator(".toasts .notice")).to_contain_text("It is open again")


def test_a_chart_is_walked_by_arrows_and_says_its_numbers(page):
    page.goto("/w/demo/")
    canvas = page.locator("[data-chart=trend] [data-canvas]")
    expect(canvas.locator("svg")).to_be_visible()
    canvas.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-chart=trend] [data-said]")).to_contain_text("All")


def test_a_review_goes_from_its_evidence_to_a_pack_that_is_checked_offline(page, tmp_path):
    page.goto("/w/demo/reviews/")
    page.get_by_label("Environment", exact=True).select_option(label="Tannhorst Metallbau")
    page.get_by_label("Title", exact=True).fill("November")
    page.get_by_role("button", name="Take evidence and begin").click()
    expect(page.get_by_role("button", name="Ready to be published")).to_be_disabled()
    page.locator("textarea[name=summary]").fill("Two things matter. Both are being worked on.")
    page.get_by_role("button", name="Keep the text").click()
    page.get_by_role("button", name="Ready to be published").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("link", name="As the customer sees it").click()
    expect(page.locator("main")).to_contain_text("Blind spots")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").click()
    path = tmp_path / "pack.zip"
    coming.value.save_as(path)
    assert verify_pack.verify(path).failures == []


def test_a_comparison_is_walked_by_keys_and_says_on_paper_what_it_compares(page):
    page.goto("/w/demo/compare")
    sides = [
        page.locator(f"[name={side}] option", has_text=name).first.get_attribute("value")
        for side, name in (("left", "Tannhorst"), ("right", "Larkmoor"))
    ]
    page.goto(f"/w/demo/compare?left={sides[0]}&right={sides[1]}&tab=objects&outcome=changed")
    page.keyboard.press("j")
    entry = page.locator("[data-row]:focus-within details").first
    was_open = entry.get_attribute("open") is not None
    page.keyboard.press("o")
    expect(entry).to_have_js_property("open", not was_open)
    page.emulate_media(media="print")
    told = page.locator(".print-only").first
    expect(told).to_contain_text("Tannhorst Metallbau")
    expect(told).to_contain_text("Larkmoor Architects")
    expect(page.locator("#rail")).to_be_hidden()
