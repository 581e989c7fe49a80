"""Turns the blueprints of the content files into objects as Graph returns them for one tenant."""

from __future__ import annotations

import base64
import copy
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from trueline.providers.microsoft365.demo.access import access_policy
from trueline.providers.microsoft365.demo.assignments import assignments_of, tags_of
from trueline.providers.microsoft365.demo.blueprints import Blueprint, shapes
from trueline.providers.microsoft365.demo.identity import Names, shared_id
from trueline.providers.microsoft365.demo.kinds import BY_SHAPE, Kind
from trueline.providers.microsoft365.demo.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Json = dict[str, Any]

_REFERENCE = re.compile(r"\{(group|secret|tenant|location|strength)(?::([^}]*))?\}")
_NO_NOTIFICATION = "00000000-0000-0000-0000-000000000000"
_APPLICABILITY = ("OsEdition", "OsVersion", "DeviceMode")

_TEMPLATES: Mapping[str, tuple[str, str, str, str]] = {
    "antivirus": (
        "804339ad-1553-4478-a742-138fb5807418_1",
        "endpointSecurityAntivirus",
        "Microsoft Defender Antivirus",
        "mdm,microsoftSense",
    ),
    "security_experience": (
        "d948ff9b-99cb-4ee0-8012-1fbc09685377_1",
        "endpointSecurityAntivirus",
        "Windows Security Experience",
        "mdm,microsoftSense",
    ),
    "defender_updates": (
        "e3f74c5a-a6de-411d-aef6-eb15628f3a0a_1",
        "endpointSecurityAntivirus",
        "Defender Update controls",
        "mdm,microsoftSense",
    ),
    "attack_surface": (
        "e8c053d6-9f95-42b1-a7f1-ebfd71c67a4b_1",
        "endpointSecurityAttackSurfaceReduction",
        "Attack Surface Reduction Rules",
        "mdm,microsoftSense",
    ),
    "firewall": (
        "6078910e-d808-4a9f-a51d-1b8a7bacb7c0_1",
        "endpointSecurityFirewall",
        "Windows Firewall",
        "mdm,microsoftSense",
    ),
    "firewall_rules": (
        "19c8aa67-f286-4861-9aa0-f23541d31680_1",
        "endpointSecurityFirewall",
        "Windows Firewall Rules",
        "mdm,microsoftSense",
    ),
    "bitlocker": ("46ddfc50-d10f-4867-b852-9434254b3bff_1", "endpointSecurityDiskEncryption", "BitLocker", "mdm"),
    "laps": (
        "adc46e5a-f4aa-4ff6-aeff-4f27bc525796_1",
        "endpointSecurityAccountProtection",
        "Local admin password solution (Windows LAPS)",
        "mdm",
    ),
    "account": (
        "fcef01f2-439d-4c3f-9184-823fd6e97646_1",
        "endpointSecurityAccountProtection",
        "Account Protection",
        "mdm",
    ),
}
"""Public identifiers of the templates that endpoint security policies are made from."""

_TECHNOLOGIES = {"macOS": "mdm,appleRemoteManagement", "linux": "linuxMdm,microsoftSense"}


@dataclass(frozen=True, slots=True)
class Exported:
    """One object of a tenant, ready to be written.

    Attributes:
        kind: Its type.
        name: The name it has now; `standard_name` is the one it has in the standard, empty where it is not part of it.
        raw: The object as Graph returns it with little metadata.
        copy_number: 0, or the number of the copy when a file exists more than once.
        is_cut: Whether its file ends in the middle.
    """

    kind: Kind
    name: str
    standard_name: str
    raw: Json
    copy_number: int = 0
    is_cut: bool = False

    @property
    def external_id(self) -> str:
        """The object's id; the partner's tenant for a cross-tenant partner, which has no other."""
        return str(self.raw.get("id") or self.raw.get("tenantId") or "")

    def own_copy(self) -> Exported:
        """The same object with its own content, free to be changed."""
        return replace(self, raw=copy.deepcopy(self.raw))


def objects_of(blueprints: Sequence[Blueprint], names: Names) -> list[Exported]:
    """Every object of one tenant that follows the standard exactly."""
    return [object_of(blueprint, names) for blueprint in blueprints]


