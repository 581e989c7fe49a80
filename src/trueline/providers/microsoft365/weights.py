"""How much a difference matters in a Microsoft 365 tenant, when no standard says otherwise.

A rule of thumb in three tables: who may sign in comes first, then what protects a device, then the rest.
"""

from __future__ import annotations

import re

_OF_AREA = {
    "conditional_access": "high",
    "security_defaults": "critical",
    "authentication_methods": "high",
    "authentication_strengths": "high",
    "authorization": "high",
    "cross_tenant_access": "high",
    "named_locations": "high",
    "directory_roles": "high",
    "intune_roles": "high",
    "filters": "low",
    "scope_tags": "low",
    "groups": "low",
    "notifications": "low",
    "autopilot": "low",
    "other": "low",
}
_OF_FACET = {"identity": "info", "metadata": "info", "scope_tags": "low"}
_LETS_PEOPLE_IN = re.compile(
    r"^(state|grantcontrols\b.*|conditions\.users\.(in|ex)clude.*|conditions\.clientapptypes.*"
    r"|conditions\.applications\.exclude.*)$",
    re.IGNORECASE,
)
_IS_TRUSTED_PLACE = re.compile(r"^(istrusted|ipranges\b.*)$", re.IGNORECASE)
_PROTECTS_A_DEVICE = re.compile(
    r"realtimemonitoring|realtimeprotection|tamperprotection|bitlocker|encryption|enablefirewall|firewallrules"
    r"|attacksurfacereduction|credentialguard|lsaprotection|smartscreen.*prevent|secureboot|passwordrequired",
    re.IGNORECASE,
)
_WATCHES_FILES = re.compile(r"allowrealtimemonitoring", re.IGNORECASE)


def weigh(area: str, facet: str, path: str) -> str:
    """A severity word for one difference; an empty facet is a whole object that is missing."""
    if facet in _OF_FACET:
        return _OF_FACET[facet]
    if facet == "assignments":
        return "high"
    usual = _OF_AREA.get(area, "medium")
    if facet == "settings":
        return _of_setting(area, path) or usual
    return usual


def _of_setting(area: str, path: str) -> str:
    """The severity of what a setting's path is known for, empty when nothing is."""
    if area == "conditional_access":
        return "critical" if _LETS_PEOPLE_IN.match(path) else ""
    if area == "named_locations":
        return "critical" if _IS_TRUSTED_PLACE.match(path) else ""
    if _WATCHES_FILES.search(path):
        return "critical"
    return "high" if _PROTECTS_A_DEVICE.search(path) else ""
