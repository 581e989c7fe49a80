"""Deciding on risk in a browser: asked, accepted by another, and open again when the value or the date is another."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.findings.looks import accept
from tests.journeys.people import sign_in
from tests.samples import TAKEN_AT, Captured, capture, captured_world, compliance, write_export
from tests.worlds import World, small_world
from trueline.findings.models import Finding
from trueline.kit import clock, ids

LIST = "/w/acme/findings/"


@pytest.fixture(scope="module")
def world(kept) -> World:
    return small_world()


@pytest.fixture(scope="module")
def captured(world, tmp_path_factory) -> Captured:
    """North differs from its standard in a value, an object that is missing and one too many."""
    return captured_world(world, tmp_path_factory.mktemp("exports"))


@pytest.fixture
def browser_of(new_page, site):
    """A browser of that person."""

    def opened(user) -> Page:
        page = new_page()
        sign_in(page, site, user)
        return page

    return opened


def of_kind(captured: Captured, *kinds: str) -> Finding:
    return next(one for one in captured.findings if one.kind in kinds)


def state(page: Page):
    """The state beside the title of the finding that is open."""
    return page.locator(".eyebrow")


def test_a_risk_is_asked_for_accepted_by_another_and_open_again_with_another_value(
    world, captured, browser_of, tmp_path
):
    finding = next(one for one in captured.findings if one.path)
    asking = browser_of(world.operator)
    asking.goto(f"{LIST}{finding.pk}")
    asking.get_by_text("Ask for the risk to be accepted", exact=True).click()
    asking.locator("form[action$='/accept'] [name=reason]").fill("The vendor's agent needs it until the new release.")
    asking.get_by_role("button", name="Ask", exact=True).click()
    expect(asking.locator("#content")).to_contain_text("You have asked for this yourself; somebody else decides.")
    expect(asking.get_by_role("button", name="Accept the risk")).to_have_count(0)

    deciding = browser_of(world.approver)
    deciding.goto("/w/acme/decisions/")
    expect(deciding.locator("tbody")).to_contain_text("The vendor's agent needs it")
    deciding.goto(f"{LIST}{finding.pk}")
    deciding.get_by_role("button", name="Accept the risk").click()
    expect(state(deciding)).to_contain_text("Risk accepted")

    export = write_export(
        tmp_path / "north",
        [compliance(1, passwordMinimumLength=6), compliance(2), compliance(4, displayName="Extra <4>")],
    )
    capture(world, world.environment, export, TAKEN_AT + timedelta(days=2))

    deciding.reload()
    expect(state(deciding)).to_contain_text("Reopened")
    deciding.goto("/w/acme/decisions/?state=stale")
    expect(deciding.locator("tbody")).to_contain_text("another than the accepted one")


def test_on_its_date_an_accepted_risk_is_open_again_with_no_worker_running(world, captured, browser_of):
    finding = of_kind(captured, "extra")
    with world.inside():
        accept(world, finding)
        Finding.objects.filter(id=finding.pk).update(state="risk_accepted")
    page = browser_of(world.viewer)
    page.goto(f"{LIST}{finding.pk}")
    expect(state(page)).to_contain_text("Risk accepted")
    with world.inside():  # neither the clock of another process can be moved nor the date of a decision
        held = accept(world, finding, lasts=timedelta(seconds=1))
    time.sleep(max((held.expires_at - clock.now()).total_seconds(), 0))
    page.reload()
    expect(state(page)).to_contain_text("Reopened")
    page.goto("/w/acme/decisions/?state=expired")
    expect(page.locator("tbody")).to_contain_text("Its date has passed.")
    page.goto(f"{LIST}?state=open")
    expect(page.locator(f"a[href='{LIST}{finding.pk}']")).to_be_visible()


def test_work_on_several_with_one_that_is_not_theirs_is_refused_whole(world, captured, browser_of):
    finding = of_kind(captured, "missing")
    page = browser_of(world.operator)
    page.goto(LIST)
    page.locator(f"input[name=finding][value='{finding.pk}']").check()
    page.locator("input[name=finding]:not(:checked)").first.evaluate(
        "(box, other) => { box.value = other; box.checked = true; }", str(ids.new())
    )
    page.locator("#bulk-step").select_option("take")
    page.get_by_role("button", name="Do it").click()
    expect(page.locator("h1")).to_have_text("There is nothing at this address.")
    with world.inside():
        assert Finding.objects.get(id=finding.pk).state == "new"


def test_work_is_sorted_by_keyboard_alone(world, captured, browser_of):
    """Walk to a line, take it, put the next one off, bring it back: no pointer is touched."""
    page = browser_of(world.operator)
    page.goto("/w/acme/inbox/?lane=needs_triage")
    lines = page.locator("tr[data-row]")
    number, first = lines.count(), lines.first.locator("th a").inner_text()
    assert number >= 2
    page.keyboard.press("j")
    page.keyboard.press("t")
    expect(page.locator(".messages, [role=status]").first).to_contain_text("yours")
    expect(lines).to_have_count(number - 1)
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(lines).to_have_count(number - 2)
    page.keyboard.press("u")
    expect(lines).to_have_count(number - 1)
    with world.inside():
        assert Finding.objects.filter(assignee=world.operator, state="triaged").count() == 1
    page.goto("/w/acme/inbox/?lane=requires_decision")
    expect(page.locator("#content")).to_contain_text(first)
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator("h1, h2").filter(has_text=first.split(" ")[0]).first).to_be_visible()
    page.keyboard.press("a")
    expect(
        page.locator("[data-shortcut=a] + div :is(input:not([type=hidden]), textarea, select)").first
    ).to_be_focused()


def test_a_move_is_undone_by_a_key(world, captured, browser_of):
    page = browser_of(world.owner)
    with world.inside():
        finding = Finding.objects.filter(state__in=("new", "triaged")).first()
    page.goto(f"{LIST}{finding.pk}")
    page.locator("summary", has_text="Other steps").press("Enter")
    page.get_by_role("button", name="Mark as remediated").press("Enter")
    expect(state(page)).to_contain_text("Resolved")
    page.keyboard.press("u")
    expect(state(page)).to_contain_text("Reopened")
