"""Exports that exist in the world: everything is read or named, nothing is lost, nothing ordinary is redacted."""

from __future__ import annotations

import importlib.util
import json
import random
import zipfile
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from tests.providers.microsoft365.objects import pascal, without_annotations
from trueline.connections.contract import Coverage, Facet, Reading, gather
from trueline.kit.digest import canonical
from trueline.providers.microsoft365.normalise import graph_case, record_of
from trueline.providers.microsoft365.provider import MICROSOFT365
from trueline.providers.microsoft365.ruleset import rule_of

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

pytestmark = pytest.mark.realdata

KEY = b"k" * 32
CLEAN = (
    "OpenIntuneBaseline",
    "IntuneAdmin",
    "NCSC",
    "j0eyv-ConditionalAccess",
    "AlexFilipin-ConditionalAccess",
    "ScubaGear",
)
PREFIXES = ("oma:", "admx:", "intent:", "reusable:")


@pytest.fixture(scope="session")
def m365(shared_data: Path) -> Path:
    return shared_data / "m365"


@pytest.fixture(scope="session")
def oracle(shared_data: Path) -> ModuleType:
    path = shared_data.parent / "oracles" / "settings_coverage.py"
    specification = importlib.util.spec_from_file_location("settings_coverage", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def read(path: Path) -> Reading:
    return gather(MICROSOFT365.open_export(path, KEY))


def kinds(reading: Reading) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for warning in reading.warnings:
        found[warning.kind] += 1
    return dict(found)


def coverage(reading: Reading, area: str) -> Coverage:
    (found,) = [report.coverage for report in reading.areas if report.area == area]
    return found


def test_a_release_of_94_objects_with_one_repeated_id_loses_none(m365) -> None:
    reading = read(m365 / "OpenIntuneBaseline" / "windows-v3.6")
    assert len(reading.records) == 94
    assert reading.unread == []
    (warning,) = reading.warnings
    assert warning.kind == "duplicate_id"
    assert len(warning.subjects) == 2
    assert all("LAPS" in path for path in warning.subjects)
    assert coverage(reading, "settings_catalog") is Coverage.COMPLETE
    assert coverage(reading, "conditional_access") is Coverage.UNREAD


def test_mixed_encodings_are_read_and_the_corrupt_file_is_named(m365) -> None:
    reading = read(m365 / "OpenIntuneBaseline" / "raw-encoding-samples")
    assert len(reading.records) == 6
    (unread,) = reading.unread
    assert unread.path.endswith("BitLocker (OS Disk) - v3.7.json")
    assert (unread.reason, unread.area) == ("corrupt", "settings_catalog")
    assert coverage(reading, "settings_catalog") is Coverage.PARTIAL
    assert coverage(reading, "compliance") is Coverage.COMPLETE


def test_a_collection_of_720_objects_with_many_repeats_loses_none(m365) -> None:
    reading = read(m365 / "IntuneAdmin")
    assert len(reading.records) == 720
    assert reading.unread == []
    assert set(kinds(reading)) <= {"duplicate_id", "duplicate_name"}
    assert not any(record.object_type.startswith("unknown") for record in reading.records)


def test_split_settings_and_legacy_profiles_are_read(m365) -> None:
    new = read(m365 / "NCSC" / "head-2026-03-04")
    assert (len(new.records), new.unread) == (12, [])
    intents = [record for record in new.records if record.object_type == "intents"]
    assert all(record.settings for record in intents)
    old = read(m365 / "NCSC" / "v1.1.0-2021")
    assert {record.object_type for record in old.records} == {"deviceConfigurations"}
    assert any(setting.id.startswith("oma:") for record in old.records for setting in record.settings)


def test_conditional_access_comes_with_its_groups_and_locations(m365) -> None:
    reading = read(m365 / "j0eyv-ConditionalAccess" / "2026-03-27")
    by_area = {report.area: report.objects for report in reading.areas if report.objects}
    assert by_area == {"conditional_access": 31, "named_locations": 2, "groups": 33}
    (warning,) = reading.warnings
    assert warning.subjects[0] == "MigrationTable.json"


def test_a_provider_export_in_pascal_case_is_read(m365) -> None:
    reading = read(m365 / "ScubaGear")
    policies = [record for record in reading.records if record.object_type == "conditionalAccessPolicies"]
    assert len(policies) == 7
    assert all("state" in record.facets[Facet.SETTINGS] for record in policies)
    assert len([record for record in reading.records if record.object_type == "authorizationPolicy"]) == 1
    assert reading.unread == []
    assert kinds(reading)["ignored_file"] >= 9


@pytest.mark.parametrize(
    ("left", "right", "changed"), [("2025-03-17", "2025-11-05", 9), ("2025-11-05", "2026-03-27", 8)]
)
def test_new_members_of_the_service_are_no_change(m365, left, right, changed) -> None:
    sides = [
        {record.external_id: record.facets for record in read(m365 / "j0eyv-ConditionalAccess" / day).records}
        for day in (left, right)
    ]
    both = sides[0].keys() & sides[1].keys()
    assert sum(sides[0][key] != sides[1][key] for key in both) == changed


@pytest.mark.parametrize(
    "folder",
    [
        "OpenIntuneBaseline/windows-v3.3",
        "OpenIntuneBaseline/windows-v3.4",
        "OpenIntuneBaseline/windows-v3.6",
        "IntuneAdmin",
        "NCSC",
    ],
)
def test_settings_are_those_that_the_oracle_counts(m365, oracle, folder) -> None:
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for record in read(m365 / folder).records:
        for setting in record.settings:
            if not setting.id.startswith(PREFIXES):
                found[setting.id].add(setting.values)
    assert found == oracle.union(m365 / folder)


@pytest.mark.parametrize("folder", CLEAN)
def test_ordinary_settings_are_never_redacted(m365, folder) -> None:
    for record in read(m365 / folder).records:
        assert "[secret " not in json.dumps(record.raw), record.source_path


@pytest.mark.parametrize("folder", CLEAN)
def test_everything_that_was_read_has_a_canonical_form(m365, folder) -> None:
    for record in read(m365 / folder).records:
        assert canonical(record.raw)
        assert canonical({facet.value: flat for facet, flat in record.facets.items()})


def test_re_encoding_and_packing_change_no_record(m365, tmp_path) -> None:
    source = m365 / "OpenIntuneBaseline" / "windows-v3.6"
    encodings = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
    with zipfile.ZipFile(tmp_path / "again.zip", "w", zipfile.ZIP_DEFLATED) as target:
        for number, path in enumerate(sorted(source.rglob("*.json"))):
            text = path.read_bytes().decode("utf-8-sig")
            target.writestr(str(path.relative_to(source)), text.encode(encodings[number % len(encodings)]))
    assert read(tmp_path / "again.zip").records == read(source).records


def shuffled(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict):
        items = [(name, shuffled(member, rng)) for name, member in value.items()]
        rng.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        members = [shuffled(member, rng) for member in value]
        rng.shuffle(members)
        return members
    return value


@pytest.mark.parametrize("folder", CLEAN[:-1])
@pytest.mark.parametrize("reshape", ["shuffled", "pascal", "without annotations"])
def test_no_real_object_changes_when_it_is_reshaped(m365, folder, reshape) -> None:
    rng = random.Random(7)
    ways = {"shuffled": lambda raw: shuffled(raw, rng), "pascal": pascal, "without annotations": without_annotations}
    for record in read(m365 / folder).records:
        rule = rule_of(record.object_type)
        other = record_of(graph_case(ways[reshape](record.raw)), rule, record.source_path)
        assert (other.facets, other.settings) == (record.facets, record.settings), record.source_path
