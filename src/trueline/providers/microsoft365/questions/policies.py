"""A conditional access policy as its flat settings say it: whom and what it reaches, and what it demands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trueline.connections.contract import Facet, Json, ObjectView
from trueline.providers.microsoft365.questions.devices import device_values
from trueline.providers.microsoft365.questions.regions import PROPERTIES, Box, Members

POLICY_TYPE = "conditionalAccessPolicies"
ENFORCED, REPORT_ONLY, OFF = "enabled", "enabledForReportingButNotEnforced", "disabled"

GUEST_TYPES = (
    "internalGuest",
    "b2bCollaborationGuest",
    "b2bCollaborationMember",
    "b2bDirectConnectUser",
    "otherExternalUser",
    "serviceProvider",
)
_USERS, _APPS, _PLACES = "conditions.users.", "conditions.applications.", "conditions.locations."
_FILTER, _STATES = "conditions.devices.deviceFilter.", "conditions.deviceStates."
_RISKS = {
    "sign_in_risk": "conditions.signInRiskLevels",
    "user_risk": "conditions.userRiskLevels",
    "insider_risk": "conditions.insiderRiskLevels",
}
_KNOWN = (
    _USERS + "includeUsers",
    _USERS + "excludeUsers",
    _USERS + "includeGroups",
    _USERS + "excludeGroups",
    _USERS + "includeRoles",
    _USERS + "excludeRoles",
    _USERS + "includeGuestsOrExternalUsers.",
    _USERS + "excludeGuestsOrExternalUsers.",
    _APPS + "includeApplications",
    _APPS + "excludeApplications",
    _APPS + "includeUserActions",
    _APPS + "includeAuthenticationContextClassReferences",
    _APPS + "applicationFilter.",
    _PLACES + "includeLocations",
    _PLACES + "excludeLocations",
    _FILTER,
    _STATES,
    "conditions.platforms.includePlatforms",
    "conditions.platforms.excludePlatforms",
    "conditions.clientAppTypes",
    "conditions.authenticationFlows.transferMethods",
    "conditions.servicePrincipalRiskLevels",
    "conditions.clientApplications.",
    *_RISKS.values(),
)
_ACTIONS = {
    "urn:user:registersecurityinfo": "registersecurityinfo",
    "urn:user:registerdevice": "registerdevice",
}


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """One policy.

    Attributes:
        state: As the service writes it.
        box: The sign-ins it applies to, exactly or fewer.
        unknown: Conditions that nobody here knows; where there are any, the box reaches nothing for certain.
        controls: Built-in grant controls in lower case.
        strength: Id of the authentication strength, empty without one.
        other_grants: Grants of a kind that proves nothing: terms of use, factors of another vendor.
        is_all_needed: Whether every grant is needed, not any one of them.
        limits: Session controls that are on, in lower case.
    """

    name: str
    path: str
    id: str
    state: str
    box: Box
    unknown: tuple[str, ...]
    controls: frozenset[str]
    strength: str
    other_grants: int
    is_all_needed: bool
    limits: frozenset[str]

    @property
    def excluded_users(self) -> frozenset[str]:
        """The users, groups, roles and guests it leaves out."""
        return self.box.members["users"].exclude


def access_policies(objects: Iterable[ObjectView]) -> tuple[AccessPolicy, ...]:
    """The policies about people, by name; those about workload identities reach no person and are left out."""
    found = (one for one in objects if one.object_type == POLICY_TYPE)
    policies = [_policy(one, one.facets.get(Facet.SETTINGS) or {}) for one in found if not _is_for_workloads(one)]
    return tuple(sorted(policies, key=lambda one: (one.name, one.path, one.id)))


def _is_for_workloads(one: ObjectView) -> bool:
    flat = one.facets.get(Facet.SETTINGS) or {}
    named = many(flat, "conditions.clientApplications.includeServicePrincipals")
    return bool(named and not many(flat, _USERS + "includeUsers") and not many(flat, _USERS + "includeGroups"))


def many(flat: Mapping[str, Json], path: str) -> tuple[str, ...]:
    """The values at a path as text; none when it is absent, one for a single value."""
    value = flat.get(path)
    if value is None:
        return ()
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else (str(value),)


def _policy(one: ObjectView, flat: Mapping[str, Json]) -> AccessPolicy:
    members = {"users": _users(flat), "applications": _applications(flat)}
    properties = _properties(flat)
    if places := _places(flat):
        members["locations"] = places
    rule = "".join(many(flat, _FILTER + "rule"))
    if rule:
        _filter(rule, "".join(many(flat, _FILTER + "mode")).lower() == "include", members, properties)
    return AccessPolicy(
        name=one.name,
        path=one.source_path,
        id=one.external_id,
        state="".join(many(flat, "state")),
        box=Box(members, {name: values for name, values in properties.items() if values != PROPERTIES[name]}),
        unknown=tuple(sorted(path for path in flat if path.startswith("conditions.") and not path.startswith(_KNOWN))),
        controls=frozenset(control.lower() for control in many(flat, "grantControls.builtInControls")),
        strength="".join(many(flat, "grantControls.authenticationStrength.id")).lower(),
        other_grants=len(many(flat, "grantControls.termsOfUse"))
        + len(many(flat, "grantControls.customAuthenticationFactors")),
        is_all_needed="".join(many(flat, "grantControls.operator")).upper() == "AND",
        limits=_limits(flat),
    )


def _limits(flat: Mapping[str, Json]) -> frozenset[str]:
    on = (path for path, value in flat.items() if path.startswith("sessionControls.") and value is True)
    return frozenset(path.split(".")[1].lower() for path in on if path.endswith(".isEnabled"))


def _users(flat: Mapping[str, Json]) -> Members:
    include, exclude = _people(flat, "include"), _people(flat, "exclude")
    return Members("user:all" in include, frozenset(include), frozenset(exclude))


def _people(flat: Mapping[str, Json], way: str) -> set[str]:
    found: set[str] = set()
    for word in many(flat, f"{_USERS}{way}Users"):
        if word.lower() == "guestsorexternalusers":
            found.update(f"guests:{kind}" for kind in GUEST_TYPES)
        elif word.lower() != "none":
            found.add(f"user:{word.lower()}")
    found.update(f"group:{word.lower()}" for word in many(flat, f"{_USERS}{way}Groups"))
    found.update(f"role:{word.lower()}" for word in many(flat, f"{_USERS}{way}Roles"))
    return found | _guests(flat, f"{_USERS}{way}GuestsOrExternalUsers.")


def _guests(flat: Mapping[str, Json], prefix: str) -> set[str]:
    """Kinds of guests; those of named tenants only are a membership of their own."""
    kinds = ",".join(many(flat, prefix + "guestOrExternalUserTypes")).split(",")
    tenants = many(flat, prefix + "externalTenants.members")
    named = f"@{','.join(sorted(tenants))}" if tenants else ""
    canonical = {kind.lower(): kind for kind in GUEST_TYPES}
    return {f"guests:{canonical.get(kind.strip().lower(), kind.strip())}{named}" for kind in kinds if kind.strip()}


def _applications(flat: Mapping[str, Json]) -> Members:
    include = {word.lower() for word in many(flat, _APPS + "includeApplications")} - {"none"}
    exclude = {f"app:{word.lower()}" for word in many(flat, _APPS + "excludeApplications")}
    rule = "".join(many(flat, _APPS + "applicationFilter.rule"))
    if rule:
        way = exclude if "".join(many(flat, _APPS + "applicationFilter.mode")).lower() == "exclude" else include
        way.add(f"filter:{rule}")
    is_all = "all" in include or (not (include or rule) and bool(_targets(flat) - {"applications"}))
    named = {one if one.startswith("filter:") else f"app:{one}" for one in include}
    return Members(is_all, frozenset(named), frozenset(exclude))


def _targets(flat: Mapping[str, Json]) -> frozenset[str]:
    """What kind of request it is about; a policy is about applications, user actions or contexts."""
    actions = {_ACTIONS.get(word.lower(), "other_action") for word in many(flat, _APPS + "includeUserActions")}
    contexts = {"context"} if many(flat, _APPS + "includeAuthenticationContextClassReferences") else set()
    return frozenset(actions | contexts) or frozenset({"applications"})


def _properties(flat: Mapping[str, Json]) -> dict[str, frozenset[str]]:
    found = {"target": _targets(flat), "client": _clients(flat), "platform": _platforms(flat)}
    for name, path in _RISKS.items():
        levels = {word.strip().lower() for one in many(flat, path) for word in one.split(",")} - {""}
        if levels:
            found[name] = PROPERTIES[name] & levels
    flows = {word.strip().lower() for one in many(flat, "conditions.authenticationFlows.transferMethods")
             for word in one.split(",")}  # fmt: skip
    if flows - {"", "none"}:
        found["flow"] = PROPERTIES["flow"] & flows
    states = {word.lower() for word in many(flat, _STATES + "excludeStates")}
    if states:
        managed = {"compliant": "compliant", "domainjoined": "joined"}
        out = {value for word in states for value in PROPERTIES["device"] if managed.get(word, "?") in value}
        found["device"] = PROPERTIES["device"] - out
    return found


def _clients(flat: Mapping[str, Json]) -> frozenset[str]:
    named = {word.lower() for word in many(flat, "conditions.clientAppTypes")}
    if not named or "all" in named:
        return PROPERTIES["client"]
    return frozenset(value for value in PROPERTIES["client"] if value.lower() in named)


def _platforms(flat: Mapping[str, Json]) -> frozenset[str]:
    include = {word.lower() for word in many(flat, "conditions.platforms.includePlatforms")}
    exclude = {word.lower() for word in many(flat, "conditions.platforms.excludePlatforms")}
    reached = PROPERTIES["platform"] if not include or "all" in include else PROPERTIES["platform"] & include
    return reached - exclude


def _places(flat: Mapping[str, Json]) -> Members | None:
    include = {word.lower() for word in many(flat, _PLACES + "includeLocations")}
    exclude = frozenset(f"place:{word.lower()}" for word in many(flat, _PLACES + "excludeLocations"))
    if not include and not exclude:
        return None
    return Members(not include or "all" in include, frozenset(f"place:{word}" for word in include), exclude)


def _filter(rule: str, is_included: bool, members: dict[str, Members], properties: dict[str, frozenset[str]]) -> None:
    """Limit a policy by its device filter: by kind of device where the rule says no more, else by the rule itself."""
    meant = device_values(rule)
    mine = properties.get("device", PROPERTIES["device"])
    if meant is not None and is_included and meant.is_exact:
        properties["device"] = mine & meant.values
    elif meant is not None and not is_included:
        # A filter that leaves out fewer devices than these is taken to leave out all of them: never too much reach.
        properties["device"] = mine - meant.values
    else:
        named = frozenset({f"filter:{rule}"})
        members["filters"] = Members(is_all=False, include=named) if is_included else Members(exclude=named)
