"""Reads the demo's content files into blueprints."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CATALOG_SHAPE = "deviceManagementConfigurationPolicy"
ACCESS_SHAPE = "conditionalAccessPolicy"
_FILES = ("defender", "windows", "productivity", "devices", "apps", "identity")


@dataclass(frozen=True, slots=True)
class Blueprint:
    """One object of the standard as the content files describe it; references are still names.

    Attributes:
        shape: The Graph type's name without `#microsoft.graph.`.
        name: What the object is called in every tenant; empty where the type has no names.
        spec: The rest of the entry.
    """

    shape: str
    name: str
    spec: Mapping[str, Any]


@cache
def standard() -> tuple[Blueprint, ...]:
    """Every object of the standard, in the order of the files."""
    return tuple(blueprint for name in _FILES for blueprint in _read(name))


@cache
def shapes() -> Mapping[str, Mapping[str, Any]]:
    """For each Graph type the properties that every object of the type carries, with usual values."""
    document: Mapping[str, Mapping[str, Any]] = json.loads(_text("shapes.json"))
    return document


@cache
def planned() -> tuple[Mapping[str, Any], ...]:
    """The planned differences, in the order of the file."""
    return tuple(tomllib.loads(_text("drift.toml"))["drift"])


@cache
def setting_words() -> Mapping[str, Any]:
    """What settings and their values are called, by the category they stand in."""
    return tomllib.loads(_text("definitions.toml"))


def blueprint_of(entry: Mapping[str, Any]) -> Blueprint:
    """The blueprint of an object that exists only in one tenant: a `policy`, an `access` policy or an `object`."""
    if "policy" in entry:
        return _blueprint(entry["policy"], CATALOG_SHAPE)
    if "access" in entry:
        return _blueprint(entry["access"], ACCESS_SHAPE)
    return _blueprint(entry["object"], entry["object"]["shape"])


def _read(name: str) -> Iterator[Blueprint]:
    document = tomllib.loads(_text(f"{name}.toml"))
    for group in document.get("group", ()):
        for title in group["names"]:
            yield Blueprint("group", title, {})
    for entry in document.get("policy", ()):
        yield _blueprint(entry, CATALOG_SHAPE)
    for entry in document.get("object", ()):
        yield _blueprint(entry, entry["shape"])
    for entry in document.get("access", ()):
        yield _blueprint(entry, ACCESS_SHAPE)


def _blueprint(entry: Mapping[str, Any], shape: str) -> Blueprint:
    return Blueprint(shape, entry["name"], entry)


def _text(name: str) -> str:
    return resources.files(__package__).joinpath("content", name).read_text(encoding="utf-8")
