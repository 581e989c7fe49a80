"""A baseline as YAML. Reading what was written and writing it again gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping

from trueline.connections.contract import Json
from trueline.inventory.assertions.model import WITHOUT_VALUE, Assertion, Baseline, Level, Override, Reference, Template
from trueline.inventory.assertions.yaml_text import write_yaml
from trueline.kit import digest

Demand = Assertion | Template


def baseline_text(baseline: Baseline) -> str:
    """The YAML text of a baseline, members in the order of the schema, empty ones left out."""
    return write_yaml(baseline_document(baseline))


def baseline_document(baseline: Baseline) -> dict[str, Json]:
    """The baseline as a JSON value that conforms to the published schema."""
    head = {
        "id": baseline.id,
        "version": baseline.version,
        "title": baseline.title,
        "provider": baseline.provider,
        "description": baseline.description,
        "level": "" if baseline.level is Level.WORKSPACE else baseline.level.value,
        "extends": baseline.extends,
    }
    return _filled(
        {
            "baseline": _filled(head),
            "assertions": [assertion_document(one) for one in baseline.assertions],
            "templates": [template_document(one) for one in baseline.templates],
            "overrides": [_override(one) for one in baseline.overrides],
        }
    )


def assertion_document(one: Assertion) -> dict[str, Json]:
    """An assertion as it stands in the file."""
    about = {"setting": one.setting, "type": one.type, "area": one.area, "platform": one.platform}
    entry: dict[str, Json] = {"id": one.id, "title": one.title, "severity": one.severity, **about}
    if one.setting:
        entry["operator"] = one.operator.value
    entry |= {"question": one.question, "parameters": dict(one.parameters)}
    entry |= {"rationale": one.rationale, "references": _references(one)}
    found = _filled(entry)
    if one.setting and one.operator not in WITHOUT_VALUE:
        found = _after(found, "operator", "value", one.value)
    return found


def template_document(one: Template) -> dict[str, Json]:
    """A template as it stands in the file."""
    entry = {
        "id": one.id,
        "title": one.title,
        "severity": one.severity,
        "type": one.type,
        "area": one.area,
        "platform": one.platform,
        "settings": dict(one.settings),
        "rationale": one.rationale,
        "references": _references(one),
    }
    return _filled(entry)


def same_demand(one: Demand | None, other: Demand | None) -> bool:
    """Whether two demands stand in a file the same; in Python alone false would be 0."""
    return one == other and (one is None or other is None or _bytes(one) == _bytes(other))


def _bytes(one: Demand) -> bytes:
    return digest.quick(template_document(one) if isinstance(one, Template) else assertion_document(one))


def _override(one: Override) -> dict[str, Json]:
    what: dict[str, Json] = {"drop": True} if one.is_drop else {"set": dict(one.changes)}
    return {"assertion": one.assertion, **what, "reason": one.reason}


def _references(one: Assertion | Template) -> list[dict[str, str]]:
    return [reference_document(each) for each in one.references]


def reference_document(one: Reference) -> dict[str, str]:
    """A reference as it stands in the file."""
    return {"framework": one.framework, "id": one.id}


def _filled(entry: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in entry.items() if value not in ("", [], {})}


def _after(entry: Mapping[str, Json], mark: str, name: str, value: Json) -> dict[str, Json]:
    """The entry with one more member behind `mark`; a value may be false, zero or empty text and still be one."""
    found: dict[str, Json] = {}
    for key, member in entry.items():
        found[key] = member
        if key == mark:
            found[name] = value
    return found
