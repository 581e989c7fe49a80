"""A baseline from its YAML text, held against the published schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from trueline.connections.contract import Json
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
from trueline.inventory.assertions.yaml_text import MAX_BYTES, Document, parse_yaml


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
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise InvalidBaseline(f"The baseline {path} cannot be read: {error.strerror or 'unknown cause'}.") from error
    except UnicodeDecodeError as error:
        raise InvalidBaseline(f"The baseline {path} is not UTF-8 text; save it as UTF-8.") from error
    if len(content) > MAX_BYTES:
        raise InvalidBaseline(f"The baseline {path} is larger than {MAX_BYTES // 1024} KiB; split it.")
    return parse_baseline(text, name=path.name)


def parse_baseline(text: str, *, name: str = "the baseline") -> Baseline:
    """The baseline of a YAML text.

    Raises:
        InvalidBaseline: As `read_baseline`.
    """
    found, wrong = examine(text, name=name)
    if found is None or wrong:
        raise InvalidBaseline(f"{name}, {wrong[0].text}" + (f" ({len(wrong) - 1} more)" if len(wrong) > 1 else ""))
    return found


class Wrong(tuple[int, str]):
    """A line, and what is wrong there with what to do. Sorts by line."""

    __slots__ = ()

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self[0]

    @property
    def text(self) -> str:
        """The line and the sentence."""
        return f"line {self[0]}: {self[1]}"


def examine(text: str, *, name: str) -> tuple[Baseline | None, tuple[Wrong, ...]]:
    """The baseline, and everything that is wrong with it by line; None when its shape is not that of a baseline.

    Raises:
        InvalidBaseline: The text is no YAML.
    """
    document = parse_yaml(text, name)
    shape = sorted({_wrong(sentence, document) for sentence in violations(document.value, published_schema())})
    if shape:
        return None, tuple(shape)
    baseline = _baseline(document.value)
    return baseline, tuple(sorted(Wrong((document.line(place), said)) for place, said in _meaning(document.value)))


def _wrong(sentence: str, document: Document) -> Wrong:
    place = max((one for one in document.lines if sentence.startswith(f"{one} ")), key=len, default="")
    line = document.line(place)
    if "not known here" in sentence:
        word = sentence.rpartition(" has ")[2].partition(",")[0]
        line = document.line(f"{place}.{word}".lstrip("."))
        return Wrong((line, f"{sentence}; remove it or correct its name."))
    return Wrong((line, f"{sentence}; {'add it' if ' lacks ' in sentence else 'correct it'}."))


def _meaning(document: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """What the schema cannot say: places and sentences."""
    has_area = "area" in document["baseline"]
    seen: dict[str, str] = {}
    for part in ("assertions", "templates"):
        for index, entry in enumerate(document.get(part) or ()):
            place = f"{part}[{index}]"
            if entry["id"] in seen:
                yield f"{place}.id", f"the id {entry['id']} is taken by {seen[entry['id']]}; give it another."
            seen.setdefault(entry["id"], place)
            if part == "assertions":
                yield from ((f"{place}{inner}", said) for inner, said in _assertion_meaning(entry, has_area))
    for index, entry in enumerate(document.get("overrides") or ()):
        if ("drop" in entry) == ("set" in entry):
            yield f"overrides[{index}]", "an override either drops or sets; write one of `drop: true` and `set`."
    if document.get("overrides") and not document["baseline"].get("extends"):
        yield "overrides", "overrides need a baseline to stand on; say `extends` in the head."


def _assertion_meaning(entry: Mapping[str, Json], has_area: bool) -> Iterator[tuple[str, str]]:
    if ("setting" in entry) == ("question" in entry):
        yield "", f"{entry['id']} must name a `setting` or a `question`, one of them; add or remove one."
        return
    if "question" in entry:
        for word in ("operator", "value", "type", "area", "platform"):
            if word in entry:
                yield f".{word}", f"a question has no `{word}`; remove it, or put it under `parameters`."
        return
    if "parameters" in entry:
        yield ".parameters", "only a question has `parameters`; remove them."
    if "area" not in entry and not has_area:
        yield "", f"{entry['id']} names no area, so absence could not be told; add `area` to it or to the head."
    if "operator" not in entry:
        yield "", f"{entry['id']} lacks operator; add it."
        return
    yield from ((".value" if "value" in entry else "", said) for said in value_complaints(entry))


def value_complaints(entry: Mapping[str, Json]) -> Iterator[str]:
    """What is wrong between an operator and its value, one sentence each."""
    operator, value = Operator(entry["operator"]), entry.get("value")
    if operator in WITHOUT_VALUE:
        if value is not None:
            yield f"{operator} takes no value; remove it."
    elif value is None:
        yield f"{operator} needs a value; add it."
    elif operator is Operator.ONE_OF and not (isinstance(value, list) and value):
        yield "one_of needs a list of allowed values; write them as a list."
    elif operator in (Operator.AT_LEAST, Operator.AT_MOST) and number(value) is None:
        yield f"{operator} needs a number; write one."
    elif operator is not Operator.ONE_OF and isinstance(value, list) and any(isinstance(one, list) for one in value):
        yield f"{operator} takes a value or a list of values; take out the inner list."


def _baseline(document: Mapping[str, Json]) -> Baseline:
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
