"""Settings of the types that have their own form: custom OMA-URI, administrative templates, intents, assignments.

Setting ids carry a prefix (`oma:`, `admx:`, `intent:`), so that they never meet the ids of settings catalogue policies.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trueline.connections.contract import Setting
from trueline.providers.microsoft365.decoding import Unusable, parse
from trueline.providers.microsoft365.embedded import xml_of
from trueline.providers.microsoft365.flatten import Flat, add, canonical_text, flatten, ranked, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trueline.providers.microsoft365.ruleset import Rule

_BOUND_ID = re.compile(r"\('([^']+)'\)/?$")
_DEFINITION_SKIP = frozenset({"id", "definition", "presentationValues", "createdDateTime", "lastModifiedDateTime"})
_TARGET_KEYS = frozenset({"@odata.type", "groupId", "groupName", "groupType", "collectionId", "targetGroupId"})
_ASSIGNMENT_SKIP = frozenset({"id", "target", "source", "sourceId", "targetGroupId", "excludeGroup"})
_TARGET_DEFAULTS = {"deviceAndAppManagementAssignmentFilterType": "none"}


def as_list(value: Any) -> list[Any]:
    """A list as it is; a single value as a list of one (PowerShell writes it so); nothing as an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def read_oma(entries: Any, rule: Rule) -> tuple[Flat, tuple[Setting, ...]]:
    """Custom OMA-URI settings, keyed by their URI in lower case; XML in base64 is read as XML."""
    flat: Flat = {}
    plain = [_oma_plain(entry) for entry in as_list(entries) if isinstance(entry, dict)]
    add(plain, rule, flat, "omaSettings", "omaSettings")
    values: dict[str, set[str]] = {}
    for entry in plain:
        values.setdefault(str(entry.get("omaUri") or "").lower(), set()).add(str(entry.get("value")).lower())
    return flat, _settings("oma:", values)


def _oma_plain(entry: dict[str, Any]) -> dict[str, Any]:
    value = entry.get("value")
    xml = xml_of(value) if isinstance(value, str) else None
    return entry | {"value": xml} if xml is not None else entry


def _settings(prefix: str, values: Mapping[str, Iterable[str]]) -> tuple[Setting, ...]:
    return tuple(Setting(prefix + key, tuple(sorted(set(found)))) for key, found in sorted(values.items()))


def read_admx(entries: Any, rule: Rule) -> tuple[Flat, tuple[Setting, ...]]:
    """Definition values of an administrative template, keyed by the id of the definition."""
    flat: Flat = {}
    values: dict[str, set[str]] = {}
    by_key: dict[str, list[Flat]] = {}
    for entry in as_list(entries):
        if isinstance(entry, dict):
            by_key.setdefault(_definition_key(entry), []).append(_definition(entry, rule))
    for key, same in by_key.items():
        path = f"definitionValues[{key}]"
        for one in same:
            values.setdefault(key, set()).update(_admx_values(one))
        if len(same) > 1:
            flat[path] = sorted(canonical_text(one) for one in same)
        else:
            flat.update({f"{path}.{name}": value for name, value in same[0].items()})
    return flat, _settings("admx:", values)


def _definition_key(entry: Mapping[str, Any]) -> str:
    definition = entry.get("definition")
    inner = definition if isinstance(definition, dict) else {}
    found = _bound(entry, "definition") or inner.get("id") or entry.get("#Definition_Id")
    if found:
        return str(found).lower()
    names = ("classType", "categoryPath", "displayName")
    return "|".join(str(inner.get(name) or entry.get(f"#Definition_{name}") or "").lower() for name in names)


def _bound(entry: Mapping[str, Any], member: str) -> str:
    """The id at the end of a `member@odata.bind` address, empty when there is none."""
    address = entry.get(f"{member}@odata.bind")
    found = _BOUND_ID.search(address) if isinstance(address, str) else None
    return found.group(1) if found else ""


