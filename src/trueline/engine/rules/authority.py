"""The handle under which an evaluation names the rules it used: a UUID and a hash of the rule set."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any

from trueline.engine.rules.model import RuleStatus

if TYPE_CHECKING:
    from trueline.engine.rules.model import WorldModel

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:trueline:world-model")


def rule_set_hash(model: WorldModel) -> str:
    """SHA-256 over the enshrined rules, sorted by id, as canonical JSON; 64 hex digits.

    Only texts are hashed (no numbers), so key-sorted JSON without white space is RFC 8785's form.
    """
    rules = [
        {
            "id": rule.id,
            "text": rule.text,
            "tier": rule.tier.value,
            "source": rule.source,
            "authority": model.authority,
            "authority_version": model.authority_version,
        }
        for rule in sorted(model.rules, key=lambda rule: rule.id)
        if rule.status is RuleStatus.ENSHRINED
    ]
    canonical = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def authority_ref(model: WorldModel) -> dict[str, Any]:
    """The handle of a version: the same model, version and enshrined rules always give the same one."""
    digest = rule_set_hash(model)
    return {"uuid": str(uuid.uuid5(NAMESPACE, f"{model.id}\x00{model.version}\x00{digest}")), "sha256": digest}
