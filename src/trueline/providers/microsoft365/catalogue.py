"""Settings catalogue policies: nested setting instances to flat paths and to settings with their values.

A path is the chain of setting definition ids in lower case, joined by a slash. Group collections with several instances
are told apart by a key child (the name of a firewall rule); without one they are folded into a sorted multiset.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from trueline.connections.contract import Setting
from trueline.providers.microsoft365.flatten import Flat, canonical_text, ranked, scalar

Found = defaultdict[str, set[str]]

_SINGLE = ("choiceSettingValue", "simpleSettingValue", "groupSettingValue")
_MANY = ("choiceSettingCollectionValue", "simpleSettingCollectionValue", "groupSettingCollectionValue")
_KEY_CHILD = re.compile(r"(?:_|\.)(?:name|key|id|identifier|ruleid|bundleid|uri|url)$")
"""Definition ids of children that name their instance: `..._firewallrules_{firewallrulename}_name`."""


def read_settings(entries: Iterable[Any]) -> tuple[Flat, tuple[Setting, ...]]:
    """Flat paths and settings of the `settings` list of a policy.

    A setting carries every value that its id has anywhere in the policy, as lower-case text, sorted, without repeats; an
    id that carries no value (the parent of a group) is no setting.
    """
    instances = [entry["settingInstance"] for entry in entries if _is_setting(entry)]
    return read_instances(instances)


def read_instances(instances: list[dict[str, Any]]) -> tuple[Flat, tuple[Setting, ...]]:
    """The same for setting instances that stand alone, as in a reusable setting."""
    flat: Flat = {}
    found: Found = defaultdict(set)
    _walk_all(instances, "", flat, found)
    return flat, tuple(Setting(key, tuple(sorted(values))) for key, values in sorted(found.items()) if values)


def _is_setting(entry: Any) -> bool:
    instance = entry.get("settingInstance") if isinstance(entry, dict) else None
    return isinstance(instance, dict) and bool(instance.get("settingDefinitionId"))


def _id(instance: Mapping[str, Any]) -> str:
    return str(instance.get("settingDefinitionId") or "").lower()


def _walk_all(instances: list[Any], prefix: str, flat: Flat, found: Found) -> None:
    known = [instance for instance in instances if isinstance(instance, dict)]
    ids = [_id(instance) for instance in known]
    repeated = {key for key, times in Counter(ids).items() if times > 1} if len(set(ids)) < len(ids) else set()
    for key, instance in zip(ids, known, strict=True):
        if key not in repeated:
            _walk(instance, prefix + key, flat, found)
    for key in repeated:
        same = [instance for name, instance in zip(ids, known, strict=True) if name == key]
        flat[prefix + key] = sorted(_folded([instance], found) for instance in same)


def _folded(instances: list[Any], found: Found) -> str:
    inner: Flat = {}
    _walk_all(instances, "", inner, found)
    return canonical_text(inner)


def _walk(instance: Mapping[str, Any], path: str, flat: Flat, found: Found) -> None:
    values = found[_id(instance)]
    for name in _SINGLE:
        node = instance.get(name)
        if isinstance(node, dict):
            _single(name, node, path, flat, found, values)
    for name in _MANY:
        nodes = instance.get(name)
        if isinstance(nodes, dict):
            # PowerShell writes a list of one element as that element.
            nodes = [nodes]
        if isinstance(nodes, list):
            _many(name, [node for node in nodes if isinstance(node, dict)], path, flat, found, values)


def _single(name: str, node: Mapping[str, Any], path: str, flat: Flat, found: Found, values: set[str]) -> None:  # noqa: PLR0913 - the state of one walk
    if "value" in node:
        values.add(_text(node["value"]))
        flat[path] = _value(name, node["value"])
    _children(node, path, flat, found)


def _many(name: str, nodes: list[dict[str, Any]], path: str, flat: Flat, found: Found, values: set[str]) -> None:  # noqa: PLR0913 - the state of one walk
    given = [node["value"] for node in nodes if "value" in node]
    values.update(map(_text, given))
    if given:
        flat[path] = ranked(_value(name, value) for value in given)
    if name == "groupSettingCollectionValue":
        _groups(nodes, path, flat, found)
        return
    for node in nodes:
        _children(node, f"{path}[{_text(node.get('value'))}]", flat, found)


def _groups(nodes: list[dict[str, Any]], path: str, flat: Flat, found: Found) -> None:
    if len(nodes) == 1:
        _children(nodes[0], path, flat, found)
        return
    keys = [_instance_key(node) for node in nodes]
    if "" in keys or len(set(keys)) < len(keys):
        flat[path] = sorted(_folded(node.get("children") or [], found) for node in nodes)
        return
    for key, node in zip(keys, nodes, strict=True):
        _children(node, f"{path}[{key}]", flat, found)


def _instance_key(node: Mapping[str, Any]) -> str:
    named = [
        (_id(child), child["simpleSettingValue"]["value"])
        for child in node.get("children") or ()
        if isinstance(child, dict)
        and isinstance(child.get("simpleSettingValue"), dict)
        and isinstance(child["simpleSettingValue"].get("value"), str)
        and _KEY_CHILD.search(_id(child))
    ]
    return str(min(named)[1]) if named else ""


def _children(node: Mapping[str, Any], path: str, flat: Flat, found: Found) -> None:
    children = node.get("children")
    if isinstance(children, dict):
        children = [children]
    if children:
        _walk_all(children, path + "/", flat, found)
    elif "value" not in node:
        # A group without members is configured all the same: its removal must show.
        flat[path] = []


def _text(value: Any) -> str:
    return str(value).lower()


def _value(name: str, value: Any) -> Any:
    if name.startswith("choice") and isinstance(value, str):
        return value.lower()
    if isinstance(value, dict | list):
        return canonical_text({"value": value})
    return scalar(value)
