"""Seeds for the isolation suite, and the line at its end that says how much it has found and covered by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.isolation.factories import Seeds, two_workspaces
from tests.worlds import World, small_world

_PREFIX = "covered "


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, Seeds, Seeds]]:
    """The world and every row of two workspaces, made once for the tests of a file and never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = small_world()
        ours, theirs = two_workspaces(world)
        ours.every(), theirs.every()
        yield world, ours, theirs
        transaction.set_rollback(True)


@pytest.fixture
def two(planted: tuple[World, Seeds, Seeds]) -> Iterator[tuple[Seeds, Seeds]]:
    """Seeds of two workspaces, ours and the stranger's; what a test does with them is undone after it."""
    with transaction.atomic():
        yield planted[1:]
        transaction.set_rollback(True)


@pytest.fixture
def covered(record_property: Any) -> Any:
    """Tell the summary how many of something a test has walked."""
    return lambda what, number: record_property(f"{_PREFIX}{what}", number)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The suite's own count. It reads the tests' reports, so it holds for parallel runs too."""
    reports = terminalreporter.stats.get("passed", [])
    properties = [pair for report in reports for pair in report.user_properties if pair[0].startswith(_PREFIX)]
    counts = {name.removeprefix(_PREFIX): number for name, number in properties}
    if counts:
        told = ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))
        terminalreporter.write_line(f"isolation: walked {told}")
