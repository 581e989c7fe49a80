"""A baseline from its YAML text, held against the published schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from trueline.connections.contract import Json, Phrase, phrase
from trueline.engine.rules.json_schema import violations
from trueline.inventory.assertions.errors import InvalidBaseline
from trueline.inventory.assertions.model import (
    WITHOUT_VALUE,
    Assertion,
    Baseline,
    Level,
    Operator,
    Override,
    Reference,
    Template,
)
from trueline.inventory.assertions.operators import number
from trueline.inventory.assertions.yaml_text import MAX_BYTES, Document, at_line, parse_yaml


@cache
def published_schema() -> dict[str, Any]:
    """The JSON Schema of a baseline file."""
    text = resources.files("trueline.inventory.assertions").joinpath("schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def read_baseline(path: Path) -> Baseline:
    """The baseline of a file.

    Raises:
        InvalidBaseline: The file cannot be read, is no YAML, or is no baseline; says the line and what to do.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidBaseline(f"The baseline {path} cannot be read: {error.strerror or 'unknown cause'}.") from error
    return parse_bytes(content, name=path.name)


def parse_bytes(content: bytes, *, name: str) -> Baseline:
    """The baseline of a file's bytes, of which one more than `MAX_BYTES` is enough to know that it is too large.

    Raises:
        InvalidBaseline: As `read_baseline`.
    """
    if len(content) > MAX_BYTES:
        size = str(MAX_BYTES // 1024)
        raise InvalidBaseline(
            phrase("The baseline %(name)s is larger than %(size)s KiB; split it.", name=name, size=size)
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = phrase("The baseline %(name)s is not UTF-8 text; save it as UTF-8.", name=name)
        raise InvalidBaseline(said) from error
    return parse_baseline(text, name=name)


def parse_baseline(text: str, *, name: str = "the baseline") -> Baseline:
    """The baseline of a YAML text.

    Raises:
        InvalidBaseline: As `read_baseline`.
    """
    found, wrong = examine(text, name=name)
    if found is None or wrong:
        first = at_line(name, wrong[0].line, wrong[0].said)
        more = phrase("%(first)s (%(more)s more)", first=first, more=str(len(wrong) - 1))
        raise InvalidBaseline(more if len(wrong) > 1 else first)
    return found


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line, from 1, and what is wrong there with what to do."""

    line: int
    said: Phrase

    @property
    def text(self) -> str:
        """The line and the sentence."""
        return f"line {self.line}: {self.said}."


def examine(text: str, *, name: str) -> tuple[Baseline | None, tuple[Wrong, ...]]:
    """The baseline, and everything that is wrong with it by line; None when its shape is not that of a baseline.

    Raises:
        InvalidBaseline: The text is no YAML.
    """
    document = parse_yaml(text, name)
    shape = {_wrong(sentence, document) for sentence in violations(document.value, published_schema())}
    if shape:
        return None, _in_order(shape)
    baseline = baseline_of(document.value)
    return baseline, _in_order(Wrong(document.line(place), said) for place, said in _meaning(document.value))


def _in_order(wrong: Iterable[Wrong]) -> tuple[Wrong, ...]:
    return tuple(sorted(wrong, key=lambda one: (one.line, str(one.said))))


def _wrong(sentence: str, document: Document) -> Wrong:
    place = max((one for one in document.lines if sentence.startswith(f"{one} ")), key=len, default="")
    line = document.line(place)
    if "not known here" in sentence:
        word = sentence.rpartition(" has ")[2].partition(",")[0]
        line = document.line(f"{place}.{word}".lstrip("."))
    return Wrong(line, _advised(sentence))


_SHAPES = (
    (r"(?P<place>.+) lacks (?P<word>.+)", phrase("%(place)s lacks %(word)s; add it")),
    (
        r"(?P<place>.+) has (?P<word>.+), which is not known here",
        phrase("%(place)s has %(word)s, which is not known here; remove it or correct its name"),
    ),
    (r"(?P<place>.+) must be one of (?P<several>.+)", phrase("%(place)s must be one of %(several)s; correct it")),
    (
        r"(?P<place>.+) must have at least (?P<limit>\S+) entries, it has (?P<count>\d+)",
        phrase("%(place)s must have at least %(limit)s entries, it has %(count)s; correct it"),
    ),
    (
        r"(?P<place>.+) must have at most (?P<limit>\S+) entries, it has (?P<count>\d+)",
        phrase("%(place)s must have at most %(limit)s entries, it has %(count)s; correct it"),
    ),
    (r"(?P<place>.+) does not match (?P<pattern>.+)", phrase("%(place)s does not match %(pattern)s; correct it")),
    (r"(?P<place>.+) fits none of its allowed forms", phrase("%(place)s fits none of its allowed forms; correct it")),
    (
        r"(?P<place>.+) must fit exactly one of its forms, it fits (?P<count>\d+)",
        phrase("%(place)s must fit exactly one of its forms, it fits %(count)s; correct it"),
    ),
    (r"(?P<place>.+) must be (?P<what>.+)", phrase("%(place)s must be %(what)s; correct it")),
)
"""What a schema says of a file, the general last, and the same with what to do."""


def _advised(sentence: str) -> Phrase:
    for pattern, said in _SHAPES:
        if found := re.fullmatch(pattern, sentence, re.DOTALL):
            return Phrase(said.text, tuple(found.groupdict().items()))
    return phrase("%(sentence)s; correct it", sentence=sentence)


def _meaning(document: Mapping[str, Json]) -> Iterator[tuple[str, Phrase]]:
    """What the schema cannot say: places and sentences."""
    has_area = "area" in document["baseline"]
    seen: dict[str, str] = {}
    for part in ("assertions", "templates"):
        for index, entry in enumerate(document.get(part) or ()):
            place = f"{part}[{index}]"
            if entry["id"] in seen:
                yield (
                    f"{place}.id",
                    phrase(
                        "the id %(id)s is taken by %(place)s; give it another", id=entry["id"], place=seen[entry["id"]]
                    ),
                )
            seen.setdefault(entry["id"], place)
            if part == "assertions":
                yield from ((f"{place}{inner}", said) for inner, said in _assertion_meaning(entry, has_area))
    for index, entry in enumerate(document.get("overrides") or ()):
        if ("drop" in entry) == ("set" in entry):
            yield f"overrides[{index}]", phrase("an override either drops or sets; write one of `drop: true` and `set`")
    if document.get("overrides") and not document["baseline"].get("extends"):
        yield "overrides", phrase("overrides need a baseline to stand on; say `extends` in the head")


def _assertion_meaning(entry: Mapping[str, Json], has_area: bool) -> Iterator[tuple[str, Phrase]]:
    if ("setting" in entry) == ("question" in entry):
        yield "", phrase("%(id)s must name a `setting` or a `question`, one of them; add or remove one", id=entry["id"])
        return
    if "question" in entry:
        for word in ("operator", "value", "type", "area", "platform"):
            if word in entry:
                yield (
                    f".{word}",
                    phrase("a question has no `%(word)s`; remove it, or put it under `parameters`", word=word),
                )
        return
    if "parameters" in entry:
        yield ".parameters", phrase("only a question has `parameters`; remove them")
    if "area" not in entry and not has_area:
        yield (
            "",
            phrase(
                "%(id)s names no area, so absence could not be told; add `area` to it or to the head", id=entry["id"]
            ),
        )
    if "operator" not in entry:
        yield "", phrase("%(place)s lacks %(word)s; add it", place=entry["id"], word="operator")
        return
    yield from ((".value" if "value" in entry else "", said) for said in value_complaints(entry))


def value_complaints(entry: Mapping[str, Json]) -> Iterator[Phrase]:
    """What is wrong between an operator and its value, one sentence each."""
    operator, value = Operator(entry["operator"]), entry.get("value")
    if operator in WITHOUT_VALUE:
        if value is not None:
            yield phrase("%(operator)s takes no value; remove it", operator=str(operator))
    elif value is None:
        yield phrase("%(operator)s needs a value; add it", operator=str(operator))
    elif operator is Operator.ONE_OF and not (isinstance(value, list) and value):
        yield phrase("one_of needs a list of allowed values; write them as a list")
    elif operator in (Operator.AT_LEAST, Operator.AT_MOST) and number(value) is None:
        yield phrase("%(operator)s needs a number; write one", operator=str(operator))
    elif operator is not Operator.ONE_OF and isinstance(value, list) and any(isinstance(one, list) for one in value):
        yield phrase("%(operator)s takes a value or a list of values; take out the inner list", operator=str(operator))


def baseline_of(document: Mapping[str, Json]) -> Baseline:
    """The baseline of a checked document."""
    head = document["baseline"]
    area = head.get("area", "")
    return Baseline(
        id=head["id"],
        version=head["version"],
        title=head["title"],
        provider=head.get("provider", ""),
        description=head.get("description", ""),
        level=Level(head.get("level", "workspace")),
        extends=head.get("extends", ""),
        assertions=tuple(assertion_of(entry, area) for entry in document.get("assertions") or ()),
        templates=tuple(template_of(entry) for entry in document.get("templates") or ()),
        overrides=tuple(_override(entry) for entry in document.get("overrides") or ()),
    )


def assertion_of(entry: Mapping[str, Json], area: str = "") -> Assertion:
    """The assertion of a checked entry. Setting ids are kept in lower case, paths of a type as written."""
    setting = entry.get("setting", "")
    return Assertion(
        id=entry["id"],
        title=entry["title"],
        severity=entry["severity"],
        setting=setting if "type" in entry else setting.lower(),
        type=entry.get("type", ""),
        area=entry.get("area", area) if setting else "",
        platform=entry.get("platform", ""),
        operator=Operator(entry.get("operator", "any")),
        value=entry.get("value"),
        question=entry.get("question", ""),
        parameters=entry.get("parameters", {}),
        rationale=entry.get("rationale", ""),
        references=references_of(entry),
    )


def template_of(entry: Mapping[str, Json]) -> Template:
    """The template of a checked entry."""
    return Template(
        id=entry["id"],
        title=entry["title"],
        type=entry["type"],
        area=entry["area"],
        settings=entry["settings"],
        severity=entry["severity"],
        platform=entry.get("platform", ""),
        rationale=entry.get("rationale", ""),
        references=references_of(entry),
    )


def references_of(entry: Mapping[str, Json]) -> tuple[Reference, ...]:
    """The references of a checked entry."""
    return tuple(Reference(one["framework"], one["id"]) for one in entry.get("references") or ())


def _override(entry: Mapping[str, Json]) -> Override:
    return Override(entry["assertion"], entry["reason"], entry.get("set", {}), entry.get("drop", False))
