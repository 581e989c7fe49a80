"""Two sides of a workspace: which the address asks for, and their comparison, kept from page to page."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from trueline.inventory import queries as inventory
from trueline.inventory.answers import Relation, holds_in, relation
from trueline.kit.scope import NotVisible
from trueline.web import words
from trueline.web.pages import url
from trueline.workspaces import queries as workspaces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trueline.inventory.models import BaselineVersion, IdentityLink, Snapshot
    from trueline.inventory.readings import Whole
    from trueline.inventory.rows import ItemRow
    from trueline.kit.scope import Scope
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

STANDARD = "standard-"
_MOST_KEPT = 4
_QUICK = 2_000
"""Objects of both sides that are compared within a second."""


@dataclass(frozen=True, slots=True)
class Side:
    """A capture, or a standard by its newest version.

    Attributes:
        environment: Where it was captured; None for a standard that was taken where this reader does not reach.
    """

    snapshot: Snapshot
    environment: Environment | None
    version: BaselineVersion | None = None

    @property
    def key(self) -> str:
        """How an address names it."""
        return f"{STANDARD}{self.version.profile_id}" if self.version else str(self.snapshot.pk)

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        if self.version is not None:
            return words.shipped(self.version.profile.name)
        assert self.environment is not None
        return self.environment.name

    @property
    def title(self) -> str:
        """The same with its time or number, to tell two of one name apart."""
        if self.version is not None:
            return _("%(name)s, version %(number)s") % {"name": self.name, "number": self.version.number}
        return f"{self.name}, {words.moment(self.snapshot.observed_at)}"

    def object_url(self, asked: Asked, item_id: UUID) -> str:
        """The page of one of its objects; empty where the reader does not reach it."""
        return url(asked, "snapshot_object", self.environment.slug, item_id) if self.environment else ""


@dataclass(frozen=True, slots=True)
class Sides:
    """What stands left and what stands right."""

    left: Side
    right: Side

    @property
    def relation(self) -> Relation | None:
        """Between whom answers about pairs hold; None for two captures of one environment."""
        profile_id = self.left.version.profile_id if self.left.version else None
        return relation(self.left.snapshot.environment_id, self.right.snapshot.environment_id, profile_id)

    @property
    def titles(self) -> tuple[str, str]:
        """Short names where they tell the sides apart, long ones where not."""
        short = self.left.name, self.right.name
        return short if short[0] != short[1] else (self.left.title, self.right.title)


def environments_of(scope: Scope) -> dict[UUID, Environment]:
    """Every environment in reach, by id."""
    return {one.pk: one for one in workspaces.environments(scope)}


def sides_of(scope: Scope, places: Mapping[UUID, Environment], given: Mapping[str, str]) -> Sides | None:
    """The sides that an address names; None while one of them is not chosen. Raises `NotVisible`."""
    left, right = given.get("left", ""), given.get("right", "")
    found = [_side(scope, places, one) if one else None for one in (left, right)]
    if found[1] is not None and found[1].version is not None:
        raise NotVisible
    return Sides(found[0], found[1]) if found[0] and found[1] else None


def _side(scope: Scope, places: Mapping[UUID, Environment], key: str) -> Side:
    if key.startswith(STANDARD):
        profile = inventory.baseline(scope, _uuid(key.removeprefix(STANDARD)))
        version = inventory.versions(scope, profile.pk).select_related("profile").first()
        if version is None or version.snapshot is None:
            raise NotVisible
        return Side(version.snapshot, places.get(version.snapshot.environment_id), version)
    snapshot = inventory.snapshot(scope, _uuid(key))
    place = places.get(snapshot.environment_id)
    if place is None:
        raise NotVisible
    return Side(snapshot, place)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotVisible from error


def answers_of(scope: Scope, sides: Sides) -> list[IdentityLink]:
    """What people answered about pairs of these two, newest first."""
    between = sides.relation
    found = inventory.identity_links(scope, sides.right.snapshot.environment_id) if between else ()
    return [one for one in found if between and holds_in(one, between)]


Kept = tuple[UUID, str, str, tuple[tuple[UUID, str], ...]]
_kept: OrderedDict[Kept, Whole[ItemRow]] = OrderedDict()
_lock, _making = Lock(), Lock()


def takes_long(scope: Scope, sides: Sides, answers: Sequence[IdentityLink]) -> bool:
    """Whether `whole_of` has so much to compare first that a person should be told what they wait for."""
    objects = sides.left.snapshot.objects_count + sides.right.snapshot.objects_count
    return objects > _QUICK and _found(_key(scope, sides, answers)) is None


def whole_of(scope: Scope, sides: Sides, answers: Sequence[IdentityLink]) -> Whole[ItemRow]:
    """The comparison of two sides, made once for each pair of captures and set of answers.

    Captures never change and answers are part of the key, so what is kept is never out of date. Whoever asks has looked
    up both sides in their own scope before. A page that only reads may not write to the database, so it is kept here,
    in this process: the few latest.
    """
    key = _key(scope, sides, answers)
    if (found := _found(key)) is not None:
        return found
    # One after another: threads would only share the processor, and whoever asks for the same waits for the same.
    with _making:
        if (found := _found(key)) is not None:
            return found
        made = _compared(scope, sides)
        with _lock:
            _kept[key] = made
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
    return made


def _key(scope: Scope, sides: Sides, answers: Sequence[IdentityLink]) -> Kept:
    # A standard is named by its version's capture, which another version does not share its answers with.
    return (
        scope.workspace_id,
        f"{sides.left.snapshot.pk} {sides.left.key}",
        str(sides.right.snapshot.pk),
        tuple((one.pk, one.answer) for one in answers),
    )


def _found(key: Kept) -> Whole[ItemRow] | None:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _compared(scope: Scope, sides: Sides) -> Whole[ItemRow]:
    if sides.left.version is not None:
        return inventory.whole_with_standard(scope, sides.left.version, sides.right.snapshot.pk)
    return inventory.whole(scope, sides.left.snapshot.pk, sides.right.snapshot.pk)


@dataclass(frozen=True, slots=True)
class Group:
    """What can be chosen, under the name of what it belongs to."""

    label: str
    options: tuple[tuple[str, str], ...]


def choices(scope: Scope, places: Mapping[UUID, Environment], sides: Sides | None) -> tuple[list[Group], list[Group]]:
    """What can stand left and what can stand right: standards, and the newest captures of every environment."""
    captures: dict[UUID, list[tuple[str, str]]] = {}
    shown = inventory.recent_snapshots(scope, list(places))
    chosen = [side.snapshot for side in (sides.left, sides.right) if not side.version] if sides else []
    known = {one.pk for one in shown}
    for one in [*shown, *(snapshot for snapshot in chosen if snapshot.pk not in known)]:
        captures.setdefault(one.environment_id, []).append((str(one.pk), words.moment(one.observed_at)))
    groups = [Group(place.name, tuple(captures[key])) for key, place in places.items() if key in captures]
    newest = inventory.newest_versions(scope)
    standards = tuple(
        (f"{STANDARD}{one.pk}", one.name)
        for one in inventory.baselines(scope)
        if one.pk in newest and newest[one.pk].snapshot_id
    )
    return ([Group(_("Standards"), standards)] if standards else []) + groups, groups
