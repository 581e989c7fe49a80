from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trueline.connections.contract import Facet, Record, gather
from trueline.providers.microsoft365.demo.generate import TENANTS, generate
from trueline.providers.microsoft365.demo.plan import ChangeKind
from trueline.providers.microsoft365.demonstration import make_demo
from trueline.providers.microsoft365.provider import MICROSOFT365

if TYPE_CHECKING:
    from pathlib import Path

    from trueline.connections.contract import DemoExport


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoExport, ...]:
    return make_demo(tmp_path_factory.mktemp("demo"))


def records(path: Path) -> dict[tuple[str, str], Record]:
    reading = gather(MICROSOFT365.open_export(path, b"a key of the tests"))
    return {(record.object_type, record.name): record for record in reversed(reading.records)}


def test_the_standard_comes_first_and_every_tenant_ends_today(exports: tuple[DemoExport, ...]) -> None:
    assert [export.is_standard for export in exports] == [True, *[False] * (len(exports) - 1)]
    assert [export.days_ago for export in exports] == sorted((export.days_ago for export in exports), reverse=True)
    for tenant in TENANTS:
        ages = [export.days_ago for export in exports if export.environment == tenant.name]
        assert ages == list(reversed(range(len(tenant.days))))
    assert all(export.path.is_dir() for export in exports)


def test_held_against_the_standard_a_tenant_differs_only_as_planned(
    exports: tuple[DemoExport, ...], tmp_path: Path
) -> None:
    plan = generate(tmp_path, has_shared_references=True)
    standard = records(exports[0].path)
    for tenant in TENANTS:
        today = records(next(e.path for e in exports if e.environment == tenant.name and e.days_ago == 0))
        differing = {
            (*key, facet)
            for key in standard.keys() & today.keys()
            for facet in (Facet.SETTINGS, Facet.ASSIGNMENTS, Facet.SCOPE_TAGS, Facet.METADATA)
            if standard[key].facets.get(facet) != today[key].facets.get(facet)
        }
        planned = {
            (change.object_type, change.standard_name, change.facet)
            for change in plan.expected(tenant.slug, tenant.days[-1])
            if change.kind is ChangeKind.CHANGED
        }

        assert {(kind, name) for kind, name, _ in differing - planned} <= {
            ("configurationPolicies", "Windows - SmartScreen")
        }, "only the copy of the same name may stand in for its original"
        assert planned <= differing