def object_of(blueprint: Blueprint, names: Names) -> Exported:
    """One object for a tenant: its ids, dates and references are that tenant's."""
    kind = BY_SHAPE[blueprint.shape]
    raw = _frame(kind, blueprint, names)
    raw.update(copy.deepcopy(dict(shapes()[blueprint.shape])))
    raw.update(resolved(copy.deepcopy(blueprint.spec.get("set", {})), names))
    special = _SPECIAL.get(kind.object_type)
    if special:
        raw.update(resolved(special(blueprint, raw["id"], names), names))
    if kind.is_tagged:
        raw["roleScopeTagIds"] = tags_of(blueprint.spec.get("tags", ()), names)
    if kind.is_assigned:
        raw["assignments"] = assignments_of(blueprint.spec.get("assign", ()), raw["id"], names)
    return Exported(kind, _title(blueprint, raw), blueprint.name, raw)


def resolved(value: Any, names: Names) -> Any:
    """Replace written references by the tenant's ids, at every depth."""
    if isinstance(value, dict):
        return {key: resolved(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item, names) for item in value]
    if isinstance(value, str) and "{" in value:
        return _REFERENCE.sub(lambda match: _identifier(match, names), value)
    return value


def _identifier(match: re.Match[str], names: Names) -> str:
    kind, name = match.group(1), match.group(2) or ""
    if kind == "location":
        return names.id_of("location", name)
    if kind == "strength":
        return names.id_of("authenticationStrengthPolicy", name)
    return names.id_of(kind, name)


def _frame(kind: Kind, blueprint: Blueprint, names: Names) -> Json:
    """What every object begins with: type, id, dates, name and description."""
    identifier = _own_id(kind, blueprint, names)
    created = names.created(f"{kind.shape}/{blueprint.name}")
    changed = "modifiedDateTime" if kind.path.startswith(("identity", "policies")) else "lastModifiedDateTime"
    frame: Json = {"@odata.type": kind.odata_type, "id": identifier, "createdDateTime": created, changed: created}
    if blueprint.name:
        frame |= {kind.name_field: blueprint.name, "description": blueprint.spec.get("about", "")}
    if kind.object_type == "deviceConfigurations":
        frame |= {"version": 1, "supportsScopeTags": True}
        frame |= {f"deviceManagementApplicabilityRule{part}": None for part in _APPLICABILITY}
    return frame


def _own_id(kind: Kind, blueprint: Blueprint, names: Names) -> str:
    if kind.shape == "roleScopeTag":
        return names.tag(blueprint.name)
    if kind.is_singleton:
        return kind.object_type
    identifier = names.id_of("location" if "NamedLocation" in kind.shape else kind.shape, blueprint.name)
    if suffix := blueprint.spec.get("suffix"):
        return f"{identifier}_{suffix}"
    return f"T_{identifier}" if kind.shape.endswith("AppProtection") else identifier


def _title(blueprint: Blueprint, raw: Json) -> str:
    return blueprint.name or str(raw.get("tenantId") or "Default")


def _catalog(blueprint: Blueprint, _: str, names: Names) -> Json:
    spec = blueprint.spec
    platform = spec.get("platform", "windows10")
    template = _TEMPLATES.get(spec.get("template", ""))
    settings = settings_of(resolved(spec["settings"], names), is_templated=template is not None)
    return {
        "platforms": platform,
        "technologies": template[3] if template else _TECHNOLOGIES.get(platform, "mdm"),
        "settingCount": len(settings),
        "templateReference": {
            "templateId": template[0] if template else "",
            "templateFamily": template[1] if template else "none",
            "templateDisplayName": template[2] if template else None,
            "templateDisplayVersion": "Version 1" if template else None,
        },
        "settings": settings,
    }


def _compliance(blueprint: Blueprint, own_id: str, names: Names) -> Json:
    action = {
        "id": names.id_of("complianceAction", blueprint.name),
        "gracePeriodHours": blueprint.spec.get("grace_hours", 24),
        "actionType": "block",
        "notificationTemplateId": _NO_NOTIFICATION,
        "notificationMessageCCList": [],
    }
    rule = {"id": own_id, "ruleName": None, "scheduledActionConfigurations": [action]}
    return {"version": 1, "scheduledActionsForRule": [rule]}


def _templates(blueprint: Blueprint, _: str, names: Names) -> Json:
    values = [_definition_value(blueprint.name, item, names) for item in blueprint.spec["definitions"]]
    return {"definitionValues": values}


def _definition_value(owner: str, item: Mapping[str, Any], names: Names) -> Json:
    label = item["label"]
    definition = {
        "id": shared_id(f"definition/{label}"),
        "classType": "machine",
        "displayName": label,
        "categoryPath": item["path"],
        "policyType": "admxBacked",
    }
    presentations = [_presentation(owner, label, item["text"], names)] if "text" in item else []
    return {
        "id": names.id_of("definitionValue", f"{owner}/{label}"),
        "enabled": item["enabled"],
        "configurationType": "policy",
        "definition": definition,
        "presentationValues": presentations,
    }


