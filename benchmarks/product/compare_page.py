"""Two tenants of 5,000 policies and 50,000 settings side by side: the work of the server, and of a browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import orjson

from benchmarks.child import measure
from benchmarks.results import Table

TITLE = "Compare on a page"
SETTINGS = 10
_VIEWS = {
    "settings": "",
    "settings, page 2": "&tab=settings&from=50",
    "settings, searched": "&tab=settings&q=setting7",
    "settings, in conflict": "&tab=settings&state=conflict",
    "objects": "&tab=objects",
    "objects, equal": "&tab=objects&outcome=equal",
}


def tables(is_quick: bool) -> Iterator[Table]:
    objects = 1_500 if is_quick else 5_000
    found = measure(f"{__name__}:shown", objects)
    first, seen = found.value["first"], found.value["seen"]
    rows = [
        [name, *(f"{one[key]:.0f}" for key in ("server", "ready", "longest", "elements"))] for name, one in seen.items()
    ]
    intro = (
        f"{objects:,} policies with {objects * SETTINGS:,} settings, no two alike, on each of two sides; one policy in "
        "ten is called another way, one in twenty has another value. The first look at the pair took the server "
        f"{first['compare']:.2f} s of processor time; meanwhile the page says what it waits for, shown after "
        f"{first['told']:.0f} ms, and the comparison after {first['shown'] / 1000:.1f} s. Then each view in Debian's "
        "chromium: milliseconds of processor time of the server, milliseconds until the page is ready, its longest "
        f"task in the browser, and its elements. Peak memory of the server {found.peak_mb:,.0f} MB, filling included. "
        "Target: no task of the browser above 50 ms."
    )
    yield Table(intro, ["view", "server ms", "ready ms", "longest task ms", "elements"], rows)


def shown(objects: int) -> dict[str, Any]:
    from benchmarks.product.installation import opened, scope  # noqa: PLC0415 - only in the child

    with opened():
        with scope() as inside:
            ids = [_captured(inside, objects, side) for side in (0, 1)]
            cookie = _session(inside)
        with _served() as home:
            address = f"{home}/w/{inside.workspace_slug}/compare?left={ids[0]}&right={ids[1]}"
            return _looked(address, cookie)


def _captured(inside: Any, objects: int, side: int) -> str:
    from benchmarks.product.worlds import Objects, capture_of, environment  # noqa: PLC0415 - Django must be ready first
    from trueline.inventory.actions import keep_snapshot  # noqa: PLC0415 - the same
    from trueline.inventory.manifest import collect  # noqa: PLC0415 - the same

    source = Objects([orjson.dumps(_policy(number, side)) for number in range(objects)])
    manifest = collect(source, lambda _progress: None)
    capture = capture_of(environment(inside, f"Place {side + 1}"))
    return str(keep_snapshot(inside, capture, manifest, actor=inside.actor, hold=lambda: None).pk)


def _policy(number: int, side: int) -> dict[str, Any]:
    name = f"Policy {number}" if not side or number % 10 else f"House - Policy {number} - v2"
    return {
        "@odata.type": "#microsoft.graph.deviceManagementConfigurationPolicy",
        "id": f"{side:08d}-0000-4000-8000-{number:012d}",
        "name": name,
        "platforms": "windows10",
        "technologies": "mdm",
        "settingCount": SETTINGS,
        "settings": [_setting(number, place, is_changed=bool(side) and number % 20 == 0) for place in range(SETTINGS)],
    }


def _setting(number: int, place: int, *, is_changed: bool) -> dict[str, Any]:
    definition = f"device_vendor_msft_policy_config_area{number}_setting{place}"
    value = f"{definition}_{2 if is_changed and not place else 1}"
    kind = "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance"
    choice = {"value": value, "children": []}
    instance = {"@odata.type": kind, "settingDefinitionId": definition, "choiceSettingValue": choice}
    return {"id": str(place), "settingInstance": instance}


def _session(inside: Any) -> tuple[str, str]:
    """The cookie of a signed-in browser."""
    from django.conf import settings  # noqa: PLC0415 - Django must be ready first
    from django.test import Client  # noqa: PLC0415 - Django must be ready first

    from trueline.workspaces.models import User  # noqa: PLC0415 - the same

    browser = Client(headers={"host": "localhost"})
    person = User.objects.get(pk=inside.actor.id)
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    name = settings.SESSION_COOKIE_NAME
    return name, str(browser.cookies[name].value)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """One line for each request would be read as what was measured."""


_worked: dict[str, float] = {}
"""Processor time of the answer to each address, in seconds."""


@contextmanager
def _served() -> Iterator[str]:
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - Django must be ready first

    server = make_server("127.0.0.1", 0, partial(_timed, get_wsgi_application()), handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()


def _timed(application: Any, environ: dict[str, Any], start_response: Any) -> list[bytes]:
    begun = time.thread_time()
    answer = application(environ, start_response)
    body = [b"".join(answer)]
    answer.close()
    asked = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"
    _worked[asked] = time.thread_time() - begun
    return body


_LONGEST = """() => new Promise((told) => {
  const found = [0];
  new PerformanceObserver((list) => list.getEntries().forEach((one) => found.push(one.duration)))
    .observe({ type: "longtask", buffered: true });
  setTimeout(() => told(Math.max(...found)), 200);
})"""


def _looked(address: str, cookie: tuple[str, str]) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only in the child

    from tools.browser import browser_path  # noqa: PLC0415 - the same

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        host = address.partition("/w/")[0]
        page.context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": host}])
        page.goto(address.partition("?")[0])  # what only the first request of a process does is not of this page
        first = _first(page, address)
        seen = {name: _view(page, f"{address}{query}") for name, query in _VIEWS.items()}
        browser.close()
    return {"first": first, "seen": seen}


def _first(page: Any, address: str) -> dict[str, float]:
    begun = time.perf_counter()
    page.goto(address)
    page.locator("#content progress").wait_for()
    told = time.perf_counter() - begun
    page.locator("#content table").wait_for()
    shown_after = time.perf_counter() - begun
    compared = next(spent for asked, spent in _worked.items() if asked.endswith("now=1"))
    return {"told": told * 1000, "shown": shown_after * 1000, "compare": compared}


def _view(page: Any, address: str) -> dict[str, float]:
    page.goto(address)
    asked = f"/w/{address.partition('/w/')[2]}"
    ready = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    return {
        "server": _worked[asked] * 1000,
        "ready": float(ready),
        "longest": float(page.evaluate(_LONGEST)),
        "elements": float(page.evaluate("document.querySelectorAll('*').length")),
    }
