"""Small tenants for the questions of conditional access."""

from __future__ import annotations

from typing import Any

from trueline.connections.contract import Answer, Contents, Coverage, Record
from trueline.providers.microsoft365.normalise import record_of
from trueline.providers.microsoft365.questions.access import QUESTIONS
from trueline.providers.microsoft365.ruleset import rule_of

ROLE = "62e90394-69f5-4237-9190-012177145e10"
EVERYTHING_READ = dict.fromkeys(("conditional_access", "security_defaults", "groups"), Coverage.COMPLETE)


def policy(name: str = "P", /, *, state: str = "enabled", grant: Any = ("mfa",), **fields: Any) -> Record:
    """A policy for all users and applications; `fields` are members of the conditions, or grants by their own name.

    `grant` is a list of built-in controls; `operator`, `strength`, `terms`, `session` and `others` say the rest.
    """
    users = {"includeUsers": ["All"]} | fields.pop("users", {})
    applications = {"includeApplications": ["All"]} if "applications" not in fields else fields.pop("applications")
    raw = {
        "id": name.lower(),
        "displayName": name,
        "state": state,
        "grantControls": {
            "operator": fields.pop("operator", "OR"),
            "builtInControls": list(grant),
            "termsOfUse": list(fields.pop("terms", ())),
            "authenticationStrength": {"id": fields.pop("strength")} if "strength" in fields else None,
        },
        "sessionControls": fields.pop("session", None),
        "conditions": {"clientAppTypes": ["all"], "users": users, "applications": applications, **fields},
    }
    return record_of(raw, rule_of("conditionalAccessPolicies"), f"{name}.json")


def thing(kind: str, key: str, name: str = "", /, **members: Any) -> Record:
    raw = {"id": key, "displayName": name or key, **members}
    return record_of(raw, rule_of(kind), f"{key}.json")


def group(key: str, name: str) -> Record:
    return thing("groups", key, name)


def defaults(*, enabled: bool) -> Record:
    return thing("identitySecurityDefaultsEnforcementPolicy", "defaults", isEnabled=enabled)


def ask(question: str, *objects: Record, coverage: Any = None, **parameters: Any) -> Answer:
    areas = EVERYTHING_READ if coverage is None else coverage
    return QUESTIONS[f"conditional_access.{question}"].answer(Contents(objects, areas, parameters))
