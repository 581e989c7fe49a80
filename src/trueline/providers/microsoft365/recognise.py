"""Which type an object is: by `@odata.type`, by the context of the answer, by its members, by its folder, in turn."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from trueline.providers.microsoft365.normalise import type_name
from trueline.providers.microsoft365.ruleset import Rule, folder_key, rule_of, rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trueline.connections.contract import Json

UNKNOWN = "unknown:"
_CONTEXT = re.compile(r"\$metadata#(?P<path>[A-Za-z0-9/]+)(?P<rest>.*)$")
_HINT = re.compile(r"[^A-Za-z0-9_.-]+")
_COMMON_MEMBERS = frozenset({"displayName", "templateId", "settings", "description"})
_LONGEST_HINT = 60
_REMEMBERED = 4096
"""Answers remembered; contexts with ids are endless, so there is a bound."""


def recognise(raw: Mapping[str, Json], folders: Sequence[str] = (), context: str = "") -> Rule:
    """The rule of an object; for an unknown type a rule named `unknown:<hint>` of area `other`.

    Args:
        raw: The object in Graph's letter case.
        folders: The names of the folders it lies in, the nearest first.
        context: The `@odata.context` of the answer that it came in.
    """
    name = type_name(raw)
    own = raw.get("@odata.context")
    return (
        by_odata_type(name)
        or by_context(own if isinstance(own, str) else "")
        or by_context(context)
        or by_pattern(name)
        or _by_shape(raw)
        or by_folders(folders, name)
        or rule_of(UNKNOWN + _hint(name, own if isinstance(own, str) else context, folders))
    )


def is_object(raw: Mapping[str, Json]) -> bool:
    """Whether this is an object of the service at all: it says its type, or has a name or an id beside content."""
    if type_name(raw) or _by_shape(raw) is not None:
        return True
    return bool(raw.get("id")) and bool(raw.get("displayName") or raw.get("name") or "@odata.context" in raw)


@lru_cache(maxsize=_REMEMBERED)
def by_odata_type(name: str) -> Rule | None:
    """The rule that names this `@odata.type`, None when no rule does."""
    return next((rule for rule in rules() if name in rule.odata_types), None)


@lru_cache(maxsize=_REMEMBERED)
def by_pattern(name: str) -> Rule | None:
    """The rule of the family that this `@odata.type` belongs to."""
    if not name:
        return None
    return next((rule for rule in rules() if any(found.fullmatch(name) for found in rule.odata_patterns)), None)


@lru_cache(maxsize=_REMEMBERED)
def by_context(context: str) -> Rule | None:
    """The rule of the endpoint that an `@odata.context` names; None for a part of an object, such as its settings."""
    found = _CONTEXT.search(context)
    if found is None:
        return None
    path, rest = found["path"].removesuffix("/$entity").rstrip("/"), found["rest"]
    if rest.startswith("('"):
        return None
    return next((rule for rule in rules() if rule.endpoint == path), None)


def _by_shape(raw: Mapping[str, Json]) -> Rule | None:
    members = raw.keys()
    shapes = _shapes()
    fitting = [(order, rule) for name in raw for order, shape, rule in shapes.get(name, ()) if shape <= members]
    return min(fitting, key=lambda found: found[0])[1] if fitting else None


@cache
def _shapes() -> dict[str, tuple[tuple[int, frozenset[str], Rule], ...]]:
    """Every shape by one of its members, so that an object is tried only against shapes it can have."""
    found: dict[str, tuple[tuple[int, frozenset[str], Rule], ...]] = {}
    for order, rule in enumerate(rules()):
        for shape in rule.shapes:
            name = min(shape - _COMMON_MEMBERS or shape)
            found[name] = (*found.get(name, ()), (order, shape, rule))
    return found


def by_folders(folders: Sequence[str], type_hint: str = "") -> Rule | None:
    """The rule whose known folder name is nearest above; none when the object says a type that nobody knows."""
    if type_hint:
        return None
    return next((rule for name in folders for rule in _folder_rules().get(folder_key(name), ())), None)


def folder_areas(folders: Sequence[str]) -> frozenset[str]:
    """The areas that a file in these folders belongs to, by the nearest folder with a known name; empty when none."""
    for name in folders:
        found = _folder_rules().get(folder_key(name), ())
        if found:
            return frozenset(rule.area for rule in found)
    return frozenset()


@cache
def _folder_rules() -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in rules():
        for name in rule.folders:
            found[name] = (*found.get(name, ()), rule)
    return found


def _hint(name: str, context: str, folders: Sequence[str]) -> str:
    found = _CONTEXT.search(context)
    hint = name or (found["path"].strip("/") if found else "") or next(iter(folders), "") or "object"
    return _HINT.sub("_", hint)[:_LONGEST_HINT]
