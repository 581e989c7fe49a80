"""The same content in another order, encoding or export shape is the same record; one change shows at one path."""

from __future__ import annotations

import copy
import json
import random
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.microsoft365.objects import (
    CONDITIONAL_ACCESS,
    CUSTOM,
    EVERY_KIND,
    FIREWALL,
    INTENT,
    TEMPLATE,
    changed,
    pascal,
    read,
    read_one,
    without_annotations,
    write,
)
from trueline.connections.contract import Facet
from trueline.providers.microsoft365.normalise import record_of
from trueline.providers.microsoft365.recognise import recognise

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


def facets(document: dict[str, Any]) -> dict[Facet, dict[str, Any]]:
    return dict(record_of(document, recognise(document), "x.json").facets)


def differences(left: dict[str, Any], right: dict[str, Any]) -> list[tuple[Facet, str]]:
    one, two = facets(left), facets(right)
    return [
        (facet, path)
        for facet in Facet
        for path in sorted(one.get(facet, {}).keys() | two.get(facet, {}).keys())
        if one.get(facet, {}).get(path) != two.get(facet, {}).get(path)
    ]


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


def with_nulls(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict):
        extra = {f"new{number}": rng.choice([None, [], {}]) for number in range(rng.randint(0, 2))}
        return {name: with_nulls(member, rng) for name, member in value.items()} | extra
    return [with_nulls(member, rng) for member in value] if isinstance(value, list) else value


@given(st.sampled_from(EVERY_KIND), st.randoms(use_true_random=False))
def test_the_order_of_members_and_elements_makes_no_difference(document: dict[str, Any], rng: random.Random) -> None:
    assert facets(shuffled(document, rng)) == facets(document)


@given(st.sampled_from((CONDITIONAL_ACCESS, CUSTOM)), st.randoms(use_true_random=False))
def test_null_and_empty_are_the_same_as_absent(document: dict[str, Any], rng: random.Random) -> None:
    assert facets(with_nulls(document, rng)) == facets(document)


def test_a_member_that_a_set_names_twice_is_in_it_once() -> None:
    users = CONDITIONAL_ACCESS["conditions"]["users"]
    path, names = next((key, value) for key, value in users.items() if isinstance(value, list) and value)
    doubled = changed(CONDITIONAL_ACCESS, "conditions", "users", path, to=[*names, names[0]])
    assert differences(CONDITIONAL_ACCESS, doubled) == []


@pytest.mark.parametrize("document", EVERY_KIND)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_encoding_of_a_file_makes_no_difference(tmp_path, document, encoding) -> None:
    write(tmp_path, "one.json", document, encoding)
    (record,) = read(tmp_path).records
    assert record.facets == facets(document)


@pytest.mark.parametrize("document", EVERY_KIND)
def test_annotations_of_members_make_no_difference(document) -> None:
    assert facets(without_annotations(document)) == facets(document)


def test_a_catalogue_policy_needs_no_type_at_all() -> None:
    bare = {name: member for name, member in without_annotations(FIREWALL).items() if name != "@odata.type"}
    assert recognise(bare).type == "configurationPolicies"
    assert facets(bare) == facets(FIREWALL)


@pytest.mark.parametrize("document", [CONDITIONAL_ACCESS, INTENT, FIREWALL])
def test_the_letter_case_of_powershell_makes_no_difference(tmp_path, document) -> None:
    record = read_one(tmp_path, pascal(document))
    assert record.facets == facets(document)
    assert record.external_id == document["id"].lower()


def test_settings_in_a_companion_file_are_the_settings_of_the_policy(tmp_path) -> None:
    main = {name: member for name, member in FIREWALL.items() if name != "settings"}
    write(tmp_path, "SettingsCatalog/Firewall.json", main)
    write(tmp_path, "SettingsCatalog/Firewall_Settings.json", {"value": FIREWALL["settings"]})
    reading = read(tmp_path)
    (record,) = reading.records
    assert record.facets == facets(FIREWALL)
    assert not record.is_truncated
    assert reading.unread == []


def test_a_companion_that_is_json_written_as_text_is_read(tmp_path) -> None:
    main = {name: member for name, member in INTENT.items() if name != "settings"}
    write(tmp_path, "Intent.json", main)
    write(tmp_path, "Intent_Settings.json", json.dumps({"settings": INTENT["settings"]}))
    (record,) = read(tmp_path).records
    assert record.facets == facets(INTENT)


