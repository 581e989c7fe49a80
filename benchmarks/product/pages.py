"""How long the server works on each page over many findings in many environments, and how many statements it asks."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.child import measure
from benchmarks.product.inbox import filled
from benchmarks.results import Table

TITLE = "Pages"
_ROUNDS = 40
_MEMBERS = 50
_PAGES = {
    "home": "",
    "inbox": "inbox/",
    "environments": "environments/",
    "environment": "environments/place-7/",
    "findings": "findings/",
    "findings, filtered": "findings/?severity=high&environment=place-7&state=open",
    "findings, searched": "findings/?q=Policy+77",
    "finding": "findings/{finding}",
    "decisions": "decisions/",
    "standards": "standards/",
    "runs": "runs/",
    "audit": "audit/",
    "members": "members/",
}
_SMALL = (1_000, 10)


def tables(is_quick: bool) -> Iterator[Table]:
    large = (10_000, 100) if is_quick else (1_000_000, 1_000)
    few, many = (measure(f"{__name__}:timed", *size).value for size in (_SMALL, large))
    rows = [[name, *(f"{few[name][key]:.0f}" for key in ("p95", "statements")), *_row(many[name])] for name in _PAGES]
    intro = (
        "Milliseconds of one process to answer a request, middleware and rendering included, of 40 after two that warm "
        f"it; first with {_SMALL[0]:,} findings in {_SMALL[1]} environments, then with {large[0]:,} in {large[1]:,}; "
        f"{_MEMBERS} members. Target: 95th percentile below 60 ms, the inbox below 100 ms, below 150 kB, statements "
        "equal in both."
    )
    names = ["small p95", "small statements", "median", "p95", "statements", "kB", "kB packed"]
    yield Table(intro, ["page", *names], rows)


def _row(found: dict[str, float]) -> list[str]:
    return [f"{found[key]:.0f}" for key in ("median", "p95", "statements", "kb", "packed")]


def timed(findings: int, places: int) -> dict[str, dict[str, float]]:
    from benchmarks.product.installation import opened, scope  # noqa: PLC0415 - only in the child

    with opened():
        with scope() as inside:
            filled(inside, findings, places)
            _members(inside)
            finding = _any_finding()
        return {name: _measured(inside, path.format(finding=finding)) for name, path in _PAGES.items()}


def _any_finding() -> str:
    from trueline.findings.models import Finding  # noqa: PLC0415 - Django must be ready first

    return str(Finding.objects.values_list("id", flat=True)[0])


def _members(inside: Any) -> None:
    from trueline.workspaces.actions import create_person  # noqa: PLC0415 - Django must be ready first
    from trueline.workspaces.models import Membership  # noqa: PLC0415 - the same

    for number in range(_MEMBERS - 1):
        person = create_person(f"member{number}@example.org", f"Member {number}", actor=inside.actor)
        Membership.objects.create(workspace_id=inside.workspace_id, user=person, role="operator")


def _measured(inside: Any, path: str) -> dict[str, float]:
    import gzip  # noqa: PLC0415 - only in the child

    from django.db import connection  # noqa: PLC0415 - Django must be ready first
    from django.test import Client  # noqa: PLC0415 - the same
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - the same

    from trueline.workspaces.models import User  # noqa: PLC0415 - the same

    browser = Client(headers={"host": "localhost"})
    browser.force_login(
        User.objects.get(pk=inside.actor.id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    address = f"/w/{inside.workspace_slug}/{path}"
    took = []
    for _ in range(_ROUNDS + 2):
        begun = time.perf_counter()
        answer = browser.get(address)
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)
    with CaptureQueriesContext(connection) as asked:
        browser.get(address)
    return {
        "median": statistics.median(took[2:]),
        "p95": statistics.quantiles(took[2:], n=20)[-1],
        "statements": len(asked),
        "kb": len(answer.content) / 1000,
        "packed": len(gzip.compress(answer.content)) / 1000,
    }
