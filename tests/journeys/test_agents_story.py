"""From a file of traces to a decided finding, in a browser: world model, scan, cause, and a decision of two people."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.evaluations.runs import body, runs
from tests.journeys import story
from tests.journeys.people import person, sign_in, workspace_of
from tests.journeys.story import Reader
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.workspaces.models import Membership, User

BOOKED_AT_ONCE = "Nothing in a booking changes before the customer has agreed to it."


@pytest.fixture
def owner(new_page, site, worker) -> Reader:
    user = person("agents-owner@example.org", "Olga Agents")
    workspace = workspace_of(user, "Airline")
    approver = person("agents-approver@example.org", "Anna Approver")
    with within(workspace.pk):
        Membership.objects.create(workspace=workspace, user=approver, role="approver")
    page = new_page(locale="en-GB")
    sign_in(page, site, user)
    return Reader(page, site, "en")


def test_traces_become_a_finding_that_two_people_decide_on(owner, new_page, site, tmp_path):
    world_model_is_published(owner)
    agents_are_scanned(owner, tmp_path)
    acceptance_is_asked_for(owner)
    other = Reader(new_page(locale="en-GB"), site, "en")
    sign_in(other.page, site, approver_of())
    acceptance_is_decided(other, owner)


def world_model_is_published(reader: Reader) -> None:
    reader.place("w")
    reader.go("Take in a world model")
    reader.page.locator("li", has_text="airline").get_by_role("button").click()
    expect(reader.heading()).to_have_text("Airline reservations")
    reader.page.get_by_label(reader.word("Publish although it has 0 enshrined rules")).check()
    reader.press("Publish a version")
    reader.sees("0 enshrined")


def agents_are_scanned(reader: Reader, folder) -> None:
    reader.place("e")
    reader.go("Add an environment")
    reader.page.get_by_label(reader.word("Name"), exact=True).fill("Clerks")
    reader.page.get_by_label(reader.word("What it is")).select_option("agent_system")
    reader.press("Add")
    reader.go("Scans")
    reader.go("Start a scan")
    file = folder / "runs.json"
    file.write_bytes(body(runs(31, "cancel_reservation", failing=7)))
    reader.page.locator("input[type=file]").set_input_files(file)
    reader.press("Start the scan")
    expect(reader.page).to_have_url(re.compile(r"/runs/"))
    story.wait_for_end(reader)
    reader.place("e")
    reader.page.locator("#content").get_by_role("link", name="Clerks", exact=True).click()
    reader.go("Scans")
    reader.page.locator("#content tbody th a").first.click()
    reader.sees("31 runs were scored")
    reader.sees("Hard rule broken")
    reader.page.get_by_role("link", name=BOOKED_AT_ONCE, exact=True).click()
    reader.go("Decide and work on it")
    reader.sees("31 of 31 runs")


def acceptance_is_asked_for(reader: Reader) -> None:
    reader.page.get_by_text(reader.word("Ask for the risk to be accepted"), exact=True).first.click()
    form = reader.page.locator("form[action$='/accept']")
    form.locator("[name=reason]").fill("The traces are made up.")
    form.locator("[name=until]").fill((clock.now() + timedelta(days=7)).date().isoformat())
    form.get_by_role("button").click()
    reader.sees("The traces are made up.")


def approver_of() -> User:
    return User.objects.get(email="agents-approver@example.org")


def acceptance_is_decided(approver: Reader, owner: Reader) -> None:
    approver.page.goto(owner.page.url)
    approver.page.locator("form[action$='/approve']").get_by_role("button").first.click()
    expect(approver.page.locator("#content")).to_contain_text("Risk accepted")
