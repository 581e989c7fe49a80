"""The normalisation rules of each object type: data files in `rules/`, loaded once.

An entry of a rule file has these members; only `type` and `area` are required.

    type               the name of the type, the last part of its endpoint where that is clear
    area               the area of coverage, a key of `areas.AREAS`
    endpoint           the path of the service, by which an `@odata.context` is recognised
    odata_types        the `@odata.type` names without `#microsoft.graph.`
    odata_patterns     regular expressions for families of `@odata.type` names, tried when no exact name fits
    single_type        true when the type has one `@odata.type` only, which then says nothing and is left out
    export_keys        the member names of a provider export that hold objects of this type
    command            the command of a provider export that reads this type
    folders            folder names of known export tools, letter case and separators ignored
    shapes             alternatives of member names that together mean this type
    name, id           the member that holds the name or id, when it is not displayName or name, or id
    platform, platform_field, platform_from_type    a fixed platform, the member that says it, or from `@odata.type`
    fixed_key          identity in every tenant: {value: text with {member}, when: {member: value}, id_suffix: regex}
    singleton          true when each tenant has exactly one
    content            how settings are read: plain, catalogue, reusable, oma, admx, intent
    facets             facet -> members at the top; what is not named is a setting
    volatile           dotted members that are no content
    defaults           dotted member -> the value that means the same as absence
    null_matters       dotted members where null is a value of its own
    keyed              dotted list -> the members that together identify an element; their order does not matter
    ordered            dotted lists whose order means something
    lists              dotted lists that some tools flatten to a single value when they hold one element
    only               dotted member -> the members of it that count
    typed              dotted members whose elements keep their `@odata.type`
    text               members that carry text in base64
    plain_assignments  true when `assignments` are not the assignments of a policy to groups
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from trueline.connections.contract import Facet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHARED = "_every_type.yaml"
NOT_POLICIES = "not_policies.yaml"
_FACETS = {"identity": Facet.IDENTITY, "assignments": Facet.ASSIGNMENTS, "scope_tags": Facet.SCOPE_TAGS}
_FACETS |= {"metadata": Facet.METADATA, "settings": Facet.SETTINGS}


@dataclass(frozen=True, slots=True)
class FixedKey:
    """How identity in every tenant is told.

    Attributes:
        value: Text with members in braces; alternatives are parted by a bar.
        when: Members that must have these values.
        id_suffix: A regular expression that the id must end with; its match is `{suffix}`.
    """

    value: str
    when: tuple[tuple[str, Any], ...] = ()
    id_suffix: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Everything that normalising one object type needs; see the head of this module for each member.

    Attributes:
        skipped: `volatile` and `volatile_anywhere` together, asked at each member at the top of an object.
    """

    type: str
    area: str
    endpoint: str = ""
    odata_types: frozenset[str] = frozenset()
    odata_patterns: tuple[re.Pattern[str], ...] = ()
    single_type: bool = False
    export_keys: frozenset[str] = frozenset()
    command: str = ""
    folders: tuple[str, ...] = ()
    shapes: tuple[frozenset[str], ...] = ()
    name: str = ""
    id: str = "id"
    platform: str = ""
    platform_field: str = ""
    platform_from_type: bool = False
    fixed_key: FixedKey | None = None
    content: str = "plain"
    facet_of: Mapping[str, Facet] = field(default_factory=dict)
    volatile: frozenset[str] = frozenset()
    volatile_anywhere: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    null_matters: frozenset[str] = frozenset()
    keyed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ordered: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()
    text: frozenset[str] = frozenset()
    plain_assignments: bool = False


MEMBERS = frozenset(Rule.__dataclass_fields__) - {"facet_of", "volatile_anywhere", "skipped"} | {"facets", "singleton"}
"""The members that an entry of a rule file may have."""


def folder_key(name: str) -> str:
    """A folder name as it is compared: letters and digits only, lower case."""
    return "".join(char for char in name.casefold() if char.isalnum())


def documents() -> Iterator[tuple[str, Any]]:
    """Every rule file and its content, by name."""
    folder = resources.files(__package__) / "rules"
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            yield entry.name, yaml.load(entry.read_text("utf-8"), loader)  # noqa: S506 - both are safe loaders


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of every known type, in the order of the files."""
    files = dict(documents())
    shared = files.pop(SHARED)
    files.pop(NOT_POLICIES)
    return tuple(_rule(entry, shared) for entries in files.values() for entry in entries)


@cache
def rule_of(object_type: str) -> Rule:
    """The rule of a type; an unknown type gets what holds for every type, in area `other`."""
    for rule in rules():
        if rule.type == object_type:
            return rule
    return _rule({"type": object_type, "area": "other", "platform_from_type": True}, dict(documents())[SHARED])


@cache
def not_policies() -> tuple[tuple[tuple[frozenset[str], str], ...], frozenset[str]]:
    """Which documents hold no policy, each with its reason, and which members of a provider export hold none."""
    found = dict(documents())[NOT_POLICIES]
    return (
        tuple((frozenset(entry["keys"]), entry["reason"]) for entry in found["documents"]),
        frozenset(found["members"]),
    )


def _rule(entry: Mapping[str, Any], shared: Mapping[str, Any]) -> Rule:
    facet_of = _facet_map(shared["facets"]) | _facet_map(entry.get("facets", {}))
    volatile = set(shared["volatile"]) | set(entry.get("volatile", ()))
    # The key of an element stands in its path; as a member of its own it would show each new element twice.
    volatile |= {f"{path}.{name}" for path, names in entry.get("keyed", {}).items() for name in names}
    if entry.get("single_type"):
        volatile.add("@odata.type")
    sets = ("odata_types", "export_keys", "null_matters", "ordered", "lists", "typed", "text")
    volatile = volatile - {entry.get("id", "id")} | {"id"}
    anywhere = frozenset(shared["volatile_anywhere"])
    plain = ("endpoint", "single_type", "command", "name", "id", "platform", "platform_field", "platform_from_type")
    given: dict[str, Any] = {name: frozenset(entry.get(name, ())) for name in sets}
    given |= {name: entry[name] for name in plain if name in entry}
    return Rule(
        type=entry["type"],
        area=entry["area"],
        odata_patterns=tuple(re.compile(text) for text in entry.get("odata_patterns", ())),
        folders=tuple(folder_key(name) for name in (entry["type"], *entry.get("folders", ()))),
        shapes=tuple(frozenset(shape) for shape in entry.get("shapes", ())),
        fixed_key=_fixed_key(entry),
        facet_of=facet_of,
        volatile=frozenset(volatile),
        volatile_anywhere=anywhere,
        skipped=anywhere | volatile,
        defaults=shared["defaults"] | entry.get("defaults", {}),
        keyed={path: tuple(names) for path, names in entry.get("keyed", {}).items()},
        only={path: frozenset(names) for path, names in entry.get("only", {}).items()},
        content=entry.get("content", "plain"),
        plain_assignments=bool(entry.get("plain_assignments")),
        **given,
    )


def _facet_map(facets: Mapping[str, list[str]]) -> dict[str, Facet]:
    return {member: _FACETS[facet] for facet, members in facets.items() for member in members}


def _fixed_key(entry: Mapping[str, Any]) -> FixedKey | None:
    if entry.get("singleton"):
        return FixedKey(f"singleton:{entry['type']}")
    found = entry.get("fixed_key")
    if found is None:
        return None
    suffix = found.get("id_suffix")
    when = tuple(sorted(found.get("when", {}).items()))
    return FixedKey(found["value"], when, re.compile(suffix) if suffix else None)
