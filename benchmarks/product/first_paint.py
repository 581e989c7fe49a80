"""When a reader sees something: first paint of each page in a browser, from an installation on the loopback."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from benchmarks.product.start_up import erased, free_port
from benchmarks.results import Table
from tools.browser import browser_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, StorageState

TITLE = "First paint"
_ROUNDS = 9
_MOST_SECONDS = 180
_PAGES = ("", "inbox/", "environments/", "findings/", "compare", "decisions/", "runs/", "audit/", "members/")
_PAINT = """() => new Promise((told) => {
  const seen = () => performance.getEntriesByName("first-contentful-paint")[0];
  const ask = () => seen() ? told(seen().startTime) : setTimeout(ask, 10);
  ask();
})"""


def tables(is_quick: bool) -> Iterator[Table]:
    rounds = 3 if is_quick else _ROUNDS
    with _installation() as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox", "--disable-gpu"])
        state, home = _signed_in(browser, link)
        rows = []
        for path in _PAGES:
            empty = statistics.median(_cold(browser, state, f"{home}{path}") for _ in range(rounds))
            filled = statistics.median(_warm(browser, state, f"{home}{path}", rounds))
            rows.append([path or "home", f"{empty:.0f}", f"{filled:.0f}", "300"])
        browser.close()
    intro = (
        f"Milliseconds from the request to the first contentful paint, median of {rounds}, over the demonstration, "
        "with Debian's chromium without a graphics card; with an empty cache, and with one that the "
        "page has filled before."
    )
    yield Table(intro, ["page", "empty cache", "filled cache", "target"], rows)


@contextmanager
def _installation() -> Iterator[str]:
    """The demonstration, served; gives the link that signs its owner in."""
    with tempfile.TemporaryDirectory(prefix="trueline-bench-") as folder, erased(Path(folder) / "var"):
        environ = {name: value for name, value in os.environ.items() if not name.startswith("TRUELINE_")}
        command = [str(Path(sys.executable).with_name("trueline")), "up", "--port", str(free_port())]
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            yield next(found[1] for line in process.stdout if (found := re.search(r"(http\S+/sign-in/\S+)", line)))
        finally:
            process.terminate()
            process.wait(60)


def _signed_in(browser: Browser, link: str) -> tuple[StorageState, str]:
    """The state of a signed-in browser, and the address of the first page."""
    page = browser.new_page()
    page.goto(link)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/w/**")
    _rested(page)
    state, home = page.context.storage_state(), page.url
    page.context.close()
    return state, home


def _rested(page: Page) -> None:
    """Wait until the demonstration's own runs have ended: they would share the processor."""
    for _ in range(_MOST_SECONDS):
        if not page.locator("#under-way").count():
            return
        page.wait_for_timeout(1_000)
        page.reload()


def _cold(browser: Browser, state: StorageState, address: str) -> float:
    context = browser.new_context(storage_state=state)
    painted = _painted(context.new_page(), address)
    context.close()
    return painted


def _warm(browser: Browser, state: StorageState, address: str, rounds: int) -> list[float]:
    context = browser.new_context(storage_state=state)
    page = context.new_page()
    found = [_painted(page, address) for _ in range(rounds + 1)]
    context.close()
    return found[1:]


def _painted(page: Page, address: str) -> float:
    page.goto(address)
    return float(page.evaluate(_PAINT))
