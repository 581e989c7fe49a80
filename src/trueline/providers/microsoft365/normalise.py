"""One raw object and its rule to a record: facets, settings, name, platform, identity. Pure.

The same content gives the same facets from every export shape, encoding and order.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from trueline.connections.contract import Facet, Json, Record, Setting
from trueline.providers.microsoft365.catalogue import read_instances, read_settings
from trueline.providers.microsoft365.contents import as_list, read_admx, read_assignments, read_intent, read_oma
from trueline.providers.microsoft365.embedded import text_of
from trueline.providers.microsoft365.flatten import Flat, add, scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trueline.providers.microsoft365.ruleset import Rule

_FACETS = tuple(Facet)
_UNDECLARED = "additionalProperties"
_PLATFORMS = {
    "windows10andlater": "windows10",
    "windows81andlater": "windows8",
    "androidforwork": "androidenterprise",
}
_TYPE_PLATFORMS = (
    (
        re.compile(
            r"(?:windows|win32|sharedPC|editionUpgrade|winGet|officeSuite|microsoftStore|mdmWindows)", re.IGNORECASE
        ),
        "windows10",
    ),
    (re.compile(r"(?:aosp)", re.IGNORECASE), "aosp"),
    (re.compile(r"android(?:DeviceOwner|WorkProfile|ForWork|ManagedStore)", re.IGNORECASE), "androidenterprise"),
    (re.compile(r"android", re.IGNORECASE), "android"),
    (re.compile(r"macos", re.IGNORECASE), "macos"),
    (re.compile(r"(?:ios|managedIOS|appleExpedited|appleDevice)", re.IGNORECASE), "ios"),
)
_MEMBER = re.compile(r"\{([^}]+)\}")
_SETTING_MEMBERS = {"admx": ("definitionValues",), "intent": ("settings", "settingsDelta"), "oma": ("omaSettings",)}
_READERS = {"admx": read_admx, "intent": read_intent, "oma": read_oma}


def graph_case(value: Json) -> Json:
    """The value with the letter case that Graph gives to its members; PowerShell exports write them in PascalCase."""
    if isinstance(value, dict):
        found = {_lower_first(name): graph_case(member) for name, member in value.items()}
        # PowerShell's own objects keep apart what their class does not declare.
        extra = found.pop(_UNDECLARED, None) if isinstance(found.get(_UNDECLARED), dict) else None
        return found | extra if extra else found
    if isinstance(value, list):
        return [graph_case(member) for member in value]
    return value


def is_pascal_case(raw: Mapping[str, Json]) -> bool:
    """Whether any member at the top is written in PascalCase."""
    for name in raw:  # noqa: SIM110 - a generator costs five times as much, for each member of each object
        if "A" <= name[:1] <= "Z":
            return True
    return False


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:] if "A" <= name[:1] <= "Z" else name


def type_name(raw: Mapping[str, Json]) -> str:
    """The `@odata.type` without its namespace, empty when the object does not say it."""
    found = raw.get("@odata.type")
    return found.removeprefix("#").removeprefix("microsoft.graph.") if isinstance(found, str) else ""


def record_of(raw: Mapping[str, Json], rule: Rule, source_path: str) -> Record:
    """The record of one object.

    Args:
        raw: The object in Graph's letter case, secrets already replaced.
        rule: The rule of its type.
        source_path: Where it was read.
    """
    facets, settings = facets_of(raw, rule)
    count = raw.get("settingCount") if rule.content == "catalogue" else None
    return Record(
        object_type=rule.type,
        area=rule.area,
        external_id=_external_id(raw, rule),
        name=_name(raw, rule),
        platform=_platform(raw, rule),
        source_path=source_path,
        raw=raw,
        facets=facets,
        settings=settings,
        fixed_key=_fixed_key(raw, rule),
        expected_settings=count if type(count) is int else None,
    )


def facets_of(raw: Mapping[str, Json], rule: Rule) -> tuple[dict[Facet, Flat], tuple[Setting, ...]]:
    """The facets and settings of one object; empty facets are left out."""
    flat, settings, taken = _special(raw, rule)
    facets: dict[Facet, Flat] = {facet: {} for facet in _FACETS}
    facets[Facet.SETTINGS] = flat
    skipped, null_matters, facet_of = rule.skipped, rule.null_matters, rule.facet_of
    for name, member in raw.items():
        if (member is None and name not in null_matters) or name in skipped or name in taken:
            continue
        if "@" in name or name[:1] == "#":
            if name == "@odata.type":
                facets[Facet.IDENTITY][name] = type_name(raw)
            continue
        facet = facet_of.get(name, Facet.SETTINGS)
        if facet is Facet.ASSIGNMENTS and not rule.plain_assignments:
            facets[facet].update(read_assignments(member, rule))
        else:
            add(_readable(member) if name in rule.text else member, rule, facets[facet], name, name)
    return {facet: flat for facet, flat in facets.items() if flat}, settings


def _readable(member: Json) -> Json:
    text = text_of(member) if isinstance(member, str) else None
    return member if text is None else text


def _special(raw: Mapping[str, Json], rule: Rule) -> tuple[Flat, tuple[Setting, ...], frozenset[str]]:
    """Settings of types with their own form, and the members that were used up."""
    entries = raw.get("settings")
    if isinstance(entries, list) and any(isinstance(entry, dict) and "settingInstance" in entry for entry in entries):
        return (*read_settings(entries), frozenset({"settings"}))
    if rule.content == "reusable" and isinstance(raw.get("settingInstance"), dict):
        flat, settings = read_instances([raw["settingInstance"]])
        prefixed = tuple(Setting("reusable:" + setting.id, setting.values) for setting in settings)
        return flat, prefixed, frozenset({"settingInstance"})
    for member in _SETTING_MEMBERS.get(rule.content, ()):
        if raw.get(member) is not None:
            return (*_READERS[rule.content](raw[member], rule), frozenset({member}))
    return {}, (), frozenset()


def _external_id(raw: Mapping[str, Json], rule: Rule) -> str:
    found = raw.get(rule.id) or raw.get("id")
    return str(scalar(found)) if isinstance(found, str | int) and found != "" else ""


def _name(raw: Mapping[str, Json], rule: Rule) -> str:
    for member in (rule.name, "displayName", "name", "identity"):
        found = raw.get(member) if member else None
        if isinstance(found, str) and found:
            return found
    return _external_id(raw, rule) or rule.type


def _platform(raw: Mapping[str, Json], rule: Rule) -> str:
    if rule.platform:
        return rule.platform
    if rule.platform_field:
        found = sorted(
            part.strip().lower() for one in as_list(raw.get(rule.platform_field)) for part in str(one).split(",")
        )
        return ",".join(_PLATFORMS.get(part, part) for part in found)
    if rule.platform_from_type:
        return _platform_of_type(type_name(raw))
    return ""


@lru_cache(maxsize=1024)
def _platform_of_type(name: str) -> str:
    return next((platform for pattern, platform in _TYPE_PLATFORMS if pattern.match(name)), "")


def _fixed_key(raw: Mapping[str, Json], rule: Rule) -> str:
    fixed = rule.fixed_key
    if fixed is None or any(raw.get(member) != value for member, value in fixed.when):
        return ""
    members = {name: str(value) for name, value in raw.items() if isinstance(value, str) and value}
    if fixed.id_suffix is not None:
        found = fixed.id_suffix.search(members.get("id", ""))
        if found is None:
            return ""
        members["suffix"] = found.group().lstrip("_")
    wanted = _MEMBER.findall(fixed.value)
    if any(not any(name in members for name in names.split("|")) for names in wanted):
        return ""
    return _MEMBER.sub(lambda match: _first(members, match.group(1)), fixed.value).lower()


def _first(members: Mapping[str, str], names: str) -> str:
    return next(members[name] for name in names.split("|") if name in members)
