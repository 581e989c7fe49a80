"""Setting definitions in an export are the vendor's words, not objects of the tenant."""

from __future__ import annotations

import json

import pytest

from trueline.connections.contract import Record, SettingDefinition, gather
from trueline.providers.microsoft365.exports import open_export

KEY = b"k" * 32
CHOICE = {
    "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingDefinition",
    "id": "Device_Vendor_MSFT_Policy_Lock",
    "displayName": "Lock the screen",
    "categoryId": "c-1",
    "options": [{"itemId": "Device_Vendor_MSFT_Policy_Lock_1", "displayName": "Enabled"}, {"itemId": "x"}],
}
CATEGORY = {
    "@odata.type": "#microsoft.graph.deviceManagementConfigurationCategory",
    "id": "c-1",
    "displayName": "Screen",
}
POLICY = {
    "@odata.type": "#microsoft.graph.deviceManagementConfigurationPolicy",
    "id": "11111111-0000-4000-8000-000000000001",
    "name": "Screens",
    "platforms": "windows10",
    "technologies": "mdm",
    "settings": [
        {
            "settingInstance": {
                "@odata.type": "#microsoft.graph.deviceManagementConfigurationSimpleSettingInstance",
                "settingDefinitionId": "device_vendor_msft_policy_lock",
                "simpleSettingValue": {"value": "1"},
            },
            "settingDefinitions": [CHOICE | {"id": "device_vendor_msft_policy_other", "displayName": "Other"}],
        }
    ],
}
LOCK = SettingDefinition(
    "device_vendor_msft_policy_lock", "Lock the screen", "Screen", {"device_vendor_msft_policy_lock_1": "Enabled"}
)


def reading(folder, **files):
    for name, document in files.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    return gather(open_export(folder, KEY))


def test_a_list_of_definitions_gives_names_and_no_objects(tmp_path):
    found = reading(tmp_path, definitions={"value": [CHOICE]}, policy=POLICY, zz_categories=[CATEGORY])
    assert [one.name for one in found.records] == ["Screens"]
    assert LOCK in found.definitions
    assert not found.warnings


def test_definitions_beside_the_settings_of_a_policy_are_heard_and_the_policy_is_the_same(tmp_path):
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    bare = POLICY | {"settings": [{"settingInstance": POLICY["settings"][0]["settingInstance"]}]}
    one, other = reading(tmp_path / "with", policy=POLICY), reading(tmp_path / "without", policy=bare)
    assert [item.id for item in one.definitions] == ["device_vendor_msft_policy_other"]
    assert other.definitions == []
    assert one.records[0].facets == other.records[0].facets


def test_a_definition_without_a_type_is_known_by_its_members(tmp_path):
    plain = {"id": "a_b", "displayName": "A to B", "rootDefinitionId": "a_b", "categoryName": "Letters"}
    found = reading(tmp_path, definitions=[plain])
    assert found.definitions == [SettingDefinition("a_b", "A to B", "Letters")]


@pytest.mark.parametrize(
    "odd", [{"id": 7}, {"options": "none"}, {"options": [1, {"itemId": 1}]}, {"displayName": None}, {"id": ""}]
)
def test_a_definition_of_odd_shape_loses_nothing_else(tmp_path, odd):
    found = reading(tmp_path, definitions={"value": [CHOICE | odd, CHOICE | {"id": "good"}]}, policy=POLICY)
    assert "good" in {one.id for one in found.definitions}
    assert [type(one) for one in found.records] == [Record]
