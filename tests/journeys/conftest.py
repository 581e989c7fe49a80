"""What a journey may ask for: a browser, the product answering on a port, a person who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import database
from tests.journeys.site import Site, served, working
from tests.journeys.watch import NewPage, Watched, watch
from tools.browser import SKIPPED, browser_is_demanded, browser_path

_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
)
PATIENCE_MS = 15_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey that asks for a browser is marked as one."""
    for item in items:
        if Path(__file__).parent in item.path.parents and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium. One for each module: while it is open, its event loop stands in the way of others."""
    path = browser_path()
    if path is None and browser_is_demanded():
        pytest.fail("CI is true and there is no chromium: the browser tests cannot run.")
    if path is None:
        pytest.skip(SKIPPED)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # The browser's loop runs in this thread, and Django would take every query of a test for one inside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE_MS)
        opened = playwright.chromium.launch(executable_path=path, args=list(_OPTIONS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Real commits that the processes of a module see; emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        database.empty()
        connections.close_all()


@pytest.fixture(scope="module")
def site(kept: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The web process. Whatever it has to say on its standard error fails the module."""
    with served(tmp_path_factory.mktemp("site")) as found:
        yield found
    assert found.complaints() == ""


@pytest.fixture(scope="module")
def worker(site: Site) -> Iterator[None]:
    """The worker process."""
    with working(site):
        yield


@pytest.fixture
def new_page(browser: Browser, site: Site) -> Iterator[NewPage]:
    """Opens a browser of somebody's own: `new_page(locale="de-DE", java_script_enabled=False)`.

    Afterwards nothing may have been complained about, and every answer must have carried its headers.
    """
    opened: list[tuple[BrowserContext, Watched]] = []

    def open_page(*, is_watched: bool = True, **options: object) -> Page:
        context = browser.new_context(base_url=site.url, **{"locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE_MS)
        opened.append((context, watch(context, site.url) if is_watched else Watched(site.url)))
        return context.new_page()

    yield open_page
    for context, watched in opened:
        context.close()
        assert watched.complaints == []
        assert watched.bare == []
        assert [answer for answer in watched.answers if answer[1] >= 500] == []


@pytest.fixture(scope="session")
def screens() -> Path:
    """Where pictures of pages go, to be looked at."""
    folder = Path(__file__).parents[2] / "test-output" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
