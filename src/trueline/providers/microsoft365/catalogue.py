"""Settings catalogue policies: nested setting instances to flat paths and to settings with their values.

A path is the chain of setting definition ids in lower case, joined by a slash. Group collections with several instances
are told apart by a key child (the name of a firewall rule); without one they are folded into a sorted multiset.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trueline.connections.contract import Setting
from trueline.providers.microsoft365.flatten import Flat, canonical_text, ranked, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Found = dict[str, tuple[str, ...] | list[str]]
"""Every value that a setting id has, in the order met: one in a tuple, several in a list."""

_GROUPS = "groupSettingCollectionValue"
_CHOICE, _SIMPLE, _GROUP, _SEVERAL = range(4)
_KINDS = {
    "choiceSettingValue": _CHOICE,
    "simpleSettingValue": _SIMPLE,
    "groupSettingValue": _GROUP,
    "choiceSettingCollectionValue": _SEVERAL,
    "simpleSettingCollectionValue": _SEVERAL,
    _GROUPS: _SEVERAL,
}
_MISSING = object()
_KEY_CHILD = re.compile(r"(?:_|\.)(?:name|key|id|identifier|ruleid|bundleid|uri|url)$")
"""Definition ids of children that name their instance: `..._firewallrules_{firewallrulename}_name`."""


def read_settings(entries: Iterable[Any]) -> tuple[Flat, tuple[Setting, ...]]:
    """Flat paths and settings of the `settings` list of a policy.

    A setting carries every value that its id has anywhere in the policy, as lower-case text, sorted, without
    repeats; an id that carries no value (the parent of a group) is no setting.
    """
    instances = [entry.get("settingInstance") for entry in entries if isinstance(entry, dict)]
    return read_instances([one for one in instances if isinstance(one, dict) and one.get("settingDefinitionId")])


def read_instances(instances: list[Any]) -> tuple[Flat, tuple[Setting, ...]]:
    """The same for setting instances that stand alone, as in a reusable setting."""
    flat: Flat = {}
    found: Found = {}
    _walk(instances, "", flat, found)
    keys = sorted(found)
    values = [found[key] for key in keys]
    distinct = [one if isinstance(one, tuple) else tuple(sorted(set(one))) for one in values]
    return flat, tuple(map(Setting, keys, distinct))


def _id(instance: Mapping[str, Any]) -> str:
    return str(instance.get("settingDefinitionId") or "").lower()


def _walk(instances: list[Any], prefix: str, flat: Flat, found: Found) -> None:
    """Collect flat paths, and values by setting id. Written for speed: it sees each value of each policy."""
    known = [instance for instance in instances if isinstance(instance, dict)]
    by_id = {str(instance.get("settingDefinitionId") or "").lower(): instance for instance in known}
    if len(by_id) == len(known):
        for key, instance in by_id.items():
            _one(instance, key, prefix + key, flat, found)
        return
    for key in by_id:
        same = [instance for instance in known if _id(instance) == key]
        if len(same) == 1:
            _one(same[0], key, prefix + key, flat, found)
        else:
            flat[prefix + key] = sorted(_folded([instance], found) for instance in same)


def _folded(instances: list[Any], found: Found) -> str:
    inner: Flat = {}
    _walk(instances, "", inner, found)
    return canonical_text(inner)


def _one(instance: Mapping[str, Any], key: str, path: str, flat: Flat, found: Found) -> None:
    for name, node in instance.items():
        kind = _KINDS.get(name)
        if kind is None or node is None:
            continue
        if kind is _SEVERAL:
            nodes = _nodes(node)
            for one in nodes:
                if "value" in one:
                    _note(found, key, _text(one["value"]))
            _many(name, nodes, path, flat, found)
        elif isinstance(node, dict):
            value = node.get("value", _MISSING)
            if value is not _MISSING:
                text = value.lower() if isinstance(value, str) else _text(value)
                if found.setdefault(key, fresh := (text,)) is not fresh:
                    _note(found, key, text)
                flat[path] = text if kind is _CHOICE and isinstance(value, str) else _plain(value)
            if node.get("children") or value is _MISSING:
                _children(node, path, flat, found)


def _nodes(node: Any) -> list[dict[str, Any]]:
    # PowerShell writes a list of one element as that element.
    nodes = [node] if isinstance(node, dict) else node
    return [one for one in nodes if isinstance(one, dict)] if isinstance(nodes, list) else []


def _note(found: Found, key: str, text: str) -> None:
    before = found.get(key)
    if isinstance(before, list):
        before.append(text)
    else:
        found[key] = (text,) if before is None else [*before, text]


def _many(name: str, nodes: list[dict[str, Any]], path: str, flat: Flat, found: Found) -> None:
    given = [node["value"] for node in nodes if "value" in node]
    if given:
        flat[path] = ranked(_choice(value) if name[0] == "c" else _plain(value) for value in given)
    if name == _GROUPS:
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


def _children(node: Mapping[str, Any], path: str, flat: Flat, found: Found) -> None:
    children = node.get("children")
    if children:
        if isinstance(children, dict):
            children = [children]
        if isinstance(children, list):
            _walk(children, path + "/", flat, found)
            return
    if "value" not in node:
        # A group without members is configured all the same: its removal must show.
        flat[path] = []


def _instance_key(node: Mapping[str, Any]) -> str:
    """The value of the child that names its instance, empty when none does."""
    named = [
        (_id(child), child["simpleSettingValue"]["value"])
        for child in node.get("children") or ()
        if isinstance(child, dict)
        and isinstance(child.get("simpleSettingValue"), dict)
        and isinstance(child["simpleSettingValue"].get("value"), str)
        and _KEY_CHILD.search(_id(child))
    ]
    return str(min(named)[1]) if named else ""


def _text(value: Any) -> str:
    return str(value).lower()


def _choice(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else _plain(value)


def _plain(value: Any) -> Any:
    return canonical_text({"value": value}) if isinstance(value, dict | list) else scalar(value)
