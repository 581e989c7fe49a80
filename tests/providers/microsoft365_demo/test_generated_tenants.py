from __future__ import annotations

import base64
import hashlib
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.providers.microsoft365_demo.demo_files import documents, objects, of_type
from trueline.providers.microsoft365.areas import AREA_KEYS
from trueline.providers.microsoft365.demo.blueprints import planned, standard
from trueline.providers.microsoft365.demo.generate import TENANTS, generate
from trueline.providers.microsoft365.demo.identity import SCOPE_TAGS, Names
from trueline.providers.microsoft365.demo.kinds import KINDS, Area
from trueline.providers.microsoft365.demo.objects import Exported, objects_of
from trueline.providers.microsoft365.demo.plan import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trueline.providers.microsoft365.demo.plan import DemoPlan

NO_POLICIES = {Area.GROUPS, Area.FILTERS, Area.SCOPE_TAGS, Area.NAMED_LOCATIONS}
EXPORTS = [(tenant.slug, day) for tenant in TENANTS for day in tenant.days]


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(plan: DemoPlan, tmp_path: Path) -> None:
    generate(tmp_path / "again", seed=plan.seed)
    generate(tmp_path / "other", seed=plan.seed + 1)

    first, again, other = digests(plan.folder), digests(tmp_path / "again"), digests(tmp_path / "other")

    assert again == first
    of_nobody = ("trueline-coverage.json", "configurationSettings.json")  # coverage, and words that hold everywhere
    own = {path for path in first if path.startswith("standard/") and not path.endswith(of_nobody)}
    assert len(own) > 140
    assert [path for path in own if first[path] == other[path]] == []


def test_the_demo_is_small_and_quickly_made(plan: DemoPlan, tmp_path: Path) -> None:
    started = time.process_time()
    generate(tmp_path)
    seconds = time.process_time() - started

    assert sum(path.stat().st_size for path in plan.folder.rglob("*") if path.is_file()) < 6_000_000
    assert seconds < 1.0


def test_a_tenant_has_about_120_policies_of_every_type() -> None:
    items = objects_of(standard(), Names(7, "any"))
    policies = [item for item in items if item.kind.area not in NO_POLICIES]

    assert 115 <= len(policies) <= 125
    assert {item.kind.shape for item in items} == {kind.shape for kind in KINDS}
    assert sum(item.kind.area is Area.SETTINGS_CATALOG for item in items) == 60
    assert sum(item.kind.area is Area.CONDITIONAL_ACCESS for item in items) == 14


@pytest.mark.parametrize(("slug", "day"), EXPORTS)
def test_every_object_of_a_day_is_in_its_export(plan: DemoPlan, slug: str, day: str) -> None:
    whole = len(objects_of(standard(), Names(plan.seed, slug)))
    count = {kind: sum(change.kind is kind for change in plan.expected(slug, day)) for kind in ChangeKind}
    unread = {change.area for change in plan.expected(slug, day) if change.kind is ChangeKind.NOT_READ}
    not_read = sum(item.kind.area in unread for item in objects_of(standard(), Names(plan.seed, slug)))
    twins = count[ChangeKind.EXTRA] + count[ChangeKind.DUPLICATE_ID] + count[ChangeKind.DUPLICATE_NAME]
    lost = count[ChangeKind.MISSING] + count[ChangeKind.UNREADABLE] + not_read

    assert len(objects(plan.folder / slug / day)) == whole + twins - lost


@pytest.mark.parametrize(("slug", "day"), EXPORTS)
def test_the_settings_count_is_right_except_where_a_list_was_cut_on_purpose(
    plan: DemoPlan, slug: str, day: str
) -> None:
    cut = {change.external_id for change in plan.expected(slug, day) if change.kind is ChangeKind.TRUNCATED}
    counted = [one for one in objects(plan.folder / slug / day) if "settingCount" in one]

    assert len(counted) >= 59
    assert {one["id"] for one in counted if one["settingCount"] != len(one["settings"])} == cut


@pytest.mark.parametrize(("slug", "day"), EXPORTS)
def test_only_the_file_that_was_planned_cannot_be_read(plan: DemoPlan, slug: str, day: str) -> None:
    broken = [path for path, document in documents(plan.folder / slug / day) if document is None]
    expected = [change.name for change in plan.expected(slug, day) if change.kind is ChangeKind.UNREADABLE]

    assert len(broken) == len(expected)
    assert all(name in path for path, name in zip(broken, expected, strict=True))


def references(item: Exported) -> Iterator[tuple[str, str]]:
    for assignment in item.raw.get("assignments", ()):
        target = assignment["target"]
        if "groupId" in target:
            yield "group", target["groupId"]
        if target["deviceAndAppManagementAssignmentFilterId"]:
            yield "filter", target["deviceAndAppManagementAssignmentFilterId"]
    for tag in item.raw.get("roleScopeTagIds", ()):
        yield "tag", tag
    conditions = item.raw.get("conditions") or {}
    for group in (
        group for key in ("includeGroups", "excludeGroups") for group in conditions.get("users", {}).get(key, ())
    ):
        yield "group", group
    for place in (conditions.get("locations") or {}).get("excludeLocations", ()):
        yield "location", place
    strength = (item.raw.get("grantControls") or {}).get("authenticationStrength")
    if strength:
        yield "strength", strength["id"]


