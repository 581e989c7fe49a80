"""Regions and memberships in words, with names where the export tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trueline.connections.contract import ObjectView
from trueline.providers.microsoft365.questions.regions import Membership, Region
from trueline.providers.microsoft365.questions.roles import ADMINISTRATORS, OTHER_ROLES

_NAMED_AREAS = frozenset({"groups", "named_locations", "directory_roles", "other"})
_WORDS = {
    "client": "with the client types",
    "platform": "from the platforms",
    "device": "from devices that are",
    "sign_in_risk": "at the sign-in risk",
    "user_risk": "at the user risk",
    "insider_risk": "at the insider risk",
    "flow": "with the authentication flow",
    "target": "for",
}
_GUESTS = "guests of the kind"


def names_of(objects: Iterable[ObjectView]) -> Mapping[str, str]:
    """Names of groups, locations and roles, by id in lower case."""
    known = {**ADMINISTRATORS, **OTHER_ROLES}
    found = {one.external_id.lower(): one.name for one in objects if one.external_id and one.area in _NAMED_AREAS}
    return {**known, **found}


def kind_and_id(element: str) -> tuple[str, str]:
    """The kind and the id of a membership's element."""
    kind, _, found = element.partition(":")
    return kind, found


def gap(region: Region, start: Region, names: Mapping[str, str]) -> str:
    """What a left-over region is, in words, told by what sets it apart from what was asked about."""
    extra, outside = sorted(region.within - start.within), sorted(region.outside - start.outside)
    asked = sorted(region.within & start.within)
    who = " who are also ".join(_who(one, names) for axis, one in extra if axis == "users")
    parts = [who or " ".join(_who(one, names) for axis, one in asked if axis == "users") or "everybody"]
    left = [one for axis, one in outside if axis == "users" and not who]
    if left:
        parts.append(f"who is not {_any(left, names)}")
    parts += [_where(membership, names) for membership in extra if membership[0] != "users"]
    for axis in ("applications", "locations", "filters", "unknown"):
        beyond = [one for found, one in outside if found == axis]
        if beyond:
            parts.append(_beyond(axis, beyond, names))
    before = dict(start.properties)
    parts += [f"{_WORDS[name]} {', '.join(sorted(v))}" for name, v in region.properties if v != before[name]]
    return " ".join(parts)


def _any(several: Iterable[str], names: Mapping[str, str]) -> str:
    shown = [_who(one, names) for one in several]
    return shown[0] if len(shown) == 1 else f"one of {', '.join(shown)}"


def _who(element: str, names: Mapping[str, str]) -> str:
    kind, found = kind_and_id(element)
    if kind == "guests":
        return f"{_GUESTS} {found}"
    name = names.get(found, "")
    if kind == "group":
        return f"members of the group {name or found}"
    return f"the {kind} {name or found}"


def _where(membership: Membership, names: Mapping[str, str]) -> str:
    axis, element = membership
    kind, found = kind_and_id(element)
    if axis == "locations":
        return "from trusted locations" if found == "alltrusted" else f"from the location {names.get(found) or found}"
    if axis == "filters":
        return f"from devices that match the filter {found}"
    if kind == "filter":
        return f"in applications that match the filter {found}"
    return f"in the application {names.get(found) or found}"


def _beyond(axis: str, several: list[str], names: Mapping[str, str]) -> str:
    shown = ", ".join(names.get(kind_and_id(one)[1]) or kind_and_id(one)[1] for one in several)
    words = {
        "applications": f"in applications other than {shown}",
        "locations": f"from other places than {shown}",
        "filters": f"from devices that do not match the filter {shown}",
        "unknown": f"as nobody here knows the condition {shown}",
    }
    return words[axis]


def listed(several: Iterable[str], most: int = 3) -> str:
    """A few of several, and how many more."""
    known = list(several)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return "; ".join(known[:most]) + more
