"""A world model as the document that its file holds, and back: reading what was written gives the same model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from trueline.engine.rules.model import Example, Rule, WorldModel

Json = dict[str, Any]


def model_document(model: WorldModel) -> Json:
    """The model as its file's document, with everything that decides a verdict or a score."""
    return {
        "world_model": {
            "id": model.id,
            "name": model.name,
            "domain": model.domain,
            "version": model.version,
            "authority": {"name": model.authority, "version": model.authority_version},
        },
        "scoring": {"rubric": dict(model.rubric), "blend": model.blend, "hard_cap": model.hard_cap},
        **({"values": dict(model.values)} if model.values else {}),
        "rules": [rule_document(rule) for rule in model.rules],
    }


def rule_document(rule: Rule) -> Json:
    """One rule as its entry; what is empty is left out, as in a file written by hand."""
    entry: Json = {
        "id": rule.id,
        "text": rule.text,
        "why": rule.why,
        "status": rule.status.value,
        "provenance": {"tier": rule.tier.value, "source": rule.source},
        "approved_by": rule.approved_by,
        "hard": rule.hard,
        "weight": rule.weight,
        "dimension": rule.dimension,
        "relations": {kind: list(others) for kind, others in rule.relations.items()},
        "check": rule.check,
        "examples": [_example(each) for each in rule.examples],
    }
    return {name: value for name, value in entry.items() if value not in ("", [], {}, False)}


def _example(example: Example) -> Json:
    return {"name": example.name, "expect": example.expect.value, "steps": list(example.steps)}


def model_text(model: WorldModel) -> str:
    """The document as YAML, in the order of its keys; text that looks like a date or a number is quoted."""
    return yaml.dump(model_document(model), Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=110)


class _PlainDumper(yaml.SafeDumper):
    """Writes each value in full: an alias to another place of the file is nothing that people read."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the library's own signature
        return True