def test_a_zip_archive_holds_the_same_records_as_its_folder(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, document in enumerate(EVERY_KIND):
            archive.writestr(f"deep/er/{number}.JSON", json.dumps(document))
    folder = tmp_path / "folder"
    for number, document in enumerate(EVERY_KIND):
        write(folder, f"deep/er/{number}.JSON", document)
    assert read(tmp_path / "export.zip").records == read(folder).records


def test_a_list_answer_holds_the_same_records_as_single_files(tmp_path) -> None:
    write(tmp_path, "all.json", {"value": list(EVERY_KIND)})
    found = read(tmp_path).records
    assert [record.facets for record in found] == [facets(document) for document in EVERY_KIND]
    assert found[1].source_path == "all.json#/value/1"


def test_yaml_holds_the_same_record_as_json(tmp_path) -> None:
    (tmp_path / "one.yaml").write_text(json.dumps(CONDITIONAL_ACCESS))
    (record,) = read(tmp_path).records
    assert record.facets == facets(CONDITIONAL_ACCESS)


def test_ids_that_differ_in_letter_case_are_the_same() -> None:
    text = json.dumps(FIREWALL)
    other = json.loads(text.replace("6F1C2A30", "6f1c2a30").replace("Vendor_Firewall_Enable", "vendor_FIREWALL_enable"))
    assert facets(other) == facets(FIREWALL)


def test_a_single_element_that_powershell_flattened_is_a_list_of_one() -> None:
    flat = changed(CONDITIONAL_ACCESS, "conditions", "users", "includeUsers", to="All")
    assert facets(flat) == facets(CONDITIONAL_ACCESS)
    one = changed(TEMPLATE, "definitionValues", to=[TEMPLATE["definitionValues"][0]])
    assert facets(changed(one, "definitionValues", to=TEMPLATE["definitionValues"][0])) == facets(one)


PLANTED = {
    "choice": (FIREWALL, ("settings", 0, "settingInstance", "choiceSettingValue", "value"), "vendor_firewall_enable_0"),
    "child": (
        FIREWALL,
        ("settings", 0, "settingInstance", "choiceSettingValue", "children", 0, "simpleSettingValue", "value"),
        4,
    ),
    "element of a collection": (
        FIREWALL,
        (
            "settings",
            0,
            "settingInstance",
            "choiceSettingValue",
            "children",
            1,
            "simpleSettingCollectionValue",
            0,
            "value",
        ),
        "c",
    ),
    "zero for a number": (FIREWALL, ("settings", 1, "settingInstance", "simpleSettingValue", "value"), 0),
    "child of a keyed group": (
        FIREWALL,
        (
            "settings",
            2,
            "settingInstance",
            "groupSettingCollectionValue",
            1,
            "children",
            1,
            "simpleSettingValue",
            "value",
        ),
        587,
    ),
    "child of a group without key": (
        FIREWALL,
        (
            "settings",
            3,
            "settingInstance",
            "groupSettingCollectionValue",
            0,
            "children",
            1,
            "simpleSettingValue",
            "value",
        ),
        9,
    ),
    "name": (FIREWALL, ("name",), "Firewalls"),
    "scope tags": (FIREWALL, ("roleScopeTagIds",), ["0"]),
    "assignment filter": (
        FIREWALL,
        ("assignments", 0, "target", "deviceAndAppManagementAssignmentFilterId"),
        "99999999-0000-4000-8000-000000000000",
    ),
    "removed assignment": (FIREWALL, ("assignments",), FIREWALL["assignments"][:1]),
    "description": (FIREWALL, ("description",), "new"),
    "state": (CONDITIONAL_ACCESS, ("state",), "disabled"),
    "excluded group": (CONDITIONAL_ACCESS, ("conditions", "users", "excludeGroups"), []),
    "session control": (CONDITIONAL_ACCESS, ("sessionControls",), {"persistentBrowser": {"mode": "never"}}),
    "false is a value": (CONDITIONAL_ACCESS, ("partialEnablement",), False),
    "custom setting": (CUSTOM, ("omaSettings", 1, "value"), "off"),
    "definition switched": (TEMPLATE, ("definitionValues", 1, "enabled"), True),
    "presentation": (TEMPLATE, ("definitionValues", 0, "presentationValues", 0, "value"), "other"),
    "intent": (INTENT, ("settings", 1, "valueJson"), '"required"'),
}


@pytest.mark.parametrize("name", PLANTED)
def test_one_planted_change_shows_at_exactly_one_path(name) -> None:
    document, path, value = PLANTED[name]
    assert len(differences(document, changed(document, *path, to=value))) == 1


def test_values_that_change_places_between_group_instances_are_a_change() -> None:
    swapped = copy.deepcopy(FIREWALL)
    pairs = swapped["settings"][3]["settingInstance"]["groupSettingCollectionValue"]
    left, right = pairs[0]["children"][0], pairs[1]["children"][0]
    left["simpleSettingValue"], right["simpleSettingValue"] = right["simpleSettingValue"], left["simpleSettingValue"]
    assert len(differences(FIREWALL, swapped)) == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "settings",
                        "settingInstance",
                        "choiceSettingValue",
                        "children",
                        "value",
                        "omaSettings",
                        "target",
                        "assignments",
                        "definitionValues",
                        "conditions",
                        "users",
                        "id",
                        "omaUri",
                        "settingDefinitionId",
                        "groupSettingCollectionValue",
                        "platforms",
                        "apps",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_shape_of_members_breaks_the_reading_of_a_known_type(members) -> None:
    for document in EVERY_KIND:
        for name in ("settings", "omaSettings", "definitionValues", "assignments", "conditions", "apps", "platforms"):
            record = record_of(document | {name: members}, recognise(document), "x.json")
            assert record.object_type == recognise(document).type
