"""The object types of the demo: where Graph keeps them and where the export tools put them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Area(StrEnum):
    """Areas of the coverage manifest, as the provider names them in its `areas` module."""

    SETTINGS_CATALOG = "settings_catalog"
    DEVICE_CONFIGURATIONS = "device_configurations"
    COMPLIANCE = "compliance"
    ADMINISTRATIVE_TEMPLATES = "administrative_templates"
    SECURITY_INTENTS = "security_intents"
    UPDATE_PROFILES = "update_profiles"
    SCRIPTS = "scripts"
    APP_PROTECTION = "app_protection"
    APP_CONFIGURATION = "app_configuration"
    FILTERS = "filters"
    SCOPE_TAGS = "scope_tags"
    ENROLLMENT = "enrollment"
    AUTOPILOT = "autopilot"
    CONDITIONAL_ACCESS = "conditional_access"
    NAMED_LOCATIONS = "named_locations"
    AUTHENTICATION_STRENGTHS = "authentication_strengths"
    AUTHENTICATION_METHODS = "authentication_methods"
    AUTHORIZATION = "authorization"
    CROSS_TENANT_ACCESS = "cross_tenant_access"
    SECURITY_DEFAULTS = "security_defaults"
    GROUPS = "groups"
    REUSABLE_SETTINGS = "reusable_settings"
    NOTIFICATIONS = "notifications"
    AUTHENTICATION_CONTEXTS = "authentication_contexts"


_NAMED_OTHERWISE = {
    "identity/conditionalAccess/policies": "conditionalAccessPolicies",
    "policies/crossTenantAccessPolicy/default": "crossTenantAccessPolicyDefault",
    "policies/crossTenantAccessPolicy/partners": "crossTenantAccessPolicyPartners",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One object type.

    Attributes:
        shape: The Graph type's name without `#microsoft.graph.`.
        path: The collection's or singleton's address below the service root.
        area: The coverage area it belongs to.
        folder: Folder in an export of the IntuneManagement layout.
        backup_folder: Folder in an export of the IntuneCD layout.
        name_field: The property that holds the name.
        is_assigned: Whether the type carries assignments.
        is_tagged: Whether the type carries scope tags.
        is_singleton: Whether a tenant has exactly one.
    """

    shape: str
    path: str
    area: Area
    folder: str
    backup_folder: str
    name_field: str = "displayName"
    is_assigned: bool = True
    is_tagged: bool = True
    is_singleton: bool = False

    @property
    def object_type(self) -> str:
        """The provider's name of the type: the last word of the address, where that says enough."""
        return _NAMED_OTHERWISE.get(self.path, self.path.rsplit("/", 1)[-1])

    @property
    def odata_type(self) -> str:
        """The type as Graph writes it."""
        return f"#microsoft.graph.{self.shape}"


def _configuration(shape: str, folder: str = "DeviceConfiguration") -> Kind:
    area = Area.DEVICE_CONFIGURATIONS
    return Kind(shape, "deviceManagement/deviceConfigurations", area, folder, "Device Configurations")


def _compliance(shape: str) -> Kind:
    path = "deviceManagement/deviceCompliancePolicies"
    return Kind(shape, path, Area.COMPLIANCE, "CompliancePolicies", "Compliance Policies/Policies")


def _protection(shape: str) -> Kind:
    return Kind(shape, f"deviceAppManagement/{shape}s", Area.APP_PROTECTION, "AppProtection", "App Protection")


def _app_configuration(shape: str, collection: str, folder: str) -> Kind:
    path = f"deviceAppManagement/{collection}"
    return Kind(shape, path, Area.APP_CONFIGURATION, folder, "App Configuration")


def _script(shape: str, folder: str, backup: str) -> Kind:
    return Kind(shape, f"deviceManagement/{shape}s", Area.SCRIPTS, folder, backup)


def _enrollment(shape: str, folder: str = "EnrollmentRestrictions") -> Kind:
    path = "deviceManagement/deviceEnrollmentConfigurations"
    return Kind(shape, path, Area.ENROLLMENT, folder, "Enrollment Configurations")


def _update(shape: str, folder: str, backup: str) -> Kind:
    return Kind(shape, f"deviceManagement/{shape}s", Area.UPDATE_PROFILES, folder, backup)


def _directory(shape: str, path: str, area: Area, folder: str, *, is_singleton: bool = False) -> Kind:
    return Kind(
        shape, path, area, folder, f"Entra/{folder}", is_assigned=False, is_tagged=False, is_singleton=is_singleton
    )


