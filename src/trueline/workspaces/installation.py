"""What whoever runs the machine may ask across workspaces. Uses the narrow system role; each use is in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connections, transaction

from trueline.audit.actions import Subject, record
from trueline.kit import ids
from trueline.kit.database.context import within
from trueline.kit.errors import Refused
from trueline.kit.scope import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace of this installation."""

    id: UUID
    slug: str
    name: str


def every_workspace(*, actor: Actor, purpose: str) -> tuple[Place, ...]:
    """All workspaces, by name; the trail of the installation says who asked, and why."""
    with connections["system"].cursor() as cursor:
        cursor.execute("select id, slug, name from workspaces_workspace where archived_at is null order by name, id")
        found = tuple(Place(*row) for row in cursor.fetchall())
    with within(ids.installation()), transaction.atomic():
        after = {"purpose": purpose, "workspaces": len(found)}
        record(ids.installation(), "workspaces:sweep:read", Subject("installation"), actor=actor, after=after)
    return found


def one_workspace(slug: str | None, *, actor: Actor, purpose: str) -> Place:
    """The workspace of that address, or the only one there is. Raises `Refused`."""
    found = every_workspace(actor=actor, purpose=purpose)
    chosen = [place for place in found if slug in (None, place.slug)]
    if len(chosen) == 1:
        return chosen[0]
    known = ", ".join(place.slug for place in found) or "none"
    if slug is not None:
        raise Refused(f"There is no workspace {slug!r} here; there are: {known}.")
    raise Refused(f"Say which workspace is meant with --workspace; there are: {known}.")
