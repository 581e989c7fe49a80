"""Objects of our own making in the shapes of the service, and ways to write and read them."""

from __future__ import annotations

import base64
import copy
import json
from typing import TYPE_CHECKING, Any

from trueline.connections.contract import Reading, Record, gather
from trueline.providers.microsoft365.provider import MICROSOFT365

if TYPE_CHECKING:
    from pathlib import Path

KEY = b"a key of the tests, 32 bytes long"
GRAPH = "https://graph.microsoft.com/beta/$metadata#"
GROUP = "6F1C2A30-0000-4000-8000-0000000000AA"
KEPT = ("@odata.bind", "@odata.type")
OTHER_GROUP = "6F1C2A30-0000-4000-8000-0000000000BB"


def read(path: Path) -> Reading:
    """Read an export to its end."""
    return gather(MICROSOFT365.open_export(path, KEY))


def write(folder: Path, name: str, document: Any, encoding: str = "utf-8") -> Path:
    """Write a document as JSON and give its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.dumps(document).encode(encoding))
    return path


def read_one(folder: Path, document: Any, name: str = "one.json") -> Record:
    """The single record of a document."""
    write(folder, name, document)
    reading = read(folder)
    assert [item.reason for item in reading.unread] == []
    (record,) = reading.records
    return record


def choice(definition: str, value: str, *children: Any) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
        "settingDefinitionId": definition,
        "settingInstanceTemplateReference": None,
        "choiceSettingValue": {"settingValueTemplateReference": None, "value": value, "children": list(children)},
    }


def simple(definition: str, value: Any) -> dict[str, Any]:
    kind = "String" if isinstance(value, str) else "Integer"
    return {
        "@odata.type": "#microsoft.graph.deviceManagementConfigurationSimpleSettingInstance",
        "settingDefinitionId": definition,
        "simpleSettingValue": {
            "@odata.type": f"#microsoft.graph.deviceManagementConfiguration{kind}SettingValue",
            "settingValueTemplateReference": None,
            "value": value,
        },
    }


def secret(definition: str, value: str, state: str = "notEncrypted") -> dict[str, Any]:
    return {
        "settingDefinitionId": definition,
        "simpleSettingValue": {
            "@odata.type": "#microsoft.graph.deviceManagementConfigurationSecretSettingValue",
            "value": value,
            "valueState": state,
        },
    }


def many(definition: str, *values: str) -> dict[str, Any]:
    return {
        "settingDefinitionId": definition,
        "simpleSettingCollectionValue": [{"value": value} for value in values],
    }


def groups(definition: str, *instances: list[Any]) -> dict[str, Any]:
    return {
        "settingDefinitionId": definition,
        "groupSettingCollectionValue": [{"children": children} for children in instances],
    }


def assignment(group: str, kind: str = "group") -> dict[str, Any]:
    return {
        "id": f"assignment_{group}",
        "source": "direct",
        "target": {
            "@odata.type": f"#microsoft.graph.{kind}AssignmentTarget",
            "deviceAndAppManagementAssignmentFilterId": None,
            "deviceAndAppManagementAssignmentFilterType": "none",
            "groupId": group,
        },
    }


def catalogue(*instances: Any, **members: Any) -> dict[str, Any]:
    """A settings catalogue policy with all the noise of a full answer."""
    entries = [{"id": str(number), "settingInstance": instance} for number, instance in enumerate(instances)]
    return {
        "@odata.context": GRAPH + "deviceManagement/configurationPolicies(assignments(),settings())/$entity",
        "@odata.type": "#microsoft.graph.deviceManagementConfigurationPolicy",
        "createdDateTime@odata.type": "#DateTimeOffset",
        "createdDateTime": "2025-01-02T03:04:05.1234567Z",
        "lastModifiedDateTime": "2025-01-02T03:04:05.1234567Z",
        "id": "11111111-AAAA-4AAA-8AAA-111111111111",
        "name": "Firewall",
        "description": "",
        "platforms": "windows10",
        "technologies": "mdm",
        "roleScopeTagIds": ["0", "7"],
        "templateReference": {"templateId": "", "templateFamily": "none", "templateDisplayName": None},
        "settingCount": len(entries),
        "settings": entries,
        "assignments": [assignment(GROUP), assignment(OTHER_GROUP, "exclusionGroup")],
        "#microsoft.graph.assign": {"title": "microsoft.graph.assign", "target": "https://graph.microsoft.com/x"},
    } | members


FIREWALL = catalogue(
    choice(
        "Vendor_Firewall_Enable",
        "vendor_firewall_enable_1",
        simple("vendor_firewall_depth", 3),
        many("v_list", "b", "a"),
    ),
    simple("vendor_timeout", 15),
    groups(
        "vendor_rules_{rulename}",
        [simple("vendor_rules_{rulename}_name", "web"), simple("vendor_rules_{rulename}_port", 443)],
        [simple("vendor_rules_{rulename}_name", "mail"), simple("vendor_rules_{rulename}_port", 25)],
    ),
    groups("vendor_pairs", [simple("vendor_left", 1), simple("vendor_right", 2)], [simple("vendor_left", 3)]),
)

CONDITIONAL_ACCESS = {
    "@odata.type": "#microsoft.graph.conditionalAccessPolicy",
    "id": "22222222-bbbb-4bbb-8bbb-222222222222",
    "displayName": "Require MFA",
    "state": "enabled",
    "modifiedDateTime": "2025-03-04T05:06:07Z",
    "sessionControls": None,
    "conditions": {
        "@odata.type": "#microsoft.graph.conditionalAccessConditionSet",
        "agents": None,
        "clientAppTypes": ["all"],
        "applications": {"includeApplications": ["All"], "excludeApplications": []},
        "users": {"includeUsers": ["All"], "excludeGroups": [GROUP, OTHER_GROUP], "includeRoles": []},
    },
    "grantControls": {"operator": "OR", "builtInControls": ["mfa", "compliantDevice"], "authenticationStrength": None},
}

CUSTOM = {
    "@odata.type": "#microsoft.graph.windows10CustomConfiguration",
    "id": "33333333-cccc-4ccc-8ccc-333333333333",
    "displayName": "Custom",
    "deviceManagementApplicabilityRuleOsEdition": None,
    "version": 4,
    "omaSettings": [
        {"@odata.type": "#microsoft.graph.omaSettingInteger", "displayName": "A", "omaUri": "./Device/A", "value": 1},
        {"@odata.type": "#microsoft.graph.omaSettingString", "displayName": "B", "omaUri": "./Device/B", "value": "on"},
    ],
    "assignments": [],
}

TEMPLATE = {
    "@odata.type": "#microsoft.graph.groupPolicyConfiguration",
    "id": "44444444-dddd-4ddd-8ddd-444444444444",
    "displayName": "Template",
    "policyConfigurationIngestionType": "builtIn",
    "definitionValues": [
        {
            "id": "x",
            "enabled": True,
            "definition@odata.bind": GRAPH[:-10] + "deviceManagement/groupPolicyDefinitions('D1')",
            "presentationValues": [
                {
                    "@odata.type": "#microsoft.graph.groupPolicyPresentationValueText",
                    "presentation@odata.bind": "https://x/groupPolicyDefinitions('D1')/presentations('P1')",
                    "value": "text",
                },
            ],
        },
        {"id": "y", "enabled": False, "definition": {"id": "d2", "displayName": "Second"}},
    ],
}

INTENT = {
    "@odata.type": "#microsoft.graph.deviceManagementIntent",
    "id": "55555555-eeee-4eee-8eee-555555555555",
    "displayName": "Intent",
    "templateId": "0f2b5d70-0000-4000-8000-000000000001",
    "settings": [
        {"id": "1", "definitionId": "deviceConfiguration--A", "valueJson": "true", "value": True},
        {"id": "2", "definitionId": "deviceConfiguration--B", "valueJson": '"allowed"', "value": "allowed"},
    ],
}

EVERY_KIND = (FIREWALL, CONDITIONAL_ACCESS, CUSTOM, TEMPLATE, INTENT)


def changed(document: Any, *path: Any, to: Any) -> Any:
    """A copy of a document with one value changed."""
    copied = copy.deepcopy(document)
    node = copied
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = to
    return copied


def encoded(text: str) -> str:
    """Text as base64, as the service carries scripts."""
    return base64.b64encode(text.encode()).decode()


def pascal(value: Any) -> Any:
    """The document as PowerShell writes it."""
    if isinstance(value, dict):
        return {name[:1].upper() + name[1:]: pascal(member) for name, member in value.items()}
    return [pascal(member) for member in value] if isinstance(value, list) else value


def without_annotations(value: Any) -> Any:
    """The document without the `@odata.` companions of its members; a bound definition is content and stays."""
    if isinstance(value, dict):
        value = {name: member for name, member in value.items() if not (len(name) > 11 and name.endswith(KEPT[1]))}
        kept = {name: member for name, member in value.items() if "@odata." not in name or name.endswith(KEPT)}
        return {name: without_annotations(member) for name, member in kept.items()}
    return [without_annotations(member) for member in value] if isinstance(value, list) else value
