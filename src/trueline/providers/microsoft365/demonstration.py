"""The demonstration as the rest of the product sees it: exports, oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trueline.connections.demonstration import DemoExport
from trueline.providers.microsoft365.demo.generate import generate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trueline.providers.microsoft365.demo.plan import DemoPlan

_STANDARD_DAYS_AGO = 7


def make_demo(folder: Path) -> tuple[DemoExport, ...]:
    """Write the demonstration into a folder and list its exports, oldest first."""
    return tuple(sorted(_exports(generate(folder)), key=lambda export: -export.days_ago))


def _exports(plan: DemoPlan) -> Iterator[DemoExport]:
    standard = plan.standard
    yield DemoExport(
        standard.name, is_standard=True, path=plan.export(standard, standard.days[0]), days_ago=_STANDARD_DAYS_AGO
    )
    for tenant in plan.tenants:
        for ago, day in enumerate(reversed(tenant.days)):
            yield DemoExport(tenant.name, is_standard=False, path=plan.export(tenant, day), days_ago=ago)
