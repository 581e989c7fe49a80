"""The rule files hold together: known members, known areas, no two rules for one thing."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from trueline.connections.contract import Facet
from trueline.providers.microsoft365.areas import AREA_KEYS, AREAS
from trueline.providers.microsoft365.provider import MICROSOFT365
from trueline.providers.microsoft365.recognise import by_context, by_odata_type
from trueline.providers.microsoft365.ruleset import MEMBERS, NOT_POLICIES, SHARED, Rule, documents, rule_of, rules

ENTRIES = [(name, entry) for name, entries in documents() if name not in {SHARED, NOT_POLICIES} for entry in entries]
CONTENTS = {"plain", "catalogue", "reusable", "oma", "admx", "intent"}


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=[entry["type"] for _, entry in ENTRIES])
def test_an_entry_has_only_members_that_mean_something(name, entry) -> None:
    assert set(entry) <= MEMBERS
    assert {"type", "area"} <= set(entry)
    assert entry["area"] in AREA_KEYS
    assert entry.get("content", "plain") in CONTENTS
    assert set(entry.get("facets", {})) <= {facet.value for facet in Facet}
    assert isinstance(entry.get("shapes", []), list)
    assert all(isinstance(shape, list) and shape for shape in entry.get("shapes", []))
    assert all(isinstance(names, list) and names for names in entry.get("keyed", {}).values())


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.type)
def test_a_rule_can_be_found_by_what_it_names(rule: Rule) -> None:
    assert rule_of(rule.type) is rule
    assert all(by_odata_type(name) is rule for name in rule.odata_types)
    assert by_context(f"https://graph.microsoft.com/beta/$metadata#{rule.endpoint}/$entity") is rule
    assert by_context(f"https://graph.microsoft.com/beta/$metadata#{rule.endpoint}(assignments())/$entity") is rule
    assert by_context(f"https://graph.microsoft.com/beta/$metadata#{rule.endpoint}('id')/settings") is None


@pytest.mark.parametrize("member", ["type", "endpoint"])
def test_no_two_rules_share_a_name(member: str) -> None:
    assert max(Counter(getattr(rule, member) for rule in rules()).values()) == 1


@pytest.mark.parametrize("member", ["odata_types", "shapes", "export_keys"])
def test_no_two_rules_claim_the_same_mark(member: str) -> None:
    assert max(Counter(mark for rule in rules() for mark in getattr(rule, member)).values()) == 1


def test_every_type_of_the_read_set_has_a_rule() -> None:
    wanted = {
        "configurationPolicies", "deviceConfigurations", "deviceCompliancePolicies", "compliancePolicies",
        "groupPolicyConfigurations", "intents", "iosManagedAppProtections", "androidManagedAppProtections",
        "windowsManagedAppProtections", "targetedManagedAppConfigurations", "mobileAppConfigurations", "mobileApps",
        "deviceManagementScripts", "deviceShellScripts", "deviceHealthScripts", "deviceComplianceScripts",
        "deviceCustomAttributeShellScripts", "assignmentFilters", "roleScopeTags", "intuneRoleDefinitions",
        "deviceEnrollmentConfigurations", "windowsAutopilotDeploymentProfiles", "windowsFeatureUpdateProfiles",
        "windowsQualityUpdateProfiles", "windowsDriverUpdateProfiles", "notificationMessageTemplates",
        "termsAndConditions", "conditionalAccessPolicies", "namedLocations", "authenticationStrengthPolicies",
        "authenticationContextClassReferences", "groups", "authenticationMethodsPolicy", "authorizationPolicy",
        "crossTenantAccessPolicyDefault", "crossTenantAccessPolicyPartners",
        "identitySecurityDefaultsEnforcementPolicy", "reusablePolicySettings",
    }  # fmt: skip
    assert wanted <= {rule.type for rule in rules()}


def test_every_area_has_a_rule_a_label_and_all_but_the_last_a_permission() -> None:
    assert {rule.area for rule in rules()} | {"other"} == set(AREA_KEYS)
    assert set(MICROSOFT365.area_labels) == set(MICROSOFT365.areas)
    assert all(re.fullmatch(r"[A-Z]\w+\.\w+(\.\w+)+", area.permission) for area in AREAS if area.key != "other")


def test_scope_tags_and_assignments_are_never_dropped() -> None:
    for rule in rules():
        assert not {"assignments", "roleScopeTagIds"} & rule.volatile
        assert rule.facet_of["assignments"] is Facet.ASSIGNMENTS
        assert rule.facet_of["roleScopeTagIds"] is Facet.SCOPE_TAGS
