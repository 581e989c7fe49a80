"""Settings catalogue policies: nested setting instances to flat paths and to settings with their values.

A path is the chain of setting definition ids in lower case, joined by a slash. Group collections with several instances
are told apart by a key child (the name of a firewall rule); without one they are folded into a sorted multiset.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from trueline.connections.contract import Setting
from trueline.providers.microsoft365.flatten import Flat, canonical_text, ranked, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Found = defaultdict[str, set[str]]

_SINGLE = ("choiceSettingValue", "simpleSettingValue", "groupSettingValue")
_GROUPS = "groupSettingCollectionValue"
_MANY = ("choiceSettingCollectionValue", "simpleSettingCollectionValue", _GROUPS)
_KEY_CHILD = re.compile(r"(?:_|\.)(?:name|key|id|identifier|ruleid|bundleid|uri|url)$")
"""Definition ids of children that name their instance: `..._firewallrules_{firewallrulename}_name`."""


def read_settings(entries: Iterable[Any]) -> tuple[Flat, tuple[Setting, ...]]:
    """Flat paths and settings of the `settings` list of a policy.

    A setting carries every value that its id has anywhere in the policy, as lower-case text, sorted, without
    repeats; an id that carries no value (the parent of a group) is no setting.
    """
    instances = [entry["settingInstance"] for entry in entries if _is_setting(entry)]
    return read_instances(instances)


def read_instances(instances: list[Any]) -> tuple[Flat, tuple[Setting, ...]]:
    """The same for setting instances that stand alone, as in a reusable setting."""
    found: Found = defaultdict(set)
    flat = _Walk(found).all(instances, "").flat
    return flat, tuple(Setting(key, tuple(sorted(values))) for key, values in sorted(found.items()) if values)


def _is_setting(entry: Any) -> bool:
    instance = entry.get("settingInstance") if isinstance(entry, dict) else None
    return isinstance(instance, dict) and bool(instance.get("settingDefinitionId"))


def _id(instance: Mapping[str, Any]) -> str:
    return str(instance.get("settingDefinitionId") or "").lower()


class _Walk:
    """One walk over instances: collects flat paths, and values by setting id."""

    def __init__(self, found: Found) -> None:
        self.flat: Flat = {}
        self._found = found

    def all(self, instances: list[Any], prefix: str) -> _Walk:
        known = [instance for instance in instances if isinstance(instance, dict)]
        ids = [_id(instance) for instance in known]
        repeated = {key for key, times in Counter(ids).items() if times > 1} if len(set(ids)) < len(ids) else set()
        for key, instance in zip(ids, known, strict=True):
            if key not in repeated:
                self._one(instance, prefix + key)
        for key in repeated:
            same = [instance for name, instance in zip(ids, known, strict=True) if name == key]
            self.flat[prefix + key] = sorted(self._folded([instance]) for instance in same)
        return self

    def _folded(self, instances: list[Any]) -> str:
        return canonical_text(_Walk(self._found).all(instances, "").flat)

    def _one(self, instance: Mapping[str, Any], path: str) -> None:
        values = self._found[_id(instance)]
        for name in _SINGLE:
            node = instance.get(name)
            if isinstance(node, dict):
                if "value" in node:
                    values.add(_text(node["value"]))
                    self.flat[path] = _value(name, node["value"])
                self._children(node, path)
        for name in _MANY:
            nodes = instance.get(name)
            if isinstance(nodes, dict):
                # PowerShell writes a list of one element as that element.
                nodes = [nodes]
            if isinstance(nodes, list):
                known = [node for node in nodes if isinstance(node, dict)]
                values.update(_text(node["value"]) for node in known if "value" in node)
                self._many(name, known, path)

    def _many(self, name: str, nodes: list[dict[str, Any]], path: str) -> None:
        given = [_value(name, node["value"]) for node in nodes if "value" in node]
        if given:
            self.flat[path] = ranked(given)
        if name == _GROUPS:
            self._groups(nodes, path)
            return
        for node in nodes:
            self._children(node, f"{path}[{_text(node.get('value'))}]")

    def _groups(self, nodes: list[dict[str, Any]], path: str) -> None:
        if len(nodes) == 1:
            self._children(nodes[0], path)
            return
        keys = [_instance_key(node) for node in nodes]
        if "" in keys or len(set(keys)) < len(keys):
            self.flat[path] = sorted(self._folded(node.get("children") or []) for node in nodes)
            return
        for key, node in zip(keys, nodes, strict=True):
            self._children(node, f"{path}[{key}]")

    def _children(self, node: Mapping[str, Any], path: str) -> None:
        children = node.get("children")
        if isinstance(children, dict):
            children = [children]
        if isinstance(children, list) and children:
            self.all(children, path + "/")
        elif "value" not in node:
            # A group without members is configured all the same: its removal must show.
            self.flat[path] = []


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


def _value(name: str, value: Any) -> Any:
    if name.startswith("choice") and isinstance(value, str):
        return value.lower()
    if isinstance(value, dict | list):
        return canonical_text({"value": value})
    return scalar(value)
