"""Checking a JSON value against the part of JSON Schema (2020-12) that rule files and tool arguments use.

Known: type, enum, const, required, properties, additionalProperties, items, minProperties, maxProperties, minItems,
maxItems, minLength, maxLength, pattern, minimum, maximum, anyOf, oneOf, $ref into the same document. An unknown keyword
is an error, not a silent pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sized
from typing import Any

from trueline.engine.scores import EngineError

ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "title", "description", "examples", "default", "format"})
TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
    ),
}

Schema = Mapping[str, Any]


class SchemaError(EngineError):
    """A schema that this checker does not know in full."""


def violations(value: Any, schema: Schema, *, root: Schema | None = None, at: str = "") -> Iterator[str]:
    """What is wrong with a value, one sentence each, in the order of the schema; nothing when it conforms.

    Args:
        value: A JSON value.
        schema: The schema.
        root: The document that `$ref` points into; by default the schema itself.
        at: Where the value stands, for the sentences.

    Raises:
        SchemaError: The schema uses a keyword that is not known here.
    """
    root = schema if root is None else root
    unknown = schema.keys() - KEYWORDS.keys() - ANNOTATIONS
    if unknown:
        raise SchemaError(f"The schema at {at or 'the top'} uses {', '.join(sorted(unknown))}, which is not supported.")
    for keyword, check in KEYWORDS.items():
        if keyword in schema:
            yield from check(value, schema, root, at)


Check = Callable[[Any, Schema, Schema, str], Iterator[str]]


def _place(at: str) -> str:
    return at or "the value"


def _type(value: Any, schema: Schema, _root: Schema, at: str) -> Iterator[str]:
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(TYPES[name](value) for name in wanted):
        yield f"{_place(at)} must be {' or '.join(wanted)}"


def _enum(value: Any, schema: Schema, _root: Schema, at: str) -> Iterator[str]:
    if value not in schema["enum"]:
        yield f"{_place(at)} must be one of {', '.join(map(repr, schema['enum']))}"


def _const(value: Any, schema: Schema, _root: Schema, at: str) -> Iterator[str]:
    if value != schema["const"]:
        yield f"{_place(at)} must be {schema['const']!r}"


def _required(value: Any, schema: Schema, _root: Schema, at: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (f"{_place(at)} lacks {name}" for name in schema["required"] if name not in value)


def _properties(value: Any, schema: Schema, root: Schema, at: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in schema["properties"].items():
            if name in value:
                yield from violations(value[name], inner, root=root, at=f"{at}.{name}".lstrip("."))


def _additional(value: Any, schema: Schema, root: Schema, at: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        return
    allowed = schema["additionalProperties"]
    for name in value.keys() - schema.get("properties", {}).keys():
        if allowed is False:
            yield f"{_place(at)} has {name}, which is not known here"
        elif isinstance(allowed, Mapping):
            yield from violations(value[name], allowed, root=root, at=f"{at}.{name}".lstrip("."))


def _items(value: Any, schema: Schema, root: Schema, at: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from violations(item, schema["items"], root=root, at=f"{at}[{number}]")


def _sized(keyword: str, kind: type[Sized], *, least: bool) -> Check:
    def check(value: Any, schema: Schema, _root: Schema, at: str) -> Iterator[str]:
        limit = schema[keyword]
        if isinstance(value, kind) and (len(value) < limit if least else len(value) > limit):
            yield f"{_place(at)} must have at {'least' if least else 'most'} {limit} entries, it has {len(value)}"

    return check


def _bounded(keyword: str, *, least: bool) -> Check:
    def check(value: Any, schema: Schema, _root: Schema, at: str) -> Iterator[str]:
        limit = schema[keyword]
        if TYPES["number"](value) and (value < limit if least else value > limit):
            yield f"{_place(at)} must be at {'least' if least else 'most'} {limit}, it is {value}"

    return check


def _pattern(value: Any, schema: Schema, _root: Schema, at: str) -> Iterator[str]:
    if isinstance(value, str) and re.search(schema["pattern"], value) is None:
        yield f"{_place(at)} does not match {schema['pattern']}"


def _any_of(value: Any, schema: Schema, root: Schema, at: str) -> Iterator[str]:
    if not any(not list(violations(value, each, root=root, at=at)) for each in schema["anyOf"]):
        yield f"{_place(at)} fits none of its allowed forms"


def _one_of(value: Any, schema: Schema, root: Schema, at: str) -> Iterator[str]:
    fitting = sum(not list(violations(value, each, root=root, at=at)) for each in schema["oneOf"])
    if fitting != 1:
        yield f"{_place(at)} must fit exactly one of its forms, it fits {fitting}"


def _ref(value: Any, schema: Schema, root: Schema, at: str) -> Iterator[str]:
    target: Any = root
    for name in schema["$ref"].removeprefix("#/").split("/"):
        target = target[name]
    yield from violations(value, target, root=root, at=at)


KEYWORDS: Mapping[str, Check] = {
    "$ref": _ref,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "minProperties": _sized("minProperties", dict, least=True),
    "maxProperties": _sized("maxProperties", dict, least=False),
    "minItems": _sized("minItems", list, least=True),
    "maxItems": _sized("maxItems", list, least=False),
    "minLength": _sized("minLength", str, least=True),
    "maxLength": _sized("maxLength", str, least=False),
    "minimum": _bounded("minimum", least=True),
    "maximum": _bounded("maximum", least=False),
    "pattern": _pattern,
    "anyOf": _any_of,
    "oneOf": _one_of,
}
