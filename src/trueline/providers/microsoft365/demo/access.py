"""Writes conditional access policies as Graph shows them, from the short entries of the content file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
Spec = Mapping[str, Any]

_EMERGENCY = "{group:Users - Emergency access}"
_EXCEPTIONS = "{group:Users - Conditional access exceptions}"
_GUESTS = "internalGuest,b2bCollaborationGuest,b2bCollaborationMember,b2bDirectConnectUser,otherExternalUser"


def access_policy(spec: Spec) -> Json:
    """The members of a policy that differ from one to the next; references are still written by name."""
    return {
        "conditions": _conditions(spec),
        "grantControls": _grant(spec),
        "sessionControls": _session(spec),
    }


def _conditions(spec: Spec) -> Json:
    return {
        "userRiskLevels": list(spec.get("user_risk", ())),
        "signInRiskLevels": list(spec.get("sign_in_risk", ())),
        "clientAppTypes": list(spec.get("clients", ("all",))),
        "servicePrincipalRiskLevels": [],
        "insiderRiskLevels": None,
        "platforms": _including(spec.get("platforms", ()), "Platforms"),
        "locations": _locations(spec),
        "times": None,
        "deviceStates": None,
        "devices": None,
        "clientApplications": None,
        "authenticationFlows": {"transferMethods": spec["transfer"]} if "transfer" in spec else None,
        "applications": _applications(spec),
        "users": _users(spec),
    }


def _applications(spec: Spec) -> Json:
    actions = list(spec.get("actions", ()))
    return {
        "includeApplications": list(spec.get("apps", () if actions else ("All",))),
        "excludeApplications": [],
        "includeUserActions": actions,
        "includeAuthenticationContextClassReferences": [],
        "applicationFilter": None,
    }


def _users(spec: Spec) -> Json:
    is_for_guests = spec.get("guests", False)
    return {
        "includeUsers": list(spec.get("include", ())),
        "excludeUsers": [],
        "includeGroups": [f"{{group:{name}}}" for name in spec.get("groups", ())],
        "excludeGroups": [_EMERGENCY] if is_for_guests else [_EMERGENCY, _EXCEPTIONS],
        "includeRoles": list(spec.get("roles", ())),
        "excludeRoles": [],
        "includeGuestsOrExternalUsers": _guests() if is_for_guests else None,
        "excludeGuestsOrExternalUsers": None,
    }


def _guests() -> Json:
    tenants = {"@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants", "membershipKind": "all"}
    return {"guestOrExternalUserTypes": _GUESTS, "externalTenants": tenants}


def _locations(spec: Spec) -> Json | None:
    places = [f"{{location:{name}}}" for name in spec.get("locations", ())]
    return {"includeLocations": ["All"], "excludeLocations": places} if places else None


def _including(values: Sequence[str], word: str) -> Json | None:
    return {f"include{word}": list(values), f"exclude{word}": []} if values else None


def _grant(spec: Spec) -> Json | None:
    if "strength" in spec:
        strength = {"id": f"{{strength:{spec['strength']}}}", "displayName": spec["strength"]}
        return _controls("OR", [], strength)
    controls = list(spec.get("grant", ()))
    is_both = "passwordChange" in controls
    return _controls("AND" if is_both else "OR", controls, None) if controls else None


def _controls(operator: str, controls: list[str], strength: Json | None) -> Json:
    return {
        "operator": operator,
        "builtInControls": controls,
        "customAuthenticationFactors": [],
        "termsOfUse": [],
        "authenticationStrength": strength,
    }


def _session(spec: Spec) -> Json | None:
    if "session_hours" in spec:
        return _session_controls("signInFrequency", {
            "value": spec["session_hours"], "type": "hours", "authenticationType": "primaryAndSecondaryAuthentication",
            "frequencyInterval": "timeBased", "isEnabled": True,
        })  # fmt: skip
    if "persistent" in spec:
        return _session_controls("persistentBrowser", {"mode": spec["persistent"], "isEnabled": True})
    return None


def _session_controls(name: str, control: Json) -> Json:
    empty = dict.fromkeys(
        (
            "disableResilienceDefaults",
            "applicationEnforcedRestrictions",
            "cloudAppSecurity",
            "signInFrequency",
            "persistentBrowser",
            "continuousAccessEvaluation",
            "secureSignInSession",
        )
    )
    return {**empty, name: control}
