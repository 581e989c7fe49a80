"""The answer sheet of the demo against the real reader: everything planned is found, and nothing else differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from trueline.connections.contract import AreaReport, Coverage, Facet, Record, Unread, Warn
from trueline.providers.microsoft365.demo.generate import AGREED, TENANTS
from trueline.providers.microsoft365.demo.plan import ChangeKind, DemoPlan, PlannedChange
from trueline.providers.microsoft365.provider import MICROSOFT365

if TYPE_CHECKING:
    from pathlib import Path

EXPORTS = [(tenant.slug, day) for tenant in TENANTS for day in tenant.days]
NEVER_HELD = {"apps", "intune_roles", "directory_roles", "other"}
COMPARED = (Facet.SETTINGS, Facet.ASSIGNMENTS, Facet.SCOPE_TAGS, Facet.METADATA)

Key = tuple[str, str]


@dataclass(frozen=True)
class Read:
    records: dict[Key, Record]
    unread: list[Unread]
    warnings: list[Warn]
    areas: dict[str, AreaReport]


def read(export: Path) -> Read:
    source = MICROSOFT365.open_export(export, b"a key of the tests")
    items = list(source.read())
    records: dict[Key, Record] = {}
    for item in items:
        if isinstance(item, Record):
            records.setdefault((item.object_type, item.name), item)
    return Read(
        records,
        [item for item in items if isinstance(item, Unread)],
        [item for item in items if isinstance(item, Warn)],
        {report.area: report for report in source.areas()},
    )


@pytest.fixture(scope="session")
def readings(plan: DemoPlan) -> dict[tuple[str, str], Read]:
    wanted = [*EXPORTS, *((tenant.slug, AGREED) for tenant in TENANTS), ("standard", "day1")]
    return {(slug, day): read(plan.folder / slug / day) for slug, day in wanted}


def of_kind(plan: DemoPlan, slug: str, day: str, *kinds: ChangeKind) -> list[PlannedChange]:
    return [change for change in plan.expected(slug, day) if change.kind in kinds]


@pytest.mark.parametrize(("slug", "day"), EXPORTS)
def test_exactly_the_planned_facets_differ_from_what_was_agreed(
    plan: DemoPlan, readings: dict[tuple[str, str], Read], slug: str, day: str
) -> None:
    before, after = readings[slug, AGREED].records, readings[slug, day].records
    differing = {
        (*key, facet)
        for key in before.keys() & after.keys()
        for facet in COMPARED
        if before[key].facets.get(facet) != after[key].facets.get(facet)
    }
    planned = {
        (change.object_type, change.standard_name, change.facet)
        for change in of_kind(plan, slug, day, ChangeKind.CHANGED)
    }
    cut = {
        (change.object_type, change.standard_name, Facet.SETTINGS)
        for change in of_kind(plan, slug, day, ChangeKind.TRUNCATED)
    }
    # A copy of the same name may be read first; then it stands for the original here.
    twins = {
        (change.object_type, change.standard_name, Facet.SETTINGS)
        for change in of_kind(plan, slug, day, ChangeKind.DUPLICATE_NAME)
    }

    assert differing - twins == planned | cut


@pytest.mark.parametrize(("slug", "day"), EXPORTS)
def test_a_planned_value_shows_at_its_path(
    plan: DemoPlan, readings: dict[tuple[str, str], Read], slug: str, day: str
) -> None:
    before, after = readings[slug, AGREED].records, readings[slug, day].records
    for change in of_kind(plan, slug, day, ChangeKind.CHANGED):
        key = (change.object_type, change.standard_name)
        assert change.facet is not None
        old, new = (side[key].facets.get(change.facet, {}) for side in (before, after))
        changed = [path for path in old.keys() | new.keys() if old.get(path) != new.get(path)]

        assert changed, change.name
        if change.object_type == "configurationPolicies" and change.facet is Facet.SETTINGS:
            assert any(change.path in path for path in changed), change.name


@pytest.mark.parametrize(("slug", "day"), EXPORTS)
def test_what_is_missing_extra_or_renamed_is_exactly_what_was_planned(
    plan: DemoPlan, readings: dict[tuple[str, str], Read], slug: str, day: str
) -> None:
    before, after = readings[slug, AGREED].records, readings[slug, day].records
    renamed = of_kind(plan, slug, day, ChangeKind.RENAMED)
    gone = of_kind(plan, slug, day, ChangeKind.MISSING, ChangeKind.UNREADABLE)
    silent = {change.area for change in of_kind(plan, slug, day, ChangeKind.NOT_READ)}

    only_before = {key for key in before.keys() - after.keys() if before[key].area not in silent}
    only_after = after.keys() - before.keys()

    assert only_before == {(change.object_type, change.standard_name) for change in [*renamed, *gone]}
    assert only_after == {
        (change.object_type, change.name) for change in [*renamed, *of_kind(plan, slug, day, ChangeKind.EXTRA)]
    }
    for change in renamed:
        old, new = before[change.object_type, change.standard_name], after[change.object_type, change.name]
        assert old.external_id == new.external_id
        assert old.facets[Facet.SETTINGS] == new.facets[Facet.SETTINGS]


@pytest.mark.parametrize(("slug", "day"), EXPORTS)
def test_coverage_is_as_honest_as_planned(
    plan: DemoPlan, readings: dict[tuple[str, str], Read], slug: str, day: str
) -> None:
    expected = {
        change.area: change.coverage for change in plan.expected(slug, day) if change.coverage is not Coverage.COMPLETE
    }
    areas = readings[slug, day].areas

    assert {area: report.coverage for area, report in areas.items() if report.coverage is not Coverage.COMPLETE} == {
        **dict.fromkeys(NEVER_HELD, Coverage.UNREAD),
        **expected,
    }
    assert all(areas[area].reason for area in expected)


@pytest.mark.parametrize(("slug", "day"), EXPORTS)
def test_a_missing_object_is_missing_from_a_complete_area(
    plan: DemoPlan, readings: dict[tuple[str, str], Read], slug: str, day: str
) -> None:
    for change in of_kind(plan, slug, day, ChangeKind.MISSING):
        assert readings[slug, day].areas[change.area].coverage is Coverage.COMPLETE


def test_a_duplicate_id_and_a_duplicate_name_are_warned_of(
    plan: DemoPlan, readings: dict[tuple[str, str], Read]
) -> None:
    for slug, day in EXPORTS:
        text = str(readings[slug, day].warnings)
        for change in of_kind(plan, slug, day, ChangeKind.DUPLICATE_ID, ChangeKind.DUPLICATE_NAME):
            assert change.name in text or change.external_id in text


@pytest.mark.parametrize("slug", [tenant.slug for tenant in TENANTS])
def test_every_layout_says_the_same_of_a_tenant_that_follows_the_standard(
    readings: dict[tuple[str, str], Read], slug: str
) -> None:
    """Only references and the tenant's own id may differ; everything else is equal whatever the layout."""
    ours, standard = readings[slug, AGREED].records, readings["standard", "day1"].records
    own_reference = ("OneDrive - Known folders", "Windows - Remote support client")
    differing = {
        key
        for key in standard
        if standard[key].facets.get(Facet.SETTINGS) != ours[key].facets.get(Facet.SETTINGS)
        and key[0] != "conditionalAccessPolicies"
        and key[1] not in own_reference
    }

    assert ours.keys() == standard.keys()
    assert differing == set()


def test_the_credential_in_the_script_is_in_no_record(readings: dict[tuple[str, str], Read]) -> None:
    script = readings["standard", "day1"].records["deviceManagementScripts", "Windows - Map the drawing archive"]

    assert "Sunny-Demo-Pass" not in str(script)
    assert script.facets[Facet.SETTINGS]["scriptContent"]
