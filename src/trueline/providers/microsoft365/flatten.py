"""Turn nested JSON into a flat mapping of path to scalar, so that order, absence and export shape make no difference.

Paths: members are joined by a dot; an element of a keyed list is `list[key]`. A list of scalars is a set, sorted and
each once, unless its order means something. A list of objects without a key that holds one object is read as that
object; with more it is folded into a sorted list of their canonical text, so that a change inside one shows at exactly
one path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from trueline.providers.microsoft365.ruleset import Rule

Flat = dict[str, Any]

_GUID_LENGTH = 36
_SCALARS = (str, int, float, bool)


def scalar(value: Any) -> Any:
    """A scalar as it is compared: ids in lower case, everything else as written."""
    if type(value) is str and len(value) == _GUID_LENGTH and value[8] == "-" == value[23]:
        return value.lower()
    return value


def rank(value: Any) -> tuple[str, str]:
    """A sort key that works across text, numbers and booleans."""
    return type(value).__name__, str(value)


def ranked(values: Iterable[Any]) -> list[Any]:
    """Scalars in a stable order, ids in lower case, nulls dropped."""
    return sorted((scalar(value) for value in values if value is not None), key=rank)


def _once(values: list[Any]) -> list[Any]:
    """Each of some ranked scalars once: a member of a set is there or not; true and 1 are two."""
    if len(values) < 2:
        return values
    return [values[0], *(one for other, one in pairwise(values) if rank(one) != rank(other))]


def canonical_text(flat: Mapping[str, Any]) -> str:
    """One line of text that is equal for equal content."""
    return orjson.dumps(flat, option=orjson.OPT_SORT_KEYS).decode()


def flatten(value: Mapping[str, Any], rule: Rule, out: Flat, path: str = "", shape: str = "") -> None:
    """Add the content of an object to `out`.

    Args:
        value: The object.
        rule: What is volatile, keyed, ordered or a default for the type.
        out: The flat mapping to add to.
        path: Where the object stands, with the keys of elements, ending in a dot unless empty.
        shape: The same without the keys, by which the rule knows it.
    """
    only = rule.only.get(shape[:-1]) if rule.only else None
    anywhere, volatile, null_matters = rule.volatile_anywhere, rule.volatile, rule.null_matters
    for name, member in value.items():
        where = shape + name
        if member is None and where not in null_matters:
            continue
        if "@" in name:
            if name != "@odata.type" or shape[:-1] not in rule.typed:
                continue
        elif name in anywhere or where in volatile or name[:1] == "#" or (only is not None and name not in only):
            continue
        add(member, rule, out, path + name, where)


def add(member: Any, rule: Rule, out: Flat, path: str, shape: str) -> None:
    """Add one member, whatever its kind, at `path`."""
    kind = type(member)
    if kind is not dict and kind is not list:
        if shape in rule.lists and member is not None:
            out[path] = [scalar(member)]
        elif shape not in rule.defaults or rule.defaults[shape] != member:
            out[path] = scalar(member)
    elif kind is dict:
        if shape in rule.keyed:
            _keyed([member], rule, out, path, shape)
        else:
            flatten(member, rule, out, path + ".", shape + ".")
    else:
        _list(member, rule, out, path, shape)


def _list(members: list[Any], rule: Rule, out: Flat, path: str, shape: str) -> None:
    if not members:
        return
    if shape in rule.keyed and all(isinstance(member, dict) for member in members):
        _keyed(members, rule, out, path, shape)
    elif all(isinstance(member, _SCALARS) or member is None for member in members):
        out[path] = [scalar(member) for member in members] if shape in rule.ordered else _once(ranked(members))
    elif len(members) == 1 and isinstance(members[0], dict):
        flatten(members[0], rule, out, path + ".", shape + ".")
    else:
        texts = [_text(member, rule, shape) for member in members]
        out[path] = texts if shape in rule.ordered else sorted(texts)


def _text(member: Any, rule: Rule, shape: str) -> str:
    inner: Flat = {}
    if isinstance(member, dict):
        flatten(member, rule, inner, "", shape + ".")
    else:
        add(member, rule, inner, "value", shape)
    return canonical_text(inner)


def _keyed(members: list[dict[str, Any]], rule: Rule, out: Flat, path: str, shape: str) -> None:
    by_key: dict[str, list[dict[str, Any]]] = {}
    for member in members:
        by_key.setdefault(element_key(member, rule.keyed[shape]), []).append(member)
    for key, same in by_key.items():
        where = f"{path}[{key}]"
        if len(same) > 1:
            out[where] = sorted(_text(member, rule, shape) for member in same)
            continue
        size = len(out)
        flatten(same[0], rule, out, where + ".", shape + ".")
        if len(out) == size:
            # An element without content still is there; its absence must differ from its presence.
            out[where] = True


def element_key(member: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The identity of a list element: the values of its key members, in lower case, joined by a bar."""
    found = (_dotted(member, name) for name in names)
    return "|".join("" if value is None else str(value).lower() for value in found)


def _dotted(member: Any, name: str) -> Any:
    for part in name.split("."):
        if not isinstance(member, Mapping):
            return None
        member = member.get(part)
    return member if isinstance(member, _SCALARS) else None