def _definition(entry: Mapping[str, Any], rule: Rule) -> Flat:
    flat: Flat = {}
    rest = {name: value for name, value in entry.items() if name not in _DEFINITION_SKIP}
    flatten(rest, rule, flat, "", "definitionValues.")
    for number, shown in enumerate(as_list(entry.get("presentationValues"))):
        if not isinstance(shown, dict):
            continue
        inner = shown.get("presentation")
        bound = _bound(shown, "presentation") or (inner.get("id") if isinstance(inner, dict) else "")
        key = str(bound or shown.get("#Presentation_Id") or number).lower()
        rest = {name: value for name, value in shown.items() if name not in _DEFINITION_SKIP | {"presentation"}}
        flatten(rest, rule, flat, f"presentationValues[{key}].", "definitionValues.presentationValues.")
    return flat


def _admx_values(flat: Flat) -> Iterable[str]:
    for path, value in flat.items():
        if path == "enabled":
            yield "enabled" if value is True else "disabled"
        else:
            yield from (str(one).lower() for one in as_list(value))


def read_intent(entries: Any, rule: Rule) -> tuple[Flat, tuple[Setting, ...]]:
    """Settings of an intent, keyed by definition id in lower case; the value is what `valueJson` says."""
    flat: Flat = {}
    values: dict[str, set[str]] = {}
    for entry in as_list(entries):
        if not isinstance(entry, dict) or not entry.get("definitionId"):
            continue
        key = str(entry["definitionId"]).lower()
        found: Flat = {}
        add(_intent_value(entry), rule, found, f"settings[{key}]", "settings.value")
        flat.update(found)
        values.setdefault(key, set()).update(str(one).lower() for value in found.values() for one in as_list(value))
    return flat, tuple(setting for setting in _settings("intent:", values) if setting.values)


def _intent_value(entry: Mapping[str, Any]) -> Any:
    text = entry.get("valueJson")
    if isinstance(text, str):
        try:
            return parse(text.encode()) if text.strip() else text
        except Unusable as error:
            if error.reason != "corrupt":
                raise
            # Some tools write the bare word; then the word is the value.
            return text
    return entry.get("value")


def read_assignments(entries: Any, rule: Rule) -> Flat:
    """Assignments keyed by kind and group; a list in another order, with other ids, is the same list."""
    by_key: dict[str, list[Flat]] = {}
    for entry in as_list(entries):
        if isinstance(entry, dict):
            by_key.setdefault(_target_key(entry), []).append(_assignment(entry, rule))
    flat: Flat = {}
    for key, same in by_key.items():
        path = f"assignments[{key}]"
        if len(same) > 1:
            flat[path] = ranked(canonical_text(one) for one in same)
            continue
        flat[path] = True
        flat.update({f"{path}.{name}": value for name, value in same[0].items()})
    return flat


def _target_key(entry: Mapping[str, Any]) -> str:
    target = entry.get("target")
    target = target if isinstance(target, dict) else entry
    kind = str(target.get("@odata.type") or "").rpartition(".")[2].removesuffix("AssignmentTarget")
    group = (
        target.get("groupId") or target.get("targetGroupId") or target.get("groupName") or target.get("collectionId")
    )
    if not kind:
        kind = "exclusionGroup" if entry.get("excludeGroup") else "group"
    return f"{kind}:{scalar(group)}" if group else kind


def _assignment(entry: Mapping[str, Any], rule: Rule) -> Flat:
    flat: Flat = {}
    target = entry.get("target")
    if isinstance(target, dict):
        shown = {
            name: value
            for name, value in target.items()
            if name not in _TARGET_KEYS and _TARGET_DEFAULTS.get(name) != value
        }
        flatten(shown, rule, flat, "", "assignments.target.")
    rest = {name: value for name, value in entry.items() if name not in _ASSIGNMENT_SKIP and "@" not in name}
    if rest.get("intent") == "apply":
        # The default of policies; only apps know other intents, and IntuneCD drops it.
        del rest["intent"]
    flatten(rest, rule, flat, "", "assignments.")
    return flat