def test_every_reference_points_to_an_object_of_the_same_tenant() -> None:
    items = objects_of(standard(), Names(7, "any"))
    by_area = {
        "group": Area.GROUPS, "filter": Area.FILTERS, "tag": Area.SCOPE_TAGS, "location": Area.NAMED_LOCATIONS,
        "strength": Area.AUTHENTICATION_STRENGTHS,
    }  # fmt: skip
    known = {word: {one.external_id for one in items if one.kind.area is area} for word, area in by_area.items()}
    found = [reference for item in items for reference in references(item)]

    assert {word for word, _ in found} == set(by_area)
    assert [reference for reference in found if reference[1] not in known[reference[0]]] == []


def test_no_written_reference_is_left_in_an_object() -> None:
    text = str([item.raw for item in objects_of(standard(), Names(7, "any"))])

    assert [word for word in ("{group:", "{location:", "{strength:", "{secret:", "{tenant}") if word in text] == []


def test_two_tenants_share_no_id_of_their_own() -> None:
    fixed = {"0", *(kind.object_type for kind in KINDS if kind.is_singleton)}
    first, second = (
        {item.external_id for item in objects_of(standard(), Names(7, slug)) if item.kind.area is not Area.SCOPE_TAGS}
        for slug in ("first", "second")
    )

    shared = first & second - fixed
    partners = {item.external_id for item in objects_of(standard(), Names(7, "first")) if "tenantId" in item.raw}

    assert shared == partners, "only the partner, which is a tenant itself, is the same for both"


def test_ids_and_dates_look_like_the_services_own() -> None:
    policies = [item.raw for item in objects_of(standard(), Names(7, "any")) if item.kind.area is Area.SETTINGS_CATALOG]

    assert {uuid.UUID(raw["id"]).version for raw in policies} == {5}
    assert {len(raw["createdDateTime"].partition(".")[2]) for raw in policies} == {len("1234567Z")}


def test_scope_tags_of_one_tenant_have_different_numbers() -> None:
    for seed in range(50):
        names = Names(seed, "any")
        assert len({names.tag(tag) for tag in SCOPE_TAGS}) == len(SCOPE_TAGS)
    tags = {item.name for item in objects_of(standard(), Names(7, "any")) if item.kind.area is Area.SCOPE_TAGS}
    assert tags == set(SCOPE_TAGS)


def test_names_of_one_type_are_unique_in_the_standard() -> None:
    names = [(item.kind.object_type, item.name) for item in objects_of(standard(), Names(7, "any"))]

    assert len(names) == len(set(names))


def test_the_secret_is_encrypted_and_the_script_holds_a_credential(plan: DemoPlan) -> None:
    export = plan.export(plan.standard, "day1")
    secrets = [
        setting
        for one in of_type(export, "windows10CustomConfiguration")
        for setting in one["omaSettings"]
        if setting["isEncrypted"]
    ]

    assert [setting["value"] for setting in secrets] == ["****"]
    assert any(b"$password = " in content for content in map(decoded_script, of_type(export, "deviceManagementScript")))


def decoded_script(one: dict[str, Any]) -> bytes:
    return base64.b64decode(one["scriptContent"])


def test_areas_are_named_as_the_provider_names_them() -> None:
    assert {str(area) for area in Area} <= set(AREA_KEYS)


def test_every_planned_change_names_a_known_severity_and_days_of_its_tenant(plan: DemoPlan) -> None:
    days = {tenant.slug: set(tenant.days) for tenant in plan.tenants}

    assert len(plan.changes) == len(planned())
    assert {change.severity for change in plan.changes} == {"critical", "high", "medium", "low", "info"}
    assert all(set(change.days) <= days[change.tenant] for change in plan.changes)
    assert all(change.before != change.after for change in plan.changes if change.kind is ChangeKind.CHANGED)


def test_drift_is_fixed_appears_and_comes_back(plan: DemoPlan) -> None:
    for tenant in plan.tenants:
        assert plan.cleared(tenant.slug, "day1") == ()
        assert plan.cleared(tenant.slug, "day2")
        assert [change for change in plan.expected(tenant.slug, "day2") if "day1" not in change.days]
    back = plan.came_back("tannhorst-metallbau", "day3")

    assert [change.name for change in back] == ["01 - Everyone - Second factor"]


def test_a_policy_that_was_made_again_has_another_id(plan: DemoPlan) -> None:
    found = {
        day: [
            one["id"]
            for one in objects(plan.folder / "tannhorst-metallbau" / day)
            if one.get("name") == "Edge - Passwords"
        ]
        for day in ("day2", "day3")
    }

    assert found["day2"] == []
    assert found["day3"] != [
        Names(plan.seed, "tannhorst-metallbau").id_of("deviceManagementConfigurationPolicy", "Edge - Passwords")
    ]
    assert len(found["day3"]) == 1
