"""What a device filter means for managed and unmanaged devices, where its rule says nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trueline.providers.microsoft365.questions.regions import PROPERTIES

_ALL = PROPERTIES["device"]
_COMPLIANT = frozenset({"compliant", "compliant_and_joined"})
_JOINED = frozenset({"joined", "compliant_and_joined"})
_CLAUSE = re.compile(
    r'^device\.(?P<name>isCompliant|trustType)\s+-(?P<sign>eq|ne)\s+"?(?P<value>[A-Za-z]+)"?$', re.IGNORECASE
)
_OR, _AND = re.compile(r"\s+-or\s+", re.IGNORECASE), re.compile(r"\s+-and\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meant:
    """The kinds of device that a rule can match; exact when it matches every device of these kinds."""

    values: frozenset[str]
    is_exact: bool


def device_values(rule: str) -> Meant | None:
    """The kinds of device that a rule matches at most; None when the rule says nothing about them."""
    if "(" in rule:
        return None
    either = _OR.split(rule.strip())
    if len(either) > 1 and _AND.search(rule):
        return None
    if len(either) > 1:
        found = [_clause(one) for one in either]
        known = [one for one in found if one is not None]
        return Meant(frozenset().union(*known), is_exact=True) if len(known) == len(found) else None
    both = [_clause(one) for one in _AND.split(rule.strip())]
    known = [one for one in both if one is not None]
    return Meant(_ALL.intersection(*known), len(known) == len(both)) if known else None


def _clause(text: str) -> frozenset[str] | None:
    found = _CLAUSE.match(text.strip())
    if found is None:
        return None
    name, value, is_equal = found["name"].lower(), found["value"].lower(), found["sign"].lower() == "eq"
    if name == "iscompliant" and value in ("true", "false"):
        return _COMPLIANT if is_equal == (value == "true") else _ALL - _COMPLIANT
    if name == "trusttype" and value == "serverad":
        return _JOINED if is_equal else _ALL - _JOINED
    return None
