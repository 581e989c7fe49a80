"""World models for the tests, small enough to read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import yaml

from trueline.evaluations import queries
from trueline.evaluations.actions.importing import import_world_model
from trueline.kit.scope import Scope


def rule(key: str, **changes: Any) -> dict[str, Any]:
    """A rule: the tool is called by itself."""
    return {
        "id": key,
        "text": f"What {key} asks for.",
        "status": "provisional",
        "provenance": {"tier": "curated", "source": "A handbook"},
        "check": {"calls": {"of": f"tool_{key.replace('-', '_')}", "require": "call.alone"}},
        "examples": [
            {"name": "alone", "expect": "passed", "steps": [{"call": f"tool_{key.replace('-', '_')}"}]},
            {
                "name": "beside another",
                "expect": "failed",
                "steps": [{"call": f"tool_{key.replace('-', '_')}", "alongside": 1}],
            },
        ],
        **changes,
    }


def text(*rules: dict[str, Any], **head: Any) -> str:
    """A file with these rules."""
    named = {"id": "shop", "name": "Shop", "domain": "An agent of a shop", "version": "1", **head}
    named.setdefault("authority", {"name": "Shop policy", "version": "2026"})
    return yaml.safe_dump({"world_model": named, "rules": list(rules)}, sort_keys=False)


def imported(scope: Scope, *rules: dict[str, Any], **head: Any) -> UUID:
    """The id of a world model with these rules."""
    return import_world_model(scope, text(*rules, **head), actor=scope.actor).world_model_id


def rule_id(scope: Scope, world_model_id: UUID, key: str) -> UUID:
    """The id of a rule by its key."""
    return queries.world_rules(scope, [world_model_id]).get(key=key).pk
