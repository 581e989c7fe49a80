"""Whether an authentication strength is multifactor, and whether it resists phishing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum

from trueline.connections.contract import Facet, ObjectView

STRENGTH_TYPE = "authenticationStrengthPolicies"
_MULTIFACTOR_ALONE = frozenset(
    {
        "windowshelloforbusiness",
        "fido2",
        "x509certificatemultifactor",
        "devicebasedpush",
        "temporaryaccesspassonetime",
        "temporaryaccesspassmultiuse",
        "federatedmultifactor",
    }
)
_PHISHING_RESISTANT = frozenset({"windowshelloforbusiness", "fido2", "x509certificatemultifactor"})


class Strength(IntEnum):
    """How strong a way to sign in is, as an order."""

    UNKNOWN = -1
    SINGLE = 0
    MULTIFACTOR = 1
    PHISHING_RESISTANT = 2


BUILT_IN: Mapping[str, Strength] = {
    "00000000-0000-0000-0000-000000000002": Strength.MULTIFACTOR,
    "00000000-0000-0000-0000-000000000003": Strength.MULTIFACTOR,
    "00000000-0000-0000-0000-000000000004": Strength.PHISHING_RESISTANT,
}
"""The strengths that every tenant has: multifactor, passwordless, phishing-resistant."""


def strengths(objects: Iterable[ObjectView]) -> dict[str, Strength]:
    """The strength of every authentication strength that is known, by id in lower case."""
    found = dict(BUILT_IN)
    for one in objects:
        if one.object_type == STRENGTH_TYPE and one.external_id.lower() not in BUILT_IN:
            allowed = (one.facets.get(Facet.SETTINGS) or {}).get("allowedCombinations")
            found[one.external_id.lower()] = weakest(allowed if isinstance(allowed, list) else [])
    return found


def weakest(combinations: Iterable[str]) -> Strength:
    """The strength of the weakest of several combinations; unknown when there is none."""
    return min((_combination(str(one)) for one in combinations), default=Strength.UNKNOWN)


def _combination(text: str) -> Strength:
    factors = {one.strip().lower() for one in text.split(",")}
    if factors <= _PHISHING_RESISTANT:
        return Strength.PHISHING_RESISTANT
    if len(factors) > 1 or factors <= _MULTIFACTOR_ALONE:
        return Strength.MULTIFACTOR
    return Strength.SINGLE
