"""Writes the demo's tenants to folders, and yields any number of objects for measurements."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from trueline.providers.microsoft365.demo.blueprints import planned, setting_words, standard
from trueline.providers.microsoft365.demo.drift import Entry, described, drifted, unread_areas
from trueline.providers.microsoft365.demo.identity import Names
from trueline.providers.microsoft365.demo.kinds import Area
from trueline.providers.microsoft365.demo.layouts import files_of
from trueline.providers.microsoft365.demo.objects import Exported, objects_of
from trueline.providers.microsoft365.demo.plan import DemoPlan, DemoTenant, PlannedChange
from trueline.providers.microsoft365.demo.settings import definitions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

COVERAGE_FILE = "trueline-coverage.json"
"""Beside the objects of an export: which areas the export could not read, and why."""
DEFINITIONS_FILE = "configurationSettings.json"
"""Beside the objects of the standard: what settings are called, in our own words, as a tenant's export tells it."""

STANDARD = DemoTenant("standard", "Workplace standard", "standard.example", "standard", ("day1",))
TENANTS = (
    DemoTenant(
        "tannhorst-metallbau",
        "Tannhorst Metallbau",
        "tannhorst.example",
        "intune_management",
        ("day1", "day2", "day3"),
    ),
    DemoTenant("larkmoor-architects", "Larkmoor Architects", "larkmoor.example", "intune_cd", ("day1", "day2")),
    DemoTenant("grauspecht-verlag", "Grauspecht Verlag", "grauspecht.example", "graph", ("day1", "day2")),
)
AGREED = "agreed"
"""The folder of a tenant on the day the standard was rolled out: its own ids, and no drift."""
_EMPTY_AREAS = (Area.REUSABLE_SETTINGS, Area.NOTIFICATIONS, Area.AUTHENTICATION_CONTEXTS)
_EVE = datetime(2026, 11, 15, tzinfo=UTC)


def generate(folder: Path, *, seed: int = 7) -> DemoPlan:
    """Write the standard and three tenants, each as agreed and on two or three days, below a folder.

    Files go to `<folder>/<tenant>/<day>/`; the standard has one day. `<tenant>/agreed/` is the tenant as it was when it
    followed the standard, for a baseline of the same ids. The same seed gives the same bytes. Existing files
    of the same names are replaced, others are left alone.

    Args:
        folder: Where to write; made when it is not there.
        seed: What ids, dates and numbers are made from.

    Returns:
        What was written and every planned difference from the standard, tenant by tenant.
    """
    tenants = {one.slug: Names(seed, one.slug) for one in (STANDARD, *TENANTS)}
    names = tenants[STANDARD.slug]
    _write(folder / STANDARD.slug / "day1", STANDARD, objects_of(standard(), names), (), names)
    words = json.dumps({"value": definitions_of(setting_words())}, indent=2) + "\n"
    (folder / STANDARD.slug / "day1" / DEFINITIONS_FILE).write_text(words, encoding="utf-8", newline="\n")
    changes = tuple(change for tenant in TENANTS for change in _write_tenant(folder, tenant, tenants[tenant.slug]))
    return DemoPlan(folder, seed, STANDARD, TENANTS, changes)


def scale(objects: int, *, seed: int = 7) -> Iterator[Mapping[str, Any]]:
    """Yield a number of raw objects in the shapes of the demo, tenant after tenant, without writing anything.

    Every tenant is the standard with its own ids, dates and references; about one object in ten differs in its
    description, so that not everything is stored once. Objects are fresh and may be changed by the caller.
    """
    yielded = 0
    tenant = 0
    while yielded < objects:
        names = Names(seed, f"scale-{tenant}")
        for item in objects_of(standard(), names)[: objects - yielded]:
            if (yielded + seed) % 10 == 0 and "description" in item.raw:
                item.raw["description"] += f" Reviewed in round {tenant}."
            yielded += 1
            yield item.raw
        tenant += 1


def _write_tenant(folder: Path, tenant: DemoTenant, names: Names) -> Iterator[PlannedChange]:
    base = objects_of(standard(), names)
    entries = [entry for entry in planned() if entry["tenant"] == tenant.slug]
    _write(folder / tenant.slug / AGREED, tenant, base, (), names)
    for number, day in enumerate(tenant.days, start=1):
        moments = [_EVE + timedelta(days=one) for one in range(1, number + 1)]
        today = [entry for entry in entries if number in entry["days"]]
        _write(folder / tenant.slug / day, tenant, drifted(base, entries, names, moments), today, names)
    for entry in entries:
        yield described(entry, base, names, _EVE)


def _write(
    folder: Path, tenant: DemoTenant, objects: Sequence[Exported], entries: Sequence[Entry], names: Names
) -> None:
    for path, content in files_of(tenant.layout, objects, names):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    empty: dict[str, dict[str, Any]] = {str(area): {"coverage": "complete", "objects": 0} for area in _EMPTY_AREAS}
    manifest = {"areas": {**empty, **unread_areas(entries)}}
    (folder / COVERAGE_FILE).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8", newline="\n")
