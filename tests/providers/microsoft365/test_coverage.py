"""Coverage says what was read and what was not; nothing that was missed looks like nothing that is there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.microsoft365.objects import CONDITIONAL_ACCESS, FIREWALL, GRAPH, INTENT, changed, read, write
from trueline.connections.contract import AreaReport, Coverage, Progress, Reading
from trueline.providers.microsoft365.areas import AREA_KEYS
from trueline.providers.microsoft365.coverage import MANIFEST_NAME
from trueline.providers.microsoft365.provider import MICROSOFT365


def area(reading: Reading, key: str) -> AreaReport:
    (found,) = [report for report in reading.areas if report.area == key]
    return found


def kinds(reading: Reading) -> list[str]:
    return [warning.kind for warning in reading.warnings]


def manifest(folder, **areas: Any) -> None:
    write(folder, MANIFEST_NAME, {"areas": areas})


def test_every_area_is_reported_and_an_absent_one_is_unread(tmp_path) -> None:
    write(tmp_path, "a.json", CONDITIONAL_ACCESS)
    reading = read(tmp_path)
    assert tuple(report.area for report in reading.areas) == AREA_KEYS
    assert area(reading, "conditional_access") == AreaReport("conditional_access", Coverage.COMPLETE, 1)
    assert area(reading, "groups").coverage is Coverage.UNREAD
    assert area(reading, "groups").reason


def test_a_corrupt_file_in_a_known_folder_makes_that_area_partial(tmp_path) -> None:
    write(tmp_path, "ConditionalAccess/a.json", CONDITIONAL_ACCESS)
    write(tmp_path, "SettingsCatalog/good.json", FIREWALL)
    (tmp_path / "SettingsCatalog" / "bad.json").write_text("{")
    reading = read(tmp_path)
    assert area(reading, "settings_catalog").coverage is Coverage.PARTIAL
    assert "bad.json" in area(reading, "settings_catalog").reason
    assert area(reading, "conditional_access").coverage is Coverage.COMPLETE
    assert [unread.area for unread in reading.unread] == ["settings_catalog"]


def test_a_corrupt_file_belongs_to_the_area_of_its_neighbours(tmp_path) -> None:
    write(tmp_path, "one/a.json", CONDITIONAL_ACCESS)
    write(tmp_path, "two/b.json", FIREWALL)
    (tmp_path / "two" / "bad.json").write_text("{")
    reading = read(tmp_path)
    assert area(reading, "settings_catalog").coverage is Coverage.PARTIAL
    assert area(reading, "conditional_access").coverage is Coverage.COMPLETE


def test_a_corrupt_file_that_could_hold_anything_makes_every_area_partial(tmp_path) -> None:
    write(tmp_path, "one/a.json", CONDITIONAL_ACCESS)
    write(tmp_path, "two/b.json", FIREWALL)
    (tmp_path / "bad.json").write_text("{")
    reading = read(tmp_path)
    assert area(reading, "settings_catalog").coverage is Coverage.PARTIAL
    assert area(reading, "conditional_access").coverage is Coverage.PARTIAL
    assert area(reading, "groups").coverage is Coverage.UNREAD


def test_a_truncated_settings_list_is_kept_and_makes_its_area_partial(tmp_path) -> None:
    write(tmp_path, "a.json", changed(FIREWALL, "settingCount", to=25))
    reading = read(tmp_path)
    assert reading.records[0].is_truncated
    assert area(reading, "settings_catalog").coverage is Coverage.PARTIAL
    assert "4 of 25" in area(reading, "settings_catalog").reason


def test_a_policy_without_its_settings_is_truncated(tmp_path) -> None:
    write(tmp_path, "a.json", {name: member for name, member in FIREWALL.items() if name != "settings"})
    reading = read(tmp_path)
    assert reading.records[0].is_truncated
    assert area(reading, "settings_catalog").coverage is Coverage.PARTIAL


def test_a_single_object_does_not_make_its_area_complete(tmp_path) -> None:
    reading = read(write(tmp_path, "a.json", CONDITIONAL_ACCESS))
    assert area(reading, "conditional_access").coverage is Coverage.PARTIAL


@pytest.mark.parametrize(
    ("members", "coverage"),
    [
        ({}, Coverage.COMPLETE),
        ({"@odata.count": 1}, Coverage.COMPLETE),
        ({"@odata.count": 2}, Coverage.PARTIAL),
        ({"@odata.nextLink": "https://graph.microsoft.com/next"}, Coverage.PARTIAL),
    ],
)
def test_a_list_answer_says_whether_it_is_whole(tmp_path, members, coverage) -> None:
    answer = {"@odata.context": GRAPH + "identity/conditionalAccess/policies", "value": [CONDITIONAL_ACCESS]} | members
    reading = read(write(tmp_path, "a.json", answer))
    assert area(reading, "conditional_access").coverage is coverage


def test_an_empty_list_answer_is_a_complete_and_empty_area(tmp_path) -> None:
    write(tmp_path, "a.json", {"@odata.context": GRAPH + "deviceManagement/assignmentFilters", "value": []})
    assert area(read(tmp_path), "filters") == AreaReport("filters", Coverage.COMPLETE, 0)


def test_a_refused_part_of_a_batch_is_denied(tmp_path) -> None:
    write(
        tmp_path,
        "a.json",
        {"responses": [{"id": "1", "status": 403, "body": {}}, {"id": "2", "status": 200, "body": CONDITIONAL_ACCESS}]},
    )
    reading = read(tmp_path)
    assert [unread.reason for unread in reading.unread] == ["denied"]
    assert area(reading, "conditional_access").coverage is Coverage.PARTIAL


def test_the_manifest_says_what_was_denied_and_what_is_empty(tmp_path) -> None:
    write(tmp_path, "a.json", CONDITIONAL_ACCESS)
    manifest(
        tmp_path,
        groups={"coverage": "denied", "reason": "Group.Read.All is missing."},
        autopilot={"coverage": "not_licensed"},
        filters={"coverage": "complete"},
        conditional_access={"coverage": "complete", "objects": 1},
    )
    reading = read(tmp_path)
    assert area(reading, "groups") == AreaReport("groups", Coverage.DENIED, 0, "Group.Read.All is missing.")
    assert area(reading, "autopilot").coverage is Coverage.NOT_LICENSED
    assert area(reading, "filters") == AreaReport("filters", Coverage.COMPLETE, 0)
    assert area(reading, "conditional_access").coverage is Coverage.COMPLETE
    assert [(unread.area, unread.reason) for unread in reading.unread] == [
        ("autopilot", "not_licensed"),
        ("groups", "denied"),
    ]


def test_a_claim_that_the_files_do_not_bear_out_is_partial(tmp_path) -> None:
    write(tmp_path, "a.json", CONDITIONAL_ACCESS)
    manifest(tmp_path, conditional_access={"coverage": "complete", "objects": 2})
    assert area(read(tmp_path), "conditional_access").coverage is Coverage.PARTIAL


def test_a_denied_area_that_holds_objects_is_partial(tmp_path) -> None:
    write(tmp_path, "a.json", CONDITIONAL_ACCESS)
    manifest(tmp_path, conditional_access={"coverage": "denied", "reason": "no"})
    assert area(read(tmp_path), "conditional_access").coverage is Coverage.PARTIAL


def test_a_corrupt_file_is_stronger_than_the_manifest(tmp_path) -> None:
    write(tmp_path, "ConditionalAccess/a.json", CONDITIONAL_ACCESS)
    (tmp_path / "ConditionalAccess" / "bad.json").write_text("{")
    manifest(tmp_path, conditional_access={"coverage": "complete"})
    assert area(read(tmp_path), "conditional_access").coverage is Coverage.PARTIAL


@pytest.mark.parametrize("document", [[], {"areas": 3}, {"areas": {"conditional_access": {"coverage": "all"}}}])
def test_a_manifest_that_nobody_understands_counts_as_not_read(tmp_path, document) -> None:
    write(tmp_path, "a.json", CONDITIONAL_ACCESS)
    write(tmp_path, MANIFEST_NAME, document)
    assert area(read(tmp_path), "conditional_access").coverage is Coverage.PARTIAL


def test_an_area_that_nobody_knows_is_named(tmp_path) -> None:
    write(tmp_path, "a.json", CONDITIONAL_ACCESS)
    manifest(tmp_path, mail={"coverage": "complete"})
    assert kinds(read(tmp_path)) == ["unknown_area"]


def test_an_unknown_type_is_kept_and_named(tmp_path) -> None:
    write(
        tmp_path, "a.json", {"@odata.type": "#microsoft.graph.quantumPolicy", "id": "q", "displayName": "Q", "level": 3}
    )
    reading = read(tmp_path)
    (record,) = reading.records
    assert (record.object_type, record.area, record.name) == ("unknown:quantumPolicy", "other", "Q")
    assert record.facets["settings"] == {"level": 3}
    assert kinds(reading) == ["unknown_type"]


def test_two_objects_with_one_id_and_two_with_one_name_are_all_kept(tmp_path) -> None:
    write(tmp_path, "a.json", FIREWALL)
    write(tmp_path, "b.json", changed(FIREWALL, "name", to="Other") | {"id": FIREWALL["id"].lower()})
    write(tmp_path, "c.json", changed(FIREWALL, "id", to="another") | {"name": "other"})
    reading = read(tmp_path)
    assert len(reading.records) == 3
    assert {(warning.kind, warning.subjects) for warning in reading.warnings} == {
        ("duplicate_id", ("a.json", "b.json")),
        ("duplicate_name", ("b.json", "c.json")),
    }


@pytest.mark.parametrize(
    "document",
    [
        {"TenantId": "t", "Organization": "o", "Objects": [{"DisplayName": "g", "Id": "1", "Type": "Group"}]},
        {"hello": "world"},
        [{"Control": 1}],
        "text",
        3,
    ],
)
def test_a_file_without_a_policy_is_named_with_its_reason(tmp_path, document) -> None:
    write(tmp_path, "a.json", CONDITIONAL_ACCESS)
    write(tmp_path, "b.json", document)
    reading = read(tmp_path)
    (warning,) = reading.warnings
    assert warning.kind == "ignored_file"
    assert warning.subjects[0] == "b.json"
    assert area(reading, "conditional_access").coverage is Coverage.COMPLETE


def test_a_list_answer_that_fails_in_the_middle_counts_for_nothing(tmp_path) -> None:
    broken = changed(INTENT, "settings", 0, "valueJson", to="[" * 200 + "]" * 200)
    write(tmp_path, "a.json", {"@odata.context": GRAPH + "deviceManagement/intents", "value": [INTENT, broken]})
    write(tmp_path, "b.json", INTENT)
    reading = read(tmp_path)
    assert [record.source_path for record in reading.records] == ["b.json"]
    assert [(unread.path, unread.reason) for unread in reading.unread] == [("a.json", "too_deep")]
    assert area(reading, "security_intents").coverage is Coverage.PARTIAL


def test_a_companion_that_is_corrupt_makes_its_policy_unread(tmp_path) -> None:
    write(tmp_path, "Intent.json", {name: member for name, member in INTENT.items() if name != "settings"})
    (tmp_path / "Intent_Settings.json").write_text("{")
    reading = read(tmp_path)
    assert reading.records == []
    assert [unread.path for unread in reading.unread] == ["Intent.json"]


def test_settings_whose_policy_is_missing_are_not_dropped(tmp_path) -> None:
    write(tmp_path, "Lost_Settings.json", {"settings": INTENT["settings"]})
    write(tmp_path, "a.json", CONDITIONAL_ACCESS)
    reading = read(tmp_path)
    assert [(unread.path, unread.reason) for unread in reading.unread] == [("Lost_Settings.json", "orphan_settings")]
    assert area(reading, "conditional_access").coverage is Coverage.PARTIAL


def test_progress_begins_at_nothing_and_ends_at_all(tmp_path) -> None:
    for number in range(60):
        write(tmp_path, f"{number}.json", changed(CONDITIONAL_ACCESS, "id", to=str(number)))
    items = [item for item in MICROSOFT365.open_export(tmp_path, b"k").read() if isinstance(item, Progress)]
    assert [(item.done, item.total) for item in items] == [(0, 60), (25, 60), (50, 60), (60, 60)]


def test_reading_again_gives_the_same(tmp_path) -> None:
    write(tmp_path, "a.json", CONDITIONAL_ACCESS)
    (tmp_path / "bad.json").write_text("{")
    assert read(tmp_path) == read(tmp_path)
