"""The generated tenants as the exports of a demonstration, in the form that every provider offers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trueline.connections.contract import DemoExport
from trueline.providers.microsoft365.demo.generate import generate

if TYPE_CHECKING:
    from pathlib import Path

    from trueline.providers.microsoft365.demo.plan import DemoPlan, DemoTenant


def make_demo(folder: Path) -> tuple[DemoExport, ...]:
    """Write the demo into a folder and name its exports, oldest first: the standard, then the tenants day by day.

    References have the same ids in all tenants, so that the tenants can be held against the standard as they are.
    """
    plan = generate(folder, has_shared_references=True)
    longest = max(len(tenant.days) for tenant in plan.tenants)
    standard = DemoExport(
        plan.standard.name, is_standard=True, path=plan.export(plan.standard, "day1"), days_ago=longest
    )
    found = [_export(plan, tenant, position) for tenant in plan.tenants for position in range(len(tenant.days))]
    return (standard, *sorted(found, key=lambda export: -export.days_ago))


def _export(plan: DemoPlan, tenant: DemoTenant, position: int) -> DemoExport:
    """Every tenant's last day is today."""
    days_ago = len(tenant.days) - 1 - position
    return DemoExport(
        tenant.name, is_standard=False, path=plan.export(tenant, tenant.days[position]), days_ago=days_ago
    )
