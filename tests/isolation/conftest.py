"""Seeds for the isolation suite, and the line at its end that says how much it has found and covered by itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.isolation.factories import Seeds, two_workspaces
from tests.worlds import World

_PREFIX = "covered "


@pytest.fixture
def two(world: World) -> tuple[Seeds, Seeds]:
    """Seeds of two workspaces, ours and the stranger's, each row made when it is asked for."""
    return two_workspaces(world)


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
