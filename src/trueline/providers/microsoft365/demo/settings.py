"""Writes settings trees of the settings catalogue from the short notation of the content files.

A setting is `[id, value]` or `[id, value, children]`. The id may start with a prefix (`p:` and so on) or with `^`,
which repeats the parent's id. The value decides the kind: text is a choice (the option's last word), text that starts
with `=` is plain text, a number is a number, a list is a collection, `{items = [[..], [..]]}` a group collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trueline.providers.microsoft365.demo.identity import shared_id

Spec = Sequence[Any]
Json = dict[str, Any]

_TYPE = "#microsoft.graph.deviceManagementConfiguration"
_POLICY = "vendor_msft_policy_config_"
_PREFIXES: Mapping[str, str] = {
    "p": f"device_{_POLICY}",
    "u": f"user_{_POLICY}",
    "b": "device_vendor_msft_bitlocker_",
    "l": "device_vendor_msft_laps_policies_",
    "d": "device_vendor_msft_defender_configuration_",
    "f": "vendor_msft_firewall_mdmstore_",
    "e": f"device_{_POLICY}microsoft_edge~policy~microsoft_edge",
    "o": f"device_{_POLICY}onedrivengscv2~policy~onedrivengsc_",
    "a": "com.apple.",
}


def definition_id(written: str, parent: str = "") -> str:
    """The full settingDefinitionId of a short one.

    >>> definition_id("l:passwordlength")
    'device_vendor_msft_laps_policies_passwordlength'
    """
    if written.startswith("^"):
        return f"{parent}_{written[1:]}"
    prefix, colon, rest = written.partition(":")
    return _PREFIXES[prefix] + rest if colon else written


def definitions_of(words: Mapping[str, Any]) -> list[Json]:
    """Setting definitions as Graph lists them, from the groups of the content file."""
    return [
        _definition(definition_id(written), group["category"], said)
        for group in words.values()
        for written, said in group["settings"].items()
    ]


def _definition(key: str, category: str, said: Mapping[str, Any]) -> Json:
    labels = said.get("labels", {})
    kind = "ChoiceSettingDefinition" if labels else "SimpleSettingDefinition"
    options = [{"itemId": f"{key}_{end}", "displayName": label} for end, label in labels.items()]
    named = {"@odata.type": f"{_TYPE}{kind}", "id": key, "displayName": said["name"], "categoryName": category}
    return {**named, "options": options} if options else named


def settings_of(specs: Sequence[Spec], *, is_templated: bool) -> list[Json]:
    """The `settings` list of a policy, with the running numbers that Graph gives as ids."""
    instances = [_instance(spec, "", is_templated=is_templated) for spec in specs]
    return [{"id": str(number), "settingInstance": instance} for number, instance in enumerate(instances)]


def instances(settings: Sequence[Json]) -> Iterator[Json]:
    """Every setting instance of a policy, however deep."""
    stack = [setting["settingInstance"] for setting in reversed(settings)]
    while stack:
        instance = stack.pop()
        yield instance
        stack.extend(reversed(list(_children(instance))))


def change_value(instance: Json, value: Any) -> tuple[Any, Any]:
    """Give an instance another value of its own kind; return both values as Graph writes them."""
    if "choiceSettingValue" in instance:
        holder = instance["choiceSettingValue"]
        before, holder["value"] = holder["value"], f"{instance['settingDefinitionId']}_{value}"
        return before, holder["value"]
    if "simpleSettingValue" in instance:
        holder = instance["simpleSettingValue"]
        before, holder["value"] = holder["value"], value
        return before, value
    before = [item["value"] for item in instance["simpleSettingCollectionValue"]]
    instance["simpleSettingCollectionValue"] = [_simple(item) for item in value]
    return before, list(value)


def _children(instance: Json) -> Iterator[Json]:
    yield from instance.get("choiceSettingValue", {}).get("children", ())
    for item in instance.get("groupSettingCollectionValue", ()):
        yield from item["children"]


def _instance(spec: Spec, parent: str, *, is_templated: bool) -> Json:
    identifier, value = definition_id(spec[0], parent), spec[1]
    reference = {"settingInstanceTemplateId": shared_id(f"instance/{identifier}")} if is_templated else None
    suffix, content = _content(identifier, value, spec[2] if len(spec) > 2 else (), is_templated=is_templated)
    return {
        "@odata.type": f"{_TYPE}{suffix}Instance",
        "settingDefinitionId": identifier,
        "settingInstanceTemplateReference": reference,
        **content,
    }


def _content(identifier: str, value: Any, children: Sequence[Spec], *, is_templated: bool) -> tuple[str, Json]:
    if isinstance(value, Mapping):
        groups = [[_instance(child, identifier, is_templated=False) for child in item] for item in value["items"]]
        collection = [{"settingValueTemplateReference": None, "children": group} for group in groups]
        return "GroupSettingCollection", {"groupSettingCollectionValue": collection}
    if isinstance(value, list):
        return "SimpleSettingCollection", {"simpleSettingCollectionValue": [_simple(item) for item in value]}
    if isinstance(value, int) or value.startswith("="):
        return "SimpleSetting", {"simpleSettingValue": _simple(value)}
    nested = [_instance(child, identifier, is_templated=False) for child in children]
    choice = {
        "settingValueTemplateReference": _value_template(identifier) if is_templated else None,
        "value": f"{identifier}_{value}",
        "children": nested,
    }
    return "ChoiceSetting", {"choiceSettingValue": choice}


def _simple(value: Any) -> Json:
    kind = "Integer" if isinstance(value, int) else "String"
    plain = value.removeprefix("=") if isinstance(value, str) else value
    return {
        "@odata.type": f"{_TYPE}{kind}SettingValue",
        "settingValueTemplateReference": None,
        "value": plain,
    }


def _value_template(identifier: str) -> Json:
    return {"settingValueTemplateId": shared_id(f"value/{identifier}"), "useTemplateDefault": False}
