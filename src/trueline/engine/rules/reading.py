"""A world model from its YAML file, checked against the published schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING, Any

import yaml

from trueline.engine.rules.json_schema import violations
from trueline.engine.rules.model import Example, ProvenanceTier, Rule, RuleStatus, RuleVerdict, WorldModel
from trueline.engine.scores import EngineError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 2 * 1024 * 1024
SHOWN_VIOLATIONS = 5


class WorldModelError(EngineError):
    """A file that is no world model."""


class _PlainLoader(yaml.SafeLoader):
    """Reads dates as the text they are written in: rules compare what tools returned, which is text."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def published_schema() -> dict[str, Any]:
    """The JSON Schema of a world model file."""
    text = resources.files("trueline.engine.rules").joinpath("world_model.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def read_world_model(path: Path) -> WorldModel:
    """The world model of a file.

    Raises:
        WorldModelError: The file cannot be read, is no YAML, or breaks the schema; says where.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WorldModelError(f"The world model {path} cannot be read: {error}.") from error
    if len(raw) > MAX_BYTES:
        raise WorldModelError(f"The world model {path} is larger than {MAX_BYTES // 1024} KiB.")
    return parse_world_model(text, name=path.name)


def parse_world_model(text: str, *, name: str = "the text") -> WorldModel:
    """The world model of a YAML text.

    Raises:
        WorldModelError: The text is no YAML or breaks the schema.
    """
    try:
        document = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a safe loader without dates
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise WorldModelError(f"{name} is no YAML: {' '.join(str(error).split())}.") from error
    return world_model_of(document, name=name)


def world_model_of(document: Any, *, name: str = "the document") -> WorldModel:
    """The world model of a document, as a file holds it.

    Raises:
        WorldModelError: It breaks the schema; says where.
    """
    wrong = list(islice(violations(document, published_schema()), SHOWN_VIOLATIONS))
    if wrong:
        raise WorldModelError(f"{name} is no world model: {'; '.join(wrong)}.")
    return _world_model(document)


def _world_model(document: Mapping[str, Any]) -> WorldModel:
    head, scoring = document["world_model"], document.get("scoring", {})
    return WorldModel(
        id=head["id"],
        name=head["name"],
        domain=head["domain"],
        version=head["version"],
        authority=head["authority"]["name"],
        authority_version=head["authority"]["version"],
        values=document.get("values", {}),
        rules=tuple(_rule(rule) for rule in document["rules"]),
        rubric=scoring.get("rubric", {}),
        blend=scoring.get("blend", 0.6),
        hard_cap=scoring.get("hard_cap", 0.49),
    )


def _rule(rule: Mapping[str, Any]) -> Rule:
    return Rule(
        id=rule["id"],
        text=" ".join(rule["text"].split()),
        why=" ".join(rule.get("why", "").split()),
        status=RuleStatus(rule["status"]),
        tier=ProvenanceTier(rule["provenance"]["tier"]),
        source=rule["provenance"]["source"],
        hard=rule.get("hard", False),
        weight=float(rule.get("weight", 1.0)),
        dimension=rule.get("dimension", "conduct"),
        approved_by=rule.get("approved_by", ""),
        relations={kind: texts(ids) for kind, ids in rule.get("relations", {}).items()},
        check=rule["check"],
        examples=tuple(
            Example(each["name"], RuleVerdict(each["expect"]), tuple(each["steps"]))
            for each in rule.get("examples", [])
        ),
    )


def texts(value: str | list[str] | None) -> tuple[str, ...]:
    """One text or a list of texts as a tuple; None is empty."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