_CATALOG = Kind(
    "deviceManagementConfigurationPolicy",
    "deviceManagement/configurationPolicies",
    Area.SETTINGS_CATALOG,
    "SettingsCatalog",
    "Settings Catalog",
    name_field="name",
)
_TEMPLATES = Kind(
    "groupPolicyConfiguration",
    "deviceManagement/groupPolicyConfigurations",
    Area.ADMINISTRATIVE_TEMPLATES,
    "AdministrativeTemplates",
    "Group Policy Configurations",
)
_INTENTS = Kind(
    "deviceManagementIntent",
    "deviceManagement/intents",
    Area.SECURITY_INTENTS,
    "EndpointSecurity",
    "Management Intents",
)
_FILTERS = Kind(
    "deviceAndAppManagementAssignmentFilter",
    "deviceManagement/assignmentFilters",
    Area.FILTERS,
    "AssignmentFilters",
    "Filters",
    is_assigned=False,
)
_TAGS = Kind(
    "roleScopeTag",
    "deviceManagement/roleScopeTags",
    Area.SCOPE_TAGS,
    "ScopeTags",
    "Scope Tags",
    is_assigned=False,
    is_tagged=False,
)
_AUTOPILOT = Kind(
    "azureADWindowsAutopilotDeploymentProfile",
    "deviceManagement/windowsAutopilotDeploymentProfiles",
    Area.AUTOPILOT,
    "AutoPilot",
    "Enrollment Profiles/Windows",
)
_POLICIES = "policies"
_CROSS_TENANT = "policies/crossTenantAccessPolicy"

KINDS: tuple[Kind, ...] = (
    _CATALOG,
    _configuration("windowsUpdateForBusinessConfiguration", "UpdatePolicies"),
    _configuration("windows10CustomConfiguration"),
    _configuration("windowsHealthMonitoringConfiguration"),
    _configuration("sharedPCConfiguration"),
    _configuration("windowsWifiEnterpriseEAPConfiguration"),
    _configuration("windowsDeliveryOptimizationConfiguration"),
    _configuration("iosGeneralDeviceConfiguration"),
    _compliance("windows10CompliancePolicy"),
    _compliance("macOSCompliancePolicy"),
    _compliance("iosCompliancePolicy"),
    _compliance("androidWorkProfileCompliancePolicy"),
    _TEMPLATES,
    _INTENTS,
    _protection("iosManagedAppProtection"),
    _protection("androidManagedAppProtection"),
    _app_configuration(
        "targetedManagedAppConfiguration", "targetedManagedAppConfigurations", "AppConfigurationManagedApp"
    ),
    _app_configuration("iosMobileAppConfiguration", "mobileAppConfigurations", "AppConfigurationManagedDevice"),
    _script("deviceManagementScript", "PowerShellScripts", "Scripts/Powershell"),
    _script("deviceShellScript", "MacScripts", "Scripts/Shell"),
    _script("deviceHealthScript", "HealthScripts", "Proactive Remediations"),
    _FILTERS,
    _TAGS,
    _enrollment("deviceEnrollmentLimitConfiguration"),
    _enrollment("deviceEnrollmentPlatformRestrictionsConfiguration"),
    _enrollment("deviceEnrollmentWindowsHelloForBusinessConfiguration"),
    _enrollment("windows10EnrollmentCompletionPageConfiguration", "EnrollmentStatusPage"),
    _AUTOPILOT,
    _update("windowsFeatureUpdateProfile", "FeatureUpdates", "Windows Feature Updates"),
    _update("windowsQualityUpdateProfile", "QualityUpdates", "Windows Quality Updates"),
    _update("windowsDriverUpdateProfile", "DriverUpdateProfiles", "Windows Driver Updates"),
    _directory(
        "conditionalAccessPolicy",
        "identity/conditionalAccess/policies",
        Area.CONDITIONAL_ACCESS,
        "ConditionalAccess",
    ),
    _directory(
        "countryNamedLocation", "identity/conditionalAccess/namedLocations", Area.NAMED_LOCATIONS, "NamedLocations"
    ),
    _directory("ipNamedLocation", "identity/conditionalAccess/namedLocations", Area.NAMED_LOCATIONS, "NamedLocations"),
    _directory("group", "groups", Area.GROUPS, "Groups"),
    _directory(
        "authenticationMethodsPolicy",
        f"{_POLICIES}/authenticationMethodsPolicy",
        Area.AUTHENTICATION_METHODS,
        "AuthenticationMethods",
        is_singleton=True,
    ),
    _directory(
        "authenticationStrengthPolicy",
        f"{_POLICIES}/authenticationStrengthPolicies",
        Area.AUTHENTICATION_STRENGTHS,
        "AuthenticationStrengths",
    ),
    _directory(
        "authorizationPolicy",
        f"{_POLICIES}/authorizationPolicy",
        Area.AUTHORIZATION,
        "AuthorizationPolicy",
        is_singleton=True,
    ),
    _directory(
        "crossTenantAccessPolicyConfigurationDefault",
        f"{_CROSS_TENANT}/default",
        Area.CROSS_TENANT_ACCESS,
        "CrossTenantAccessDefault",
        is_singleton=True,
    ),
    _directory(
        "crossTenantAccessPolicyConfigurationPartner",
        f"{_CROSS_TENANT}/partners",
        Area.CROSS_TENANT_ACCESS,
        "CrossTenantAccessPartners",
    ),
    _directory(
        "identitySecurityDefaultsEnforcementPolicy",
        f"{_POLICIES}/identitySecurityDefaultsEnforcementPolicy",
        Area.SECURITY_DEFAULTS,
        "SecurityDefaults",
        is_singleton=True,
    ),
)

BY_SHAPE: dict[str, Kind] = {kind.shape: kind for kind in KINDS}
