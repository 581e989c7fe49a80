"""Seal a secret, open it again, wrap data keys anew.

Neither writes an event: a room that keeps a secret tells of what it is, and whoever rotates keys tells of that.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

from django.conf import settings
from django.db import transaction

from trueline.kit import clock, ids, sealing
from trueline.kit.database.context import current_workspace, within
from trueline.kit.scope import NotVisible
from trueline.kit.sealing import KeyEncryption, Place, SealBroken, Wrapped
from trueline.vault.models import DataKey

__all__ = ["Place", "rewrap", "seal", "unseal"]


# lint: allow TL015 the action of the room that keeps the secret names who did it
def seal(workspace_id: UUID, place: Place, plaintext: bytes) -> bytes:
    """A secret as it may be stored at that place and no other.

    Args:
        workspace_id: Whose it is; `ids.installation()` for one of the installation itself. The context must be set.
        place: Table, id of the row and column that will hold it.
        plaintext: The secret.

    Raises `NotVisible` in the context of another workspace, `KeysUnusable`, `KeyWithdrawn`.
    """
    with _inside(workspace_id):
        kept = _data_key(workspace_id)
        return sealing.seal(kept.pk, _opened(kept), workspace_id, place, plaintext)


# lint: allow TL015 the action of the room that keeps the secret names who did it
def unseal(workspace_id: UUID, place: Place, sealed: bytes) -> bytes:
    """The secret that was sealed for that place.

    Raises `SealBroken` for anything else, `KeyWithdrawn`, `KeysUnusable`, `NotVisible`. A failure is never an empty
    answer.
    """
    sealed = bytes(sealed)
    with _inside(workspace_id):
        kept = DataKey.objects.filter(workspace_id=workspace_id, id=sealing.data_key_id_of(sealed)).first()
        if kept is None:
            raise SealBroken
        return sealing.unseal(_opened(kept), workspace_id, place, sealed)


# lint: allow TL015 whoever rotates the keys of the installation writes one event for all workspaces
def rewrap(workspace_id: UUID) -> int:
    """Wrap the data key of a workspace by the present sealing key; returns how many were wrapped anew.

    What it has sealed stays as it is and can be read at every moment.
    """
    with within(workspace_id), transaction.atomic():
        kept = DataKey.objects.select_for_update().filter(workspace_id=workspace_id).first()
        if kept is None or kept.kek_name == _keys().current_name():
            return 0
        wrapped = _keys().wrap(_opened(kept), _context(workspace_id, kept.pk))
        mine = DataKey.objects.filter(workspace_id=workspace_id, id=kept.pk)
        return mine.update(kek_name=wrapped.kek_name, wrapped=wrapped.body, wrapped_at=clock.now())


def _inside(workspace_id: UUID) -> AbstractContextManager[None]:
    if workspace_id == ids.installation():
        return within(workspace_id)
    if current_workspace() != workspace_id:
        raise NotVisible
    return nullcontext()


def _data_key(workspace_id: UUID) -> DataKey:
    mine = DataKey.objects.filter(workspace_id=workspace_id)
    return mine.first() or _made(workspace_id) or mine.get()


def _made(workspace_id: UUID) -> DataKey | None:
    """A new data key; None when another transaction was first, whose key is there by now."""
    key_id = ids.new()
    wrapped = _keys().wrap(os.urandom(sealing.KEY_BYTES), _context(workspace_id, key_id))
    row = DataKey(id=key_id, workspace_id=workspace_id, kek_name=wrapped.kek_name, wrapped=wrapped.body)
    DataKey.objects.bulk_create([row], ignore_conflicts=True)
    return DataKey.objects.filter(workspace_id=workspace_id, id=key_id).first()


def _opened(kept: DataKey) -> bytes:
    return _keys().unwrap(Wrapped(kept.kek_name, bytes(kept.wrapped)), _context(kept.workspace_id, kept.pk))


def _context(workspace_id: UUID, key_id: UUID) -> bytes:
    return f"data key\x1f{workspace_id.hex}\x1f{key_id.hex}".encode()


def _keys() -> KeyEncryption:
    keys: KeyEncryption = settings.KEY_ENCRYPTION
    return keys
