"""Adds what Graph writes when it is asked for full metadata, as the IntuneManagement export stores it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trueline.providers.microsoft365.demo.kinds import Kind

Json = dict[str, Any]

_ROOT = "https://graph.microsoft.com/beta"
_EXPANDED = {
    "configurationPolicies": "(assignments(),settings())",
    "deviceCompliancePolicies": "(assignments(),scheduledActionsForRule(scheduledActionConfigurations()))",
    "intents": "(assignments(),settings())",
    "iosManagedAppProtections": "(assignments(),apps())",
    "androidManagedAppProtections": "(assignments(),apps())",
}
_SETTING = "#microsoft.graph.deviceManagementConfigurationSetting"


def annotated(kind: Kind, raw: Json) -> Json:
    """The object with context, links, types of its members and the actions that Graph offers on it."""
    address = kind.path if kind.is_singleton else f"{kind.path}('{raw.get('id') or raw.get('tenantId')}')"
    expanded = _EXPANDED.get(kind.object_type, "(assignments())" if kind.is_assigned else "")
    entity = "" if kind.is_singleton else "/$entity"
    head = {
        "@odata.context": f"{_ROOT}/$metadata#{kind.path}{expanded}{entity}",
        "@odata.type": kind.odata_type,
        "@odata.id": address,
        "@odata.editLink": address,
    }
    return {**head, **_members(raw, address), **_actions(kind, address)}


def _members(raw: Json, address: str) -> Json:
    members: Json = {}
    for name, value in raw.items():
        if name.endswith("DateTime"):
            members[f"{name}@odata.type"] = "#DateTimeOffset"
        elif name == "roleScopeTagIds":
            members[f"{name}@odata.type"] = "#Collection(String)"
        elif name in {"assignments", "settings"} and isinstance(value, list):
            members |= _links(name, address)
        members[name] = _typed_settings(value) if name == "settings" else value
    return members


def _links(name: str, address: str) -> Json:
    return {
        f"{name}@odata.context": f"{_ROOT}/$metadata#{address}/{name}",
        f"{name}@odata.associationLink": f"{_ROOT}/{address}/{name}/$ref",
        f"{name}@odata.navigationLink": f"{_ROOT}/{address}/{name}",
    }


def _typed_settings(settings: list[Json]) -> list[Json]:
    return [{"@odata.type": _SETTING, **one} if "settingInstance" in one else one for one in settings]


def _actions(kind: Kind, address: str) -> Json:
    if not kind.is_assigned:
        return {}
    name = "microsoft.graph.assign"
    return {f"#{name}": {"title": name, "target": f"{_ROOT}/{address}/{name}"}}