def _presentation(owner: str, label: str, text: str, names: Names) -> Json:
    return {
        "@odata.type": "#microsoft.graph.groupPolicyPresentationValueText",
        "id": names.id_of("presentationValue", f"{owner}/{label}"),
        "value": text,
        "presentation": {
            "@odata.type": "#microsoft.graph.groupPolicyPresentationTextBox",
            "id": shared_id(f"presentation/{label}"),
            "label": label,
        },
    }


def _intent(blueprint: Blueprint, _: str, names: Names) -> Json:
    settings = [_intent_setting(blueprint.name, key, value, names) for key, value in blueprint.spec["values"]]
    return {"templateId": shared_id(f"intent/{blueprint.spec['template']}"), "settings": settings}


def _intent_setting(owner: str, definition: str, value: Any, names: Names) -> Json:
    word = {bool: "Boolean", int: "Integer"}.get(type(value), "String")
    return {
        "@odata.type": f"#microsoft.graph.deviceManagement{word}SettingInstance",
        "id": names.id_of("intentSetting", f"{owner}/{definition}"),
        "definitionId": definition,
        "valueJson": json.dumps(value),
        "value": value,
    }


def _apps(blueprint: Blueprint, _: str, names: Names) -> Json:
    is_android = blueprint.shape.startswith("android")
    word, field = ("android", "packageId") if is_android else ("ios", "bundleId")
    return {"version": f'"{names.id_of("version", blueprint.name)}"', "apps": [
        {"id": f"{app.lower()}.{word}", "version": "-518782",
         "mobileAppIdentifier": {"@odata.type": f"#microsoft.graph.{word}MobileAppIdentifier", field: app}}
        for app in blueprint.spec["apps"]
    ]}  # fmt: skip


def _script(blueprint: Blueprint, *_: Any) -> Json:
    return {"fileName": blueprint.spec["file"], "scriptContent": encoded(blueprint.spec["script"])}


def _remediation(blueprint: Blueprint, *_: Any) -> Json:
    spec = blueprint.spec
    return {
        "detectionScriptContent": encoded(spec["script"]),
        "remediationScriptContent": encoded(spec["repair"]),
    }


def encoded(text: str) -> str:
    """Text as Graph carries scripts: UTF-8 in base64."""
    return base64.b64encode(text.encode()).decode()


def _location(blueprint: Blueprint, *_: Any) -> Json:
    ranges = blueprint.spec.get("ranges", ())
    return (
        {"ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": item} for item in ranges]}
        if ranges
        else {}
    )


def _group(blueprint: Blueprint, own_id: str, names: Names) -> Json:
    return {"mailNickname": own_id[:10], "renewedDateTime": names.created(f"renewed/{blueprint.name}")}


def _methods(blueprint: Blueprint, *_: Any) -> Json:
    return {"authenticationMethodConfigurations": [
        {"@odata.type": f"#microsoft.graph.{name[0].lower()}{name[1:]}AuthenticationMethodConfiguration", "id": name,
         "state": "enabled" if is_on else "disabled", "excludeTargets": [],
         "includeTargets": [{"targetType": "group", "id": "all_users", "isRegistrationRequired": False}]}
        for name, is_on in blueprint.spec["methods"].items()
    ]}  # fmt: skip


def _partner(blueprint: Blueprint, *_: Any) -> Json:
    return {"id": None, "tenantId": shared_id(f"partner/{blueprint.spec['partner']}")}


def _access(blueprint: Blueprint, *_: Any) -> Json:
    return access_policy(blueprint.spec)


_SPECIAL: Mapping[str, Callable[[Blueprint, str, Names], Json]] = {
    "configurationPolicies": _catalog,
    "deviceCompliancePolicies": _compliance,
    "groupPolicyConfigurations": _templates,
    "intents": _intent,
    "iosManagedAppProtections": _apps,
    "androidManagedAppProtections": _apps,
    "targetedManagedAppConfigurations": _apps,
    "deviceManagementScripts": _script,
    "deviceShellScripts": _script,
    "deviceHealthScripts": _remediation,
    "namedLocations": _location,
    "groups": _group,
    "authenticationMethodsPolicy": _methods,
    "crossTenantAccessPolicyPartners": _partner,
    "conditionalAccessPolicies": _access,
}
