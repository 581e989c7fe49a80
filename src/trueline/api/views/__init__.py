"""One module for each kind of record; importing this package makes every operation known."""

from trueline.api.views import (
    audit,
    captures,
    comparison,
    environments,
    exceptions,
    findings,
    keys,
    members,
    runs,
    standards,
    workspaces,
)

__all__ = [
    "audit",
    "captures",
    "comparison",
    "environments",
    "exceptions",
    "findings",
    "keys",
    "members",
    "runs",
    "standards",
    "workspaces",
]
