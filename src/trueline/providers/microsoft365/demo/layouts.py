"""Writes the objects of one tenant as the export tools of the field write them.

Three layouts: `intune_management` (a folder for each type, every annotation of Graph, UTF-8 with a mark and UTF-16, as
after a change of the tool's version), `intune_cd` (a backup without ids and dates of policies, groups and filters by
name) and `graph` (answers of Graph as saved from the portal or a browser). The standard is kept as `intune_management`
in plain UTF-8.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from trueline.providers.microsoft365.demo.annotations import annotated
from trueline.providers.microsoft365.demo.kinds import Area

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from trueline.providers.microsoft365.demo.identity import Names
    from trueline.providers.microsoft365.demo.objects import Exported

Json = dict[str, Any]
File = tuple[str, bytes]

_ROOT = "https://graph.microsoft.com/beta/$metadata#"
_UNSAFE = re.compile(r'[<>:"/\\|?*%]')
_CUT_AT = 0.6
_LISTED = frozenset(
    {
        Area.CONDITIONAL_ACCESS,
        Area.NAMED_LOCATIONS,
        Area.GROUPS,
        Area.FILTERS,
        Area.SCOPE_TAGS,
        Area.AUTHENTICATION_STRENGTHS,
    }
)
"""Areas that people save as one list answer."""
_NOT_BACKED_UP = frozenset(
    {
        "id", "createdDateTime", "lastModifiedDateTime", "modifiedDateTime", "version", "isDefault", "deployedAppCount",
        "isAssigned", "sourceId", "supportsScopeTags", "isGlobalScript", "highestAvailableVersion", "isReadOnly",
        "secretReferenceValueId", "renewedDateTime",
    }
)  # fmt: skip
_ONE_TYPE = frozenset(
    {
        "configurationPolicies", "intents", "groupPolicyConfigurations", "conditionalAccessPolicies", "groups",
        "assignmentFilters", "roleScopeTags", "authenticationMethodsPolicy", "authenticationStrengthPolicies",
        "authorizationPolicy", "crossTenantAccessPolicyDefault", "crossTenantAccessPolicyPartners",
        "windowsFeatureUpdateProfiles", "windowsQualityUpdateProfiles", "windowsDriverUpdateProfiles",
        "deviceManagementScripts", "deviceShellScripts", "deviceHealthScripts",
    }
)  # fmt: skip
"""Types that Graph does not write, as their collection holds nothing else."""
_NAMED_BY_TYPE = frozenset({Area.DEVICE_CONFIGURATIONS, Area.COMPLIANCE, Area.APP_PROTECTION, Area.ENROLLMENT})


def files_of(layout: str, objects: Sequence[Exported], names: Names) -> list[File]:
    """The files of an export, as relative path and content."""
    return list(_LAYOUTS[layout](objects, names))


def _management(objects: Sequence[Exported], names: Names) -> Iterator[File]:
    for item in objects:
        encoding = "utf-8-sig" if item.kind.area is Area.SETTINGS_CATALOG else "utf-16"
        yield _annotated(item, encoding)
    yield "MigrationTable.json", json.dumps(_migration_table(objects, names), indent=2).encode("utf-16")


def _standard(objects: Sequence[Exported], _: Names) -> Iterator[File]:
    for item in objects:
        yield _annotated(item, "utf-8")


def _annotated(item: Exported, encoding: str) -> File:
    text = json.dumps(annotated(item.kind, item.raw), ensure_ascii=False, separators=(",", ":"))
    return f"{item.kind.folder}/{_file_name(item)}", _bytes(text, item, encoding)


def _backup(objects: Sequence[Exported], _: Names) -> Iterator[File]:
    titles = {item.external_id: item.name for item in objects if item.kind.area in {Area.GROUPS, Area.FILTERS}}
    for item in objects:
        text = json.dumps(_cleaned(item, titles), ensure_ascii=False, indent=2)
        word = f"_{item.kind.shape}" if item.kind.area in _NAMED_BY_TYPE else ""
        name = f"{_safe(item.name)}{word}__{_safe(item.external_id)}.json"
        yield f"{item.kind.backup_folder}/{name}", _bytes(text, item, "utf-8")


def _graph(objects: Sequence[Exported], _: Names) -> Iterator[File]:
    listed: dict[str, list[Exported]] = defaultdict(list)
    for item in objects:
        if item.kind.area in _LISTED:
            listed[item.kind.path].append(item)
        else:
            yield from _single(item)
    for path, items in listed.items():
        answer = {"@odata.context": _ROOT + path, "@odata.count": len(items), "value": [_native(one) for one in items]}
        text = json.dumps(answer, ensure_ascii=False, indent=1)
        yield f"Graph/{items[0].kind.object_type}.json", text.encode("utf-8-sig")


def _single(item: Exported) -> Iterator[File]:
    raw = {"@odata.context": f"{_ROOT}{item.kind.path}{'' if item.kind.is_singleton else '/$entity'}", **_native(item)}
    folder = item.kind.object_type
    if folder == "intents":
        settings = raw.pop("settings")
        text = json.dumps(settings, ensure_ascii=False, indent=1)
        yield f"{folder}/{_safe(item.name)}_Settings.json", text.encode()
    saved = re.sub(r"[:.]", "_", str(raw.get("lastModifiedDateTime") or "saved")[:23])
    number = f" ({item.copy_number})" if item.copy_number else ""
    text = json.dumps(raw, ensure_ascii=False, indent=1)
    suffix = f"_{saved}Z{number}" if folder == "configurationPolicies" else number
    yield f"{folder}/{_safe(item.name)}{suffix}.json", _bytes(text, item, "utf-8")


def _native(item: Exported) -> Json:
    """Without the type where Graph leaves it out: a collection that holds one type only."""
    is_alone = item.kind.object_type in _ONE_TYPE
    return {key: value for key, value in item.raw.items() if not (is_alone and key == "@odata.type")}


def _cleaned(item: Exported, titles: Mapping[str, str]) -> Json:
    dropped = _NOT_BACKED_UP - {"id"} if _is_referred_to(item) else _NOT_BACKED_UP
    raw = {key: value for key, value in item.raw.items() if key not in dropped}
    if "assignments" in raw:
        raw["assignments"] = [{"target": _named(one["target"], titles)} for one in raw["assignments"]]
    return raw


def _is_referred_to(item: Exported) -> bool:
    """Objects that others name by id keep theirs; without it nobody could say what a policy refers to."""
    return item.kind.area is Area.SCOPE_TAGS or not item.kind.path.startswith("device")


def _named(target: Json, titles: Mapping[str, str]) -> Json:
    """A backup writes the names of groups and filters in place of their ids."""
    named = {key: value for key, value in target.items() if key != "groupId"}
    if "groupId" in target:
        named |= {"groupName": titles[target["groupId"]], "groupType": "StaticMembership"}
    filter_id = target["deviceAndAppManagementAssignmentFilterId"]
    return {**named, "deviceAndAppManagementAssignmentFilterId": titles.get(filter_id, filter_id)}


def _migration_table(objects: Sequence[Exported], names: Names) -> Json:
    groups = [item for item in objects if item.kind.area is Area.GROUPS]
    return {
        "TenantId": names.id_of("tenant", ""),
        "Objects": [{"DisplayName": item.name, "Id": item.external_id, "Type": "Group"} for item in groups],
        "Organization": None,
    }


def _file_name(item: Exported) -> str:
    suffix = f"_{item.external_id}" if item.copy_number else ""
    return f"{_safe(item.name)}{suffix}.json"


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name)


def _bytes(text: str, item: Exported, encoding: str) -> bytes:
    kept = text[: int(len(text) * _CUT_AT)] if item.is_cut else text
    return kept.encode(encoding)


_LAYOUTS: Mapping[str, Callable[[Sequence[Exported], Names], Iterator[File]]] = {
    "standard": _standard,
    "intune_management": _management,
    "intune_cd": _backup,
    "graph": _graph,
}
