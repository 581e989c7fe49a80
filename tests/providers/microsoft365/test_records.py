"""What a record says of an object: type, area, name, platform, identity in every tenant, settings, facets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.microsoft365.objects import (
    CONDITIONAL_ACCESS,
    CUSTOM,
    FIREWALL,
    GRAPH,
    GROUP,
    INTENT,
    OTHER_GROUP,
    TEMPLATE,
    assignment,
    catalogue,
    choice,
    encoded,
    groups,
    many,
    pascal,
    read,
    read_one,
    simple,
    write,
)
from trueline.connections.contract import Coverage, Facet, Setting

TYPES: dict[str, tuple[dict[str, Any], str]] = {
    "deviceConfigurations": ({"@odata.type": "#microsoft.graph.windows10GeneralConfiguration"}, "windows10"),
    "update ring": ({"@odata.type": "#microsoft.graph.windowsUpdateForBusinessConfiguration"}, "windows10"),
    "deviceCompliancePolicies": ({"@odata.type": "#microsoft.graph.macOSCompliancePolicy"}, "macos"),
    "compliancePolicies": (
        {"@odata.type": "#microsoft.graph.deviceManagementCompliancePolicy", "platforms": "linux"},
        "linux",
    ),
    "iosManagedAppProtections": ({"@odata.type": "#microsoft.graph.iosManagedAppProtection"}, "ios"),
    "mobileAppConfigurations": (
        {"@odata.type": "#microsoft.graph.androidManagedStoreAppConfiguration"},
        "androidenterprise",
    ),
    "targetedManagedAppConfigurations": ({"@odata.type": "#microsoft.graph.targetedManagedAppConfiguration"}, ""),
    "deviceShellScripts": ({"@odata.type": "#microsoft.graph.deviceShellScript"}, "macos"),
    "deviceComplianceScripts": ({"@odata.type": "#microsoft.graph.deviceComplianceScript"}, "windows10"),
    "deviceCustomAttributeShellScripts": (
        {"@odata.type": "#microsoft.graph.deviceCustomAttributeShellScript"},
        "macos",
    ),
    "deviceHealthScripts": ({"detectionScriptContent": "x", "remediationScriptContent": "y"}, "windows10"),
    "assignmentFilters": ({"rule": "x", "platform": "windows10AndLater"}, "windows10"),
    "roleScopeTags": ({"@odata.type": "#microsoft.graph.roleScopeTag"}, ""),
    "intuneRoleDefinitions": ({"@odata.type": "#microsoft.graph.deviceAndAppManagementRoleDefinition"}, ""),
    "deviceEnrollmentConfigurations": ({"@odata.type": "#microsoft.graph.deviceEnrollmentLimitConfiguration"}, ""),
    "windowsAutopilotDeploymentProfiles": ({"outOfBoxExperienceSettings": {"userType": "standard"}}, "windows10"),
    "windowsFeatureUpdateProfiles": ({"featureUpdateVersion": "24H2"}, "windows10"),
    "windowsQualityUpdateProfiles": ({"expeditedUpdateSettings": {}}, "windows10"),
    "windowsDriverUpdateProfiles": ({"approvalType": "automatic", "deploymentDeferralInDays": 1}, "windows10"),
    "notificationMessageTemplates": ({"@odata.type": "#microsoft.graph.notificationMessageTemplate"}, ""),
    "termsAndConditions": ({"@odata.type": "#microsoft.graph.termsAndConditions"}, ""),
    "namedLocations": ({"@odata.type": "#microsoft.graph.ipNamedLocation"}, ""),
    "authenticationStrengthPolicies": ({"allowedCombinations": ["fido2"], "policyType": "custom"}, ""),
    "authenticationContextClassReferences": ({"isAvailable": True}, ""),
    "authenticationMethodsPolicy": ({"authenticationMethodConfigurations": []}, ""),
    "authorizationPolicy": ({"defaultUserRolePermissions": {}}, ""),
    "crossTenantAccessPolicyDefault": ({"isServiceDefault": True, "inboundTrust": {}}, ""),
    "crossTenantAccessPolicyPartners": ({"tenantId": "t", "inboundTrust": {}}, ""),
    "identitySecurityDefaultsEnforcementPolicy": (
        {"@odata.context": GRAPH + "policies/identitySecurityDefaultsEnforcementPolicy/$entity"},
        "",
    ),
    "groups": ({"groupTypes": [], "securityEnabled": True, "mailEnabled": False}, ""),
    "mobileApps": ({"@odata.type": "#microsoft.graph.win32LobApp"}, "windows10"),
    "reusablePolicySettings": ({"settingDefinitionId": "x", "settingInstance": simple("x", 1)}, ""),
}


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_recognised(tmp_path, name) -> None:
    members, platform = TYPES[name]
    record = read_one(tmp_path, {"id": "1", "displayName": "Name"} | members)
    assert record.object_type == ("deviceConfigurations" if name == "update ring" else name)
    assert record.name in {"Name", "t"}
    assert record.platform == platform


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("Settings Catalog", "configurationPolicies"),
        ("DeviceConfiguration", "deviceConfigurations"),
        ("Compliance Policies/Policies", "deviceCompliancePolicies"),
        ("EnrollmentStatusPage", "deviceEnrollmentConfigurations"),
        ("Filters", "assignmentFilters"),
        ("Scope_Tags", "roleScopeTags"),
    ],
)
def test_a_folder_tells_the_type_when_nothing_else_does(tmp_path, folder, expected) -> None:
    assert read_one(tmp_path, {"id": "1", "displayName": "Name"}, f"{folder}/a.json").object_type == expected


def test_a_list_answer_tells_the_type_of_its_objects(tmp_path) -> None:
    answer = {
        "@odata.context": GRAPH + "deviceManagement/roleScopeTags",
        "value": [{"id": "0", "displayName": "Default"}],
    }
    assert read_one(tmp_path, answer).object_type == "roleScopeTags"


FIXED = {
    "scope_tag:0": {"@odata.type": "#microsoft.graph.roleScopeTag", "id": "0"},
    "singleton:authorizationpolicy": {"id": "authorizationPolicy", "defaultUserRolePermissions": {}},
    "partner:t-1": {"tenantId": "T-1", "inboundTrust": {}},
    "authentication_strength:00000000-0000-0000-0000-000000000004": {
        "id": "00000000-0000-0000-0000-000000000004",
        "allowedCombinations": ["fido2"],
        "policyType": "builtIn",
    },
    "enrollment_default:defaultlimit": {
        "@odata.type": "#microsoft.graph.deviceEnrollmentLimitConfiguration",
        "id": "0f2b5d70-d4e9-4156-8c16-1397eb6c54a5_DefaultLimit",
    },
    "directory_role:62e90394": {"roleTemplateId": "62e90394", "displayName": "Global Administrator"},
}


@pytest.mark.parametrize("key", FIXED)
def test_identity_that_holds_in_every_tenant_is_told(tmp_path, key) -> None:
    assert read_one(tmp_path, {"displayName": "N"} | FIXED[key]).fixed_key == key


@pytest.mark.parametrize(
    "document",
    [
        FIREWALL,
        CONDITIONAL_ACCESS,
        {"id": "7", "displayName": "T", "@odata.type": "#microsoft.graph.roleScopeTag"},
        {"id": "8", "displayName": "S", "allowedCombinations": ["fido2"], "policyType": "custom"},
    ],
)
def test_an_object_of_one_tenant_only_has_no_fixed_key(tmp_path, document) -> None:
    assert read_one(tmp_path, document).fixed_key == ""


def test_a_catalogue_policy_gives_each_setting_with_its_values(tmp_path) -> None:
    record = read_one(tmp_path, FIREWALL)
    assert (record.object_type, record.area, record.name) == ("configurationPolicies", "settings_catalog", "Firewall")
    assert record.external_id == "11111111-aaaa-4aaa-8aaa-111111111111"
    assert record.expected_settings == 4
    assert not record.is_truncated
    assert Setting("vendor_firewall_enable", ("vendor_firewall_enable_1",)) in record.settings
    assert Setting("v_list", ("a", "b")) in record.settings
    assert Setting("vendor_left", ("1", "3")) in record.settings
    assert "vendor_rules_{rulename}" not in {setting.id for setting in record.settings}


def test_the_facets_of_a_catalogue_policy_are_apart(tmp_path) -> None:
    facets = read_one(tmp_path, FIREWALL).facets
    assert facets[Facet.IDENTITY] == {"name": "Firewall", "platforms": "windows10", "technologies": "mdm"}
    assert facets[Facet.SCOPE_TAGS] == {"roleScopeTagIds": ["0", "7"]}
    assert facets[Facet.ASSIGNMENTS] == {
        f"assignments[group:{GROUP.lower()}]": True,
        f"assignments[exclusionGroup:{OTHER_GROUP.lower()}]": True,
    }
    assert Facet.METADATA not in facets
    settings = facets[Facet.SETTINGS]
    assert settings["vendor_firewall_enable/vendor_firewall_depth"] == 3
    assert settings["vendor_rules_{rulename}[mail]/vendor_rules_{rulename}_port"] == 25
    assert settings["vendor_pairs"] == ['{"vendor_left":1,"vendor_right":2}', '{"vendor_left":3}']


def test_a_setting_that_stands_twice_is_kept_twice(tmp_path) -> None:
    record = read_one(tmp_path, catalogue(simple("v", 1), simple("v", 2)))
    assert record.settings == (Setting("v", ("1", "2")),)
    assert record.facets[Facet.SETTINGS] == {"v": ['{"v":1}', '{"v":2}']}


def test_a_group_without_members_still_shows(tmp_path) -> None:
    record = read_one(tmp_path, catalogue(groups("v_parent", [])))
    assert record.facets[Facet.SETTINGS] == {"v_parent": []}
    assert record.settings == ()


def test_values_of_choices_are_ids_and_texts_are_not(tmp_path) -> None:
    record = read_one(tmp_path, catalogue(choice("A", "A_1"), simple("B", "Text"), many("C", "X", "x")))
    assert record.facets[Facet.SETTINGS] == {"a": "a_1", "b": "Text", "c": ["X", "x"]}


def test_settings_of_other_types_carry_a_prefix(tmp_path) -> None:
    write(tmp_path, "1.json", CUSTOM)
    write(tmp_path, "2.json", TEMPLATE)
    write(tmp_path, "3.json", INTENT)
    custom, template, intent = read(tmp_path).records
    assert custom.settings == (Setting("oma:./device/a", ("1",)), Setting("oma:./device/b", ("on",)))
    assert template.settings == (Setting("admx:d1", ("enabled", "text")), Setting("admx:d2", ("disabled",)))
    assert intent.settings == (
        Setting("intent:deviceconfiguration--a", ("true",)),
        Setting("intent:deviceconfiguration--b", ("allowed",)),
    )


def test_assignment_filters_and_intents_are_told(tmp_path) -> None:
    everyone = {"target": {"@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"}, "intent": "required"}
    filtered = assignment(GROUP)
    filtered["target"] |= {
        "deviceAndAppManagementAssignmentFilterId": OTHER_GROUP,
        "deviceAndAppManagementAssignmentFilterType": "exclude",
    }
    record = read_one(tmp_path, CUSTOM | {"assignments": [everyone, filtered]})
    group = f"assignments[group:{GROUP.lower()}]"
    assert record.facets[Facet.ASSIGNMENTS] == {
        "assignments[allDevices]": True,
        "assignments[allDevices].intent": "required",
        group: True,
        f"{group}.deviceAndAppManagementAssignmentFilterId": OTHER_GROUP.lower(),
        f"{group}.deviceAndAppManagementAssignmentFilterType": "exclude",
    }


def test_a_script_is_compared_as_text(tmp_path) -> None:
    document = {"@odata.type": "#microsoft.graph.deviceShellScript", "id": "1", "displayName": "S"}
    record = read_one(tmp_path, document | {"scriptContent": encoded("#!/bin/sh\necho größer\n")})
    assert record.facets[Facet.SETTINGS]["scriptContent"] == "#!/bin/sh\necho größer\n"


def test_an_expanded_strength_is_the_same_as_its_id(tmp_path) -> None:
    def with_strength(**members: Any) -> dict[str, Any]:
        grant = CONDITIONAL_ACCESS["grantControls"] | {"authenticationStrength": {"id": "s"} | members}
        return CONDITIONAL_ACCESS | {"grantControls": grant}

    plain = read_one(tmp_path / "a", with_strength())
    expanded = read_one(tmp_path / "b", with_strength(displayName="MFA", allowedCombinations=["fido2"]))
    assert plain.facets == expanded.facets


def test_what_powershell_keeps_apart_belongs_to_the_object(tmp_path) -> None:
    apart = {
        "Id": "1",
        "DisplayName": "N",
        "AdditionalProperties": {"@odata.type": "#microsoft.graph.ipNamedLocation", "isTrusted": True},
    }
    record = read_one(tmp_path, apart)
    assert record.object_type == "namedLocations"
    assert record.facets[Facet.SETTINGS] == {"isTrusted": True}


def test_a_list_whose_order_means_something_keeps_it(tmp_path) -> None:
    document = {"@odata.type": "#microsoft.graph.iosDeviceFeaturesConfiguration", "id": "1", "displayName": "N"}
    icons = [{"displayName": "b", "bundleID": "2"}, {"displayName": "a", "bundleID": "1"}]
    one = read_one(tmp_path / "a", document | {"homeScreenDockIcons": icons})
    other = read_one(tmp_path / "b", document | {"homeScreenDockIcons": icons[::-1]})
    assert one.facets != other.facets


def test_a_provider_export_gives_its_policies_and_names_the_rest(tmp_path) -> None:
    export = {
        "report_uuid": "r",
        "conditional_access_policies": [pascal(CONDITIONAL_ACCESS)],
        "authorization_policies": [
            {"Id": "authorizationPolicy", "DefaultUserRolePermissions": {"AllowedToCreateApps": False}}
        ],
        "authentication_method": [
            {
                "authentication_method_policy": {"Id": "authenticationMethodsPolicy", "DisplayName": "Methods"},
                "authentication_method_feature_settings": [
                    {
                        "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration",
                        "Id": "Fido2",
                        "State": "enabled",
                    }
                ],
            }
        ],
        "mail_rules": [{"Identity": "Rule 1", "Enabled": True}],
        "privileged_users": {"a": {"DisplayName": "Jane"}},
        "aad_unsuccessful_commands": ["Get-MgBetaPolicyAuthorizationPolicy"],
    }
    write(tmp_path, "export.json", export)
    reading = read(tmp_path)
    found = {record.object_type: record for record in reading.records}
    assert set(found) == {
        "conditionalAccessPolicies",
        "authorizationPolicy",
        "authenticationMethodsPolicy",
        "unknown:mail_rules",
    }
    assert found["unknown:mail_rules"].name == "Rule 1"
    methods = found["authenticationMethodsPolicy"].facets[Facet.SETTINGS]
    assert methods["authenticationMethodConfigurations[fido2].state"] == "enabled"
    coverage = {report.area: report.coverage for report in reading.areas}
    assert coverage["conditional_access"] is Coverage.COMPLETE
    assert coverage["authorization"] is Coverage.PARTIAL
    assert coverage["authentication_methods"] is Coverage.COMPLETE
    (ignored,) = [warning for warning in reading.warnings if warning.kind == "ignored_file"]
    assert "privileged_users" in ignored.subjects[1]
    assert "Jane" not in str(reading)
