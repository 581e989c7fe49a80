"""What whoever runs the machine may ask across workspaces. Uses the narrow system role; each use is in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction

from trueline.audit.actions import Subject, record
from trueline.engine.packs.packing import PublicKey
from trueline.kit import ids
from trueline.kit.database.context import within
from trueline.kit.errors import Refused
from trueline.kit.scope import Actor
from trueline.kit.sealing import KeyFile, LocalKeys
from trueline.vault.actions import rewrap
from trueline.vault.actions_signing import replace_signing_key


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


@dataclass(frozen=True, slots=True)
class Sealing:
    """The sealing keys of this installation, by name, and how many data keys each of them wraps.

    Attributes:
        current: The one that wraps from now on.
        wrapped: Every key that is there, and every other that still wraps something.
    """

    current: str
    names: tuple[str, ...]
    wrapped: dict[str, int]
    is_in_file: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys that wrap something and are not there: what they seal cannot be read."""
        return tuple(sorted(set(self.wrapped) - set(self.names)))


def sealing_state() -> Sealing:
    """Which sealing keys there are and what they wrap; nothing of a key itself."""
    keys = _local_keys()
    names = tuple(key.name for key in keys.held())
    wrapped = dict.fromkeys(names, 0)
    for _workspace_id, name in _data_keys():
        wrapped[name] = wrapped.get(name, 0) + 1
    return Sealing(names[0], names, wrapped, isinstance(keys, KeyFile))


def rotate_sealing_key(*, actor: Actor) -> Sealing:
    """Make a new sealing key and wrap every data key by it; the old ones stay until they are withdrawn.

    Secrets can be read at every moment. Raises `Refused` when the keys are not in a file of this machine.
    """
    name = _key_file().add()
    _tell("vault:key:create", name, {}, actor=actor)
    return rewrap_all(actor=actor)


def rewrap_all(*, actor: Actor) -> Sealing:
    """Wrap every data key of every workspace by the present sealing key. Repeated, it goes on where it ended."""
    current = _local_keys().current_name()
    done = sum(rewrap(workspace_id) for workspace_id, name in _data_keys() if name != current)
    _tell("vault:key:rewrap", current, {"keys": done}, actor=actor)
    return sealing_state()


def withdraw_sealing_keys(*, actor: Actor) -> Sealing:
    """Forget every sealing key but the present one. Raises `Refused` while an old one still wraps something."""
    file, state = _key_file(), sealing_state()
    needed = [name for name, number in state.wrapped.items() if number and name != state.current]
    if needed:
        raise Refused(
            f"The sealing key {needed[0]} still wraps data keys.", next_step="Run `trueline vault rewrap` first."
        )
    for name in file.keep_first():
        _tell("vault:key:revoke", name, {}, actor=actor)
    return sealing_state()


def use_signing_key(private_pem: bytes | None = None, *, actor: Actor) -> PublicKey:
    """Sign packs and checkpoints by a new key from now on: one of your own, or one that is made.

    What was signed before stays good. Raises `SigningKeyUnusable`.
    """
    with within(ids.installation()), transaction.atomic():
        made = replace_signing_key(private_pem)
        whence = "brought" if private_pem else "made"
        _tell(
            "vault:signing:rotate",
            made.key_id.removeprefix("sha256:"),
            {"valid_from": made.not_before, "key": whence},
            actor=actor,
        )
    return made


def _local_keys() -> LocalKeys:
    keys: LocalKeys = settings.KEY_ENCRYPTION
    return keys


def _key_file() -> KeyFile:
    keys = _local_keys()
    if not isinstance(keys, KeyFile):
        raise Refused(
            "The sealing keys come from TRUELINE_SEALING_KEYS, so Trueline cannot change them.",
            next_step="Put a new key in front of the others there, start again, and run `trueline vault rewrap`.",
        )
    return keys


def _data_keys() -> list[tuple[UUID, str]]:
    """Whose data key is wrapped by which sealing key; archived workspaces too."""
    with connections["system"].cursor() as cursor:
        cursor.execute("select workspace_id, kek_name from vault_datakey order by workspace_id")
        return list(cursor.fetchall())


def _tell(action: str, name: str, after: dict[str, Any], *, actor: Actor) -> None:
    with within(ids.installation()), transaction.atomic():
        record(ids.installation(), action, Subject("key", name, name), actor=actor, after=after)
