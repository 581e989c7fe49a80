"""Sets of sign-ins, and what is left of them when policies have taken their part. Exact, never too small.

A membership is a pair of axis and element, such as `("users", "group:1")`; a sign-in has any number of them, and
nothing is assumed about which go together. A property has one value of a finite set. What a policy does not reach of a
region is a union of regions again, so the rest after many policies is found without trying every combination.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

Membership = tuple[str, str]

PROPERTIES: Mapping[str, frozenset[str]] = {
    "target": frozenset({"applications", "registersecurityinfo", "registerdevice", "other_action", "context"}),
    "client": frozenset({"browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "other"}),
    "platform": frozenset({"android", "ios", "windows", "windowsphone", "macos", "linux", "unknown"}),
    "device": frozenset({"unmanaged", "compliant", "joined", "compliant_and_joined"}),
    "sign_in_risk": frozenset({"none", "low", "medium", "high"}),
    "user_risk": frozenset({"none", "low", "medium", "high"}),
    "insider_risk": frozenset({"none", "minor", "moderate", "elevated"}),
    "flow": frozenset({"none", "devicecodeflow", "authenticationtransfer"}),
}
"""Every property of a sign-in with all its values."""

ORDINARY: Mapping[str, str] = {
    "target": "applications",
    "client": "browser",
    "platform": "windows",
    "device": "unmanaged",
    "sign_in_risk": "none",
    "user_risk": "none",
    "insider_risk": "none",
    "flow": "none",
}
"""The sign-in that happens every day; one that is not covered cannot be called an exception."""

MOST_STEPS = 5_000
"""Beyond this many steps a search for what is left ends with what it holds: the rest is too large, never too small."""


MOST_TOLD = 64
"""More left-over parts than this are told less finely: nobody reads them, and each policy can double their number."""


@dataclass(frozen=True, slots=True)
class Members:
    """Which memberships a policy asks for on one axis: all or any of some, and none of others."""

    is_all: bool = True
    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Box:
    """The sign-ins that a policy applies to. An axis or property that is not named is not limited."""

    members: Mapping[str, Members] = field(default_factory=dict)
    properties: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def breadth(self) -> tuple[int, int]:
        """An order in which the policies that take away most stand first."""
        narrow = sum(not one.is_all for one in self.members.values()) + len(self.properties)
        elsewhere = sum(len(one.exclude) for axis, one in self.members.items() if axis != "users")
        return narrow + elsewhere, sum(len(one.exclude) for one in self.members.values())

    def is_broad(self, start: Region) -> bool:
        """Whether nothing but people left out keeps it from all of a region."""
        elsewhere = any(one.exclude for axis, one in self.members.items() if axis != "users")
        is_open = all(one.is_all for one in self.members.values()) and not elsewhere
        return is_open and all(values >= start.of(name) for name, values in self.properties.items())


@dataclass(frozen=True, slots=True)
class Region:
    """Sign-ins with all of some memberships, none of others, and these values of each property."""

    within: frozenset[Membership] = frozenset()
    outside: frozenset[Membership] = frozenset()
    properties: tuple[tuple[str, frozenset[str]], ...] = tuple(sorted(PROPERTIES.items()))

    def of(self, name: str) -> frozenset[str]:
        """The values of one property."""
        return dict(self.properties)[name]

    def limited(self, name: str, values: frozenset[str]) -> Region:
        """The part with these values of one property."""
        found = dict(self.properties) | {name: values}
        return replace(self, properties=tuple(sorted(found.items())))


def reaches_ordinary(box: Box, region: Region) -> bool:
    """Whether a policy applies to the sign-in of every day in a region: in no special group, place or application."""
    for axis, members in box.members.items():
        own = {element for found, element in region.within if found == axis}
        if members.exclude & own or not (members.is_all or members.include & own):
            return False
    return all(
        ORDINARY[name] in values if ORDINARY[name] in region.of(name) else bool(values & region.of(name))
        for name, values in box.properties.items()
    )


def rest(start: Region, boxes: Sequence[Box]) -> tuple[Region, ...]:
    """What the boxes together do not reach of a region, in as few and as simple regions as tell it; empty when nothing.

    The parts are told as the widest policies leave them; a part that the others reach in full is left out, a part that
    they reach only here and there is told whole.
    """
    regions = [start]
    for box in sorted(boxes, key=lambda one: one.breadth):
        if len(regions) > MOST_TOLD:
            break
        regions = [piece for region in regions for piece in _told(region, start, box)]
    return tuple(one for one in dict.fromkeys(regions) if survivor(one, boxes) is not None)


def _told(region: Region, start: Region, box: Box) -> list[Region]:
    is_first = region.within == start.within and reaches_ordinary(box, region)
    return _minus(region, box) if is_first or box.is_broad(start) else [region]


def survivor(region: Region, boxes: Sequence[Box]) -> Region | None:
    """Some part of a region that no box reaches, None when there is none."""
    waiting = [(region, 0)]
    for _step in range(MOST_STEPS):
        if not waiting:
            return None
        one, number = waiting.pop()
        while number < len(boxes) and (pieces := _minus(one, boxes[number])) == [one]:
            number += 1
        if number == len(boxes):
            return one
        waiting += [(piece, number + 1) for piece in pieces]
    return waiting[0][0]


def _minus(region: Region, box: Box) -> list[Region]:
    """The parts of a region that a box does not reach; the region itself when it reaches none of it."""
    pieces: list[Region] = []
    for axis, members in sorted(box.members.items()):
        found = _beside(region, axis, members)
        if found is None:
            return [region]
        pieces += found
    for name, values in sorted(box.properties.items()):
        mine = region.of(name)
        if not mine & values:
            return [region]
        if mine - values:
            pieces.append(region.limited(name, mine - values))
    return pieces


def _beside(region: Region, axis: str, members: Members) -> list[Region] | None:
    """The parts that one axis keeps out of a policy's reach; None when it keeps out the whole region."""
    exclude = {(axis, one) for one in members.exclude}
    if exclude & region.within:
        return None
    pieces = [replace(region, within=region.within | {one}) for one in sorted(exclude - region.outside)]
    if members.is_all:
        return pieces
    include = frozenset((axis, one) for one in members.include)
    if include & region.within:
        return pieces
    if include <= region.outside:
        return None
    return [*pieces, replace(region, outside=region.outside | include)]
