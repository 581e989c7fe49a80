"""The areas of a tenant that coverage is reported for, with their labels and the least permission a live read needs."""

from __future__ import annotations

from dataclasses import dataclass


def gettext_noop(text: str) -> str:
    """Mark a label for the translators; the text itself stays English. Named as the extraction tool expects it."""
    return text


@dataclass(frozen=True, slots=True)
class Area:
    """One part of a tenant that is read, denied or missed as a whole."""

    key: str
    label: str
    permission: str = ""


OTHER = "other"
"""The area of objects whose type nobody knows yet."""

AREAS: tuple[Area, ...] = (
    Area("settings_catalog", gettext_noop("Settings catalogue"), "DeviceManagementConfiguration.Read.All"),
    Area("device_configurations", gettext_noop("Device configurations"), "DeviceManagementConfiguration.Read.All"),
    Area("compliance", gettext_noop("Compliance policies"), "DeviceManagementConfiguration.Read.All"),
    Area(
        "administrative_templates", gettext_noop("Administrative templates"), "DeviceManagementConfiguration.Read.All"
    ),
    Area("security_intents", gettext_noop("Endpoint security intents"), "DeviceManagementConfiguration.Read.All"),
    Area("reusable_settings", gettext_noop("Reusable settings"), "DeviceManagementConfiguration.Read.All"),
    Area("update_profiles", gettext_noop("Update profiles"), "DeviceManagementConfiguration.Read.All"),
    Area("scripts", gettext_noop("Scripts and remediations"), "DeviceManagementScripts.Read.All"),
    Area("app_protection", gettext_noop("App protection"), "DeviceManagementApps.Read.All"),
    Area("app_configuration", gettext_noop("App configuration"), "DeviceManagementApps.Read.All"),
    Area("apps", gettext_noop("Apps"), "DeviceManagementApps.Read.All"),
    Area("filters", gettext_noop("Assignment filters"), "DeviceManagementConfiguration.Read.All"),
    Area("scope_tags", gettext_noop("Scope tags"), "DeviceManagementRBAC.Read.All"),
    Area("intune_roles", gettext_noop("Intune roles"), "DeviceManagementRBAC.Read.All"),
    Area("enrollment", gettext_noop("Enrolment"), "DeviceManagementServiceConfig.Read.All"),
    Area("autopilot", gettext_noop("Autopilot"), "DeviceManagementServiceConfig.Read.All"),
    Area("notifications", gettext_noop("Notifications and terms"), "DeviceManagementServiceConfig.Read.All"),
    Area("conditional_access", gettext_noop("Conditional access"), "Policy.Read.All"),
    Area("named_locations", gettext_noop("Named locations"), "Policy.Read.All"),
    Area("authentication_strengths", gettext_noop("Authentication strengths"), "Policy.Read.AuthenticationMethod"),
    Area("authentication_contexts", gettext_noop("Authentication contexts"), "Policy.Read.All"),
    Area("authentication_methods", gettext_noop("Authentication methods"), "Policy.Read.AuthenticationMethod"),
    Area("authorization", gettext_noop("Authorization and consent"), "Policy.Read.All"),
    Area("cross_tenant_access", gettext_noop("Cross-tenant access"), "Policy.Read.All"),
    Area("security_defaults", gettext_noop("Security defaults"), "Policy.Read.All"),
    Area("directory_roles", gettext_noop("Directory roles"), "RoleManagement.Read.Directory"),
    Area("groups", gettext_noop("Groups"), "Group.Read.All"),
    Area(OTHER, gettext_noop("Other objects"), ""),
)

AREA_KEYS: tuple[str, ...] = tuple(area.key for area in AREAS)
