"""Bytes of a file to a JSON value: UTF-8 and UTF-16 with and without mark, within limits, or a reason why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import yaml

from trueline.providers.microsoft365 import limits

if TYPE_CHECKING:
    from trueline.connections.contract import Json

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_NUL = "\x00"


class Unusable(Exception):
    """The bytes hold no value that can be kept.

    Attributes:
        reason: A stable code: `empty`, `corrupt`, `too_large`, `too_deep`, `bad_number`, `bad_text`.
        detail: One sentence for a person.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def utf8(data: bytes) -> bytes:
    """The same text as UTF-8 without a mark. Raises `Unusable`."""
    if data[:3] == UTF8_MARK:
        return data[3:]
    encoding = UTF16_MARKS.get(data[:2])
    body = data[2:] if encoding else data
    if encoding is None and _NUL.encode() in data[:2]:
        # JSON begins with an ASCII character: where its zero byte stands tells the byte order.
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    if encoding is None:
        return data
    try:
        return body.decode(encoding).encode()
    except UnicodeError as error:
        raise Unusable("corrupt", "The file is not valid UTF-16 text.") from error


def parse(data: bytes, *, is_yaml: bool = False) -> Json:
    """The JSON value of a file's bytes. Raises `Unusable`, whose detail is a sentence for a person."""
    return parse_text(utf8(data), is_yaml=is_yaml)


def parse_text(text: bytes, *, is_yaml: bool = False) -> Json:
    """The JSON value of UTF-8 text without a mark. Raises `Unusable`."""
    if not text or text.isspace():
        raise Unusable("empty", "The file is empty.")
    value = _yaml(text) if is_yaml else _json(text)
    # NUL cannot stand in JSON except as an escape, so most files need no look at each text.
    vet(value, looks_at_text=is_yaml or b"\\u0000" in text)
    return value


def _json(text: bytes) -> Json:
    if len(text) > limits.MAX_CONTAINERS and (
        text.count(b"{") + text.count(b"[") > limits.MAX_CONTAINERS or text.count(b",") > limits.MAX_VALUES
    ):
        raise Unusable("too_large", "The file holds more values than an export has.")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _json_reason(error) from error


def _json_reason(error: orjson.JSONDecodeError) -> Unusable:
    place = f"line {error.lineno}, column {error.colno}"
    if "depth" in error.msg or "recursion" in error.msg.lower():
        return Unusable("too_deep", "The file nests deeper than any export does.")
    if "infinity" in error.msg:
        return Unusable("bad_number", f"The file holds a number that is too large, at {place}.")
    if "UTF-8" in error.msg:
        return Unusable("corrupt", "The file is not valid UTF-8 text.")
    if "surrogate" in error.msg:
        return Unusable("bad_text", f"The file holds half a character (a lone surrogate), at {place}.")
    return Unusable("corrupt", f"The file is not valid JSON, at {place}.")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # the C loader exists only where libyaml does
    """Safe YAML without dates: a timestamp stays the text that was exported."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in entries if tag != "tag:yaml.org,2002:timestamp"]
    for first, entries in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _yaml(text: bytes) -> Json:
    if len(text) > limits.MAX_YAML_BYTES:
        raise Unusable("too_large", "The YAML file is larger than an exported object.")
    try:
        _vet_yaml(text)
        return yaml.load(text, _Loader)  # noqa: S506 - a safe loader without dates
    except (yaml.YAMLError, ValueError, UnicodeDecodeError) as error:
        raise Unusable("corrupt", "The file is not valid YAML.") from error


def _vet_yaml(text: bytes) -> None:
    """Refuse aliases (a small file can unfold to gigabytes) and deep nesting before anything is built."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.AliasEvent):
            raise Unusable("corrupt", "The YAML file uses aliases, which no export does.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > limits.MAX_DEPTH:
            raise Unusable("too_deep", "The file nests deeper than any export does.")


def vet(value: Json, *, looks_at_text: bool = True) -> None:
    """Refuse what could not be stored or hashed exactly: deep nesting, inexact numbers, NUL. Raises `Unusable`."""
    level: list[Any] = [[value]]
    for _ in range(limits.MAX_DEPTH):
        deeper: list[Any] = []
        for node in level:
            members = node if type(node) is list else node.values()
            if looks_at_text:
                _vet_text(node)
            for member in members:
                kind = type(member)
                if kind is str or member is None:
                    continue
                if kind is dict or kind is list:
                    deeper.append(member)
                elif (kind is int or kind is float) and not abs(member) < limits.MAX_EXACT_INTEGER:
                    raise Unusable("bad_number", "The file holds a number that JSON cannot say exactly.")
        if not deeper:
            return
        level = deeper
    raise Unusable("too_deep", "The file nests deeper than any export does.")


def _vet_text(node: Any) -> None:
    for text in node:
        if (isinstance(text, str) and _NUL in text) or (isinstance(node, dict) and not isinstance(text, str)):
            raise Unusable("bad_text", "The file holds a text that cannot be stored.")
    if isinstance(node, dict):
        _vet_text([member for member in node.values() if isinstance(member, str)])
