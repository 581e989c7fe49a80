"""The main story, step by step, in the reader's own words: by what a page is called, never by how it is built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page, expect

from tests.journeys.site import Site


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in front of a browser.

    Attributes:
        has_script: Without one, a person asks anew by hand.
    """

    page: Page
    site: Site
    language: str
    has_script: bool = True

    def word(self, message: str) -> str:
        """The message as this reader is shown it."""
        with override(self.language):
            return gettext(message)

    def go(self, link: str) -> None:
        """Follow a link of the content."""
        self.page.locator("#content").get_by_role("link", name=self.word(link), exact=True).first.click()

    def place(self, key: str) -> None:
        """Go to a place of the rail, and wait until all of it is there."""
        link = self.page.locator(f'.places a[data-go="{key}"]')
        target = link.get_attribute("href")
        link.click()
        self.page.wait_for_url(f"{self.site.url}{target}")

    def press(self, button: str) -> None:
        """Press a button of the content."""
        self.page.locator("#content").get_by_role("button", name=self.word(button), exact=True).first.click()

    def heading(self) -> Locator:
        """The title of the page."""
        return self.page.locator("h1")

    def sees(self, message: str) -> None:
        """The content says so."""
        expect(self.page.locator("#content")).to_contain_text(self.word(message))


def add_environment(reader: Reader, name: str) -> None:
    """From the list of environments to the page of a new one."""
    reader.place("e")
    reader.go("Add an environment")
    reader.page.get_by_label(reader.word("Name"), exact=True).fill(name)
    reader.press("Add")
    expect(reader.heading()).to_have_text(name)


def upload(reader: Reader, file: Path) -> None:
    """Upload an export to the environment that is open, and see its run through to the end."""
    reader.go("Upload an export")
    reader.page.locator("input[type=file]").set_input_files(file)
    reader.press("Upload and capture")
    expect(reader.page).to_have_url(re.compile(r"/runs/"))
    wait_for_end(reader)
    reader.go("Show what was captured")


def wait_for_end(reader: Reader) -> None:
    """The page moves by itself; without a script, its reader looks again."""
    over = reader.page.locator("#progress:not([hx-get])")
    if reader.has_script:
        expect(over).to_be_visible(timeout=30_000)
        return
    for _look in range(120):
        if over.count():
            return
        reader.page.wait_for_timeout(250)
        reader.page.reload()
    raise AssertionError(reader.page.locator("#content").inner_text())


def make_standard(reader: Reader, name: str) -> None:
    """Make the capture that is open a standard."""
    reader.go("Make it a standard")
    reader.page.get_by_label(reader.word("Name of a new standard")).fill(name)
    reader.press("Make it the standard")


def hold_to(reader: Reader, standard: str, environment: str) -> None:
    """Hold an environment to a standard."""
    reader.place("s")
    reader.page.get_by_role("link", name=standard, exact=True).click()
    reader.page.get_by_label(reader.word("Environment"), exact=True).select_option(label=environment)
    reader.press("Hold to it")
    expect(reader.page.locator("#content").get_by_role("link", name=environment, exact=True)).to_be_visible()
