"""YAML with the line of every value, and YAML that is the same bytes each time it is written.

Only what JSON can say: no dates, no yes/no, no base-60 numbers. A value means what a person reads in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from trueline.connections.contract import Json, Phrase, phrase
from trueline.inventory.assertions.errors import InvalidBaseline

MAX_BYTES = 8 * 1024 * 1024
_DEEPEST = 32
_WIDTH = 120

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_PLAIN = (
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), "tf"),
    ("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""]),
    ("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), "-0123456789"),
    ("tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?$"), "-0123456789"),
)
_READ: dict[str, Callable[[str], Json]] = {
    "tag:yaml.org,2002:bool": lambda text: text == "true",
    "tag:yaml.org,2002:null": lambda _text: None,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:str": str,
}


class _Plain(_Loader):  # type: ignore[misc] # the base is chosen when yaml is imported: with libyaml or without
    """Reads plain words as JSON would."""


class _Stable(_Dumper):  # type: ignore[misc] # the base is chosen when yaml is imported
    """Writes text in quotes wherever any YAML reader could take it for something else."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


for _class in (_Plain,):
    _class.yaml_implicit_resolvers = {}
    for _tag, _pattern, _first in _PLAIN:
        _class.add_implicit_resolver(_tag, _pattern, list(_first))


def _text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Stable.add_representer(str, _text)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its value, and for each place such as `assertions[3].value` the line it stands on."""

    value: Json
    lines: dict[str, int]

    def line(self, place: str) -> int:
        """The line of a place, or of the nearest place around it."""
        while place and place not in self.lines:
            place = re.sub(r"(?:\.[^.\[\]]*|\[\d+\])$", "", place) if re.search(r"[.\]]", place) else ""
        return self.lines.get(place, 1)


def parse_yaml(text: str, name: str) -> Document:
    """The document of a text. Raises `InvalidBaseline` with the line of what is wrong."""
    try:
        for event in yaml.parse(text, Loader=_Plain):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                said = phrase("aliases are not allowed; write the value out")
                raise InvalidBaseline(at_line(name, line, said))
        node = yaml.compose(text, Loader=_Plain)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        said = phrase("this is no YAML: %(problem)s; correct the line", problem=error.problem or "?")
        raise InvalidBaseline(at_line(name, line, said)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidBaseline(phrase("%(name)s is no YAML text; save it as UTF-8 YAML.", name=name)) from error
    if node is None:
        begin = phrase("%(name)s is empty; begin with a `baseline:` of id, version and title.", name=name)
        raise InvalidBaseline(begin)
    lines: dict[str, int] = {}
    return Document(_value(node, "", name, lines, 0), lines)


def at_line(name: str, line: int, said: Phrase) -> Phrase:
    """What is wrong on a line of a file."""
    return phrase("%(name)s, line %(line)s: %(said)s.", name=name, line=str(line), said=said)


def _value(node: Any, place: str, name: str, lines: dict[str, int], depth: int) -> Json:
    line = node.start_mark.line + 1
    lines[place] = line
    if depth > _DEEPEST:
        said = phrase("nested too deeply; a baseline needs no more than %(number)s", number=str(_DEEPEST))
        raise InvalidBaseline(at_line(name, line, said))
    if isinstance(node, yaml.MappingNode):
        return dict(_members(node, place, name, lines, depth))
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, f"{place}[{number}]", name, lines, depth + 1) for number, item in enumerate(node.value)]
    read = _READ.get(node.tag)
    if read is None:
        said = phrase("the tag %(tag)s is not allowed; remove it", tag=node.tag)
        raise InvalidBaseline(at_line(name, line, said))
    return read(node.value)


def _members(node: Any, place: str, name: str, lines: dict[str, int], depth: int) -> Iterator[tuple[str, Json]]:
    seen: set[str] = set()
    for key, inner in node.value:
        line = key.start_mark.line + 1
        word = key.value if isinstance(key, yaml.ScalarNode) else None
        if word is None:
            said = phrase("a name must be a plain word; write it as `name: value`")
            raise InvalidBaseline(at_line(name, line, said))
        if word in seen:
            said = phrase("`%(word)s` stands here twice; keep one of them", word=word)
            raise InvalidBaseline(at_line(name, line, said))
        seen.add(word)
        where = f"{place}.{word}".lstrip(".")
        value = _value(inner, where, name, lines, depth + 1)
        lines[where] = line
        yield word, value


def write_yaml(value: Json) -> str:
    """YAML text of a JSON value, members in the order given; the same value gives the same bytes."""
    text: str = yaml.dump(value, Dumper=_Stable, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return text
