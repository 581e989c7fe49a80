"""Regions and memberships in words, with names where the export tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from trueline.connections.contract import ObjectView, Phrase, phrase
from trueline.providers.microsoft365.questions.regions import Membership, Region
from trueline.providers.microsoft365.questions.roles import ADMINISTRATORS, OTHER_ROLES

_NAMED_AREAS = frozenset({"groups", "named_locations", "directory_roles", "other"})
_VALUES = {
    "registersecurityinfo": phrase("the registration of security information"),
    "registerdevice": phrase("the registration of a device"),
    "other_action": phrase("other user actions"),
    "context": phrase("authentication contexts"),
    "applications": phrase("applications"),
    "browser": phrase("browser"),
    "mobileAppsAndDesktopClients": phrase("mobile apps and desktop clients"),
    "exchangeActiveSync": phrase("Exchange ActiveSync"),
    "other": phrase("other clients"),
    "unmanaged": phrase("unmanaged"),
    "compliant": phrase("compliant"),
    "joined": phrase("hybrid joined"),
    "compliant_and_joined": phrase("compliant and hybrid joined"),
    "none": phrase("none"),
    "low": phrase("low"),
    "medium": phrase("medium"),
    "high": phrase("high"),
    "minor": phrase("minor"),
    "moderate": phrase("moderate"),
    "elevated": phrase("elevated"),
    "devicecodeflow": phrase("device code flow"),
    "authenticationtransfer": phrase("authentication transfer"),
    "android": phrase("Android"),
    "ios": phrase("iOS"),
    "windows": phrase("Windows"),
    "windowsphone": phrase("Windows Phone"),
    "macos": phrase("macOS"),
    "linux": phrase("Linux"),
    "unknown": phrase("an unknown platform"),
}
"""Every value of a property in words; a test holds them to `regions.PROPERTIES`."""


def names_of(objects: Iterable[ObjectView]) -> Mapping[str, str]:
    """Names of groups, locations and roles, by id in lower case."""
    known = {**ADMINISTRATORS, **OTHER_ROLES}
    found = {one.external_id.lower(): one.name for one in objects if one.external_id and one.area in _NAMED_AREAS}
    return {**known, **found}


def kind_and_id(element: str) -> tuple[str, str]:
    """The kind and the id of a membership's element."""
    kind, _, found = element.partition(":")
    return kind, found


def gap(region: Region, start: Region, names: Mapping[str, str]) -> Phrase:
    """What a left-over region is, in words, told by what sets it apart from what was asked about."""
    extra, outside = sorted(region.within - start.within), sorted(region.outside - start.outside)
    asked = sorted(region.within & start.within)
    who = [_who(one, names) for axis, one in extra if axis == "users"]
    whom = who or [_who(one, names) for axis, one in asked if axis == "users"] or [phrase("everybody")]
    parts = [reduce(_also, whom) if who else reduce(_beside, whom)]
    left = [one for axis, one in outside if axis == "users" and not who]
    if left:
        parts.append(phrase("who is not %(who)s", who=_any(left, names)))
    parts += [_where(membership, names) for membership in extra if membership[0] != "users"]
    for axis in ("applications", "locations", "filters", "unknown"):
        beyond = [one for found, one in outside if found == axis]
        if beyond:
            parts.append(_beyond(axis, beyond, names))
    before = dict(start.properties)
    parts += [_with(name, sorted(values)) for name, values in region.properties if values != before[name]]
    return reduce(_beside, parts)


def _beside(one: Phrase, other: Phrase) -> Phrase:
    # Translators: two parts of a sentence that say more and more of whom a policy does not cover.
    return phrase("%(one)s %(other)s", one=one, other=other)


def _also(one: Phrase, other: Phrase) -> Phrase:
    return phrase("%(one)s who are also %(other)s", one=one, other=other)


def _with(name: str, values: list[str]) -> Phrase:
    said = tuple(_VALUES.get(value, value) for value in values)
    return {
        "client": phrase("with the client types %(values)s", values=said),
        "platform": phrase("from the platforms %(values)s", values=said),
        "device": phrase("from devices that are %(values)s", values=said),
        "sign_in_risk": phrase("at the sign-in risk %(values)s", values=said),
        "user_risk": phrase("at the user risk %(values)s", values=said),
        "insider_risk": phrase("at the insider risk %(values)s", values=said),
        "flow": phrase("with the authentication flow %(values)s", values=said),
        "target": phrase("for %(values)s", values=said),
    }[name]


def _any(several: Sequence[str], names: Mapping[str, str]) -> Phrase:
    shown = tuple(_who(one, names) for one in several)
    return shown[0] if len(shown) == 1 else phrase("one of %(several)s", several=shown)


def _who(element: str, names: Mapping[str, str]) -> Phrase:
    kind, found = kind_and_id(element)
    if kind == "group":
        return phrase("members of the group %(name)s", name=names.get(found) or found)
    return whom(kind, found, names.get(found, ""))


def whom(kind: str, found: str, name: str) -> Phrase:
    """One user, group, role or kind of guests."""
    if kind == "guests":
        return phrase("guests of the kind %(kind)s", kind=found)
    if kind == "group":
        return phrase("the group %(name)s", name=name or found)
    if kind == "role":
        return phrase("the role %(name)s", name=name or found)
    return phrase("the user %(name)s", name=name or found)


def _where(membership: Membership, names: Mapping[str, str]) -> Phrase:
    axis, element = membership
    kind, found = kind_and_id(element)
    name = names.get(found) or found
    if axis == "locations" and found == "alltrusted":
        return phrase("from trusted locations")
    if axis == "locations":
        return phrase("from the location %(name)s", name=name)
    if axis == "filters":
        return phrase("from devices that match the filter %(filter)s", filter=found)
    if kind == "filter":
        return phrase("in applications that match the filter %(filter)s", filter=found)
    return phrase("in the application %(name)s", name=name)


def _beyond(axis: str, several: list[str], names: Mapping[str, str]) -> Phrase:
    shown = tuple(names.get(kind_and_id(one)[1]) or kind_and_id(one)[1] for one in several)
    return {
        "applications": phrase("in applications other than %(names)s", names=shown),
        "locations": phrase("from other places than %(names)s", names=shown),
        "filters": phrase("from devices that do not match the filter %(names)s", names=shown),
        "unknown": phrase("as nobody here knows the condition %(names)s", names=shown),
    }[axis]


def listed(several: Iterable[Phrase | str], most: int = 3) -> Phrase | str:
    """A few of several, and how many more."""
    known = list(several)
    if not known:
        return ""
    shown = reduce(_then, known[:most])
    if len(known) > most:
        return phrase("%(several)s and %(number)s more", several=shown, number=str(len(known) - most))
    return shown


def _then(one: Phrase | str, other: Phrase | str) -> Phrase:
    # Translators: the next of several that are listed.
    return phrase("%(one)s; %(other)s", one=one, other=other)
