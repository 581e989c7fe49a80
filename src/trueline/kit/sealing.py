"""Secrets at rest: AES-256-GCM, bound to the place where they stand, by data keys that another key wraps.

A secret is sealed by the data key of its workspace. Data keys are kept wrapped by a key-encryption key, which is not in
the database. So a copy of the database opens nothing, and a sealed secret that is moved to another row, field or
workspace opens nowhere. A failure raises; it never answers with an empty secret.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from trueline.kit.digest import sha256
from trueline.kit.errors import TruelineError, Unavailable
from trueline.kit.secret_files import read_or_made, replace

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_ID_BYTES = 16
_NAME_DIGITS = 16


class SealBroken(TruelineError):
    """It was sealed for another place, by another key, or was changed since."""

    code = "seal_broken"

    def __init__(self) -> None:
        super().__init__(
            "A stored secret cannot be opened: it was changed, or it stands in another place than it was sealed for.",
            next_step="Enter the secret anew.",
        )


class KeyWithdrawn(Unavailable):
    """The key-encryption key that wrapped a data key is not at hand."""

    code = "key_withdrawn"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Stored secrets cannot be opened: the sealing key {name} is not there.",
            next_step="Bring it back from a backup of the state folder, or from TRUELINE_SEALING_KEYS as it was.",
        )


class KeysUnusable(Unavailable):
    """The key-encryption keys cannot be read, or are none."""

    code = "sealing_keys_unusable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The sealing keys cannot be used: {reason}.", next_step="See `trueline vault status`.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret stands. It is part of what is sealed, so the secret opens nowhere else."""

    table: str
    row_id: UUID
    column: str


@dataclass(frozen=True, slots=True)
class Kek:
    """One key-encryption key; its name can be told to anyone."""

    secret: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Sixteen digits of a digest of it."""
        return sha256(b"trueline key-encryption key\x00" + self.secret)[:_NAME_DIGITS]


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key as it is kept, and the name of the key that wrapped it."""

    kek_name: str
    body: bytes


class KeyEncryption(Protocol):
    """What wraps data keys: keys in a file or variable, or the key service of a cloud, which never shows its key."""

    def current_name(self) -> str:
        """The name of the key that wraps from now on."""

    def wrap(self, data_key: bytes, context: bytes) -> Wrapped:
        """Wrap a data key, bound to its context."""

    def unwrap(self, wrapped: Wrapped, context: bytes) -> bytes:
        """The data key. Raises `KeyWithdrawn`, `SealBroken`."""


class LocalKeys:
    """Key-encryption keys that this machine holds; the first of them wraps, all of them unwrap.

    They are read anew whenever one is used: a key that was added or withdrawn counts at once, in every process.
    """

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read

    def held(self) -> tuple[Kek, ...]:
        """All of them, the one that wraps first. Raises `KeysUnusable`."""
        try:
            found = parsed(self._read())
        except OSError as error:
            raise KeysUnusable(error.strerror or type(error).__name__) from error
        if not found:
            raise KeysUnusable("there is none")
        return found

    def current_name(self) -> str:
        """The name of the key that wraps from now on."""
        return self.held()[0].name

    def wrap(self, data_key: bytes, context: bytes) -> Wrapped:
        """Wrap a data key, bound to its context and to the name of the key."""
        key = self.held()[0]
        return Wrapped(key.name, _locked(key.secret, data_key, _context(key, context)))

    def unwrap(self, wrapped: Wrapped, context: bytes) -> bytes:
        """The data key. Raises `KeyWithdrawn`, `SealBroken`."""
        key = next((key for key in self.held() if key.name == wrapped.kek_name), None)
        if key is None:
            raise KeyWithdrawn(wrapped.kek_name)
        return _unlocked(key.secret, wrapped.body, _context(key, context))


class KeyFile(LocalKeys):
    """Key-encryption keys in a file of this machine, a line for each."""

    def __init__(self, path: Path) -> None:
        super().__init__(lambda: read_or_made(path, new_key))
        self.path = path

    def add(self) -> str:
        """A new key, which wraps from now on; gives its name. The others still unwrap."""
        kept = [_encoded(key.secret) for key in self.held()]
        replace(self.path, "\n".join([new_key(), *kept]))
        return self.current_name()

    def keep_first(self) -> tuple[str, ...]:
        """Forget every key but the one that wraps; gives the names of the forgotten."""
        first, *others = self.held()
        replace(self.path, _encoded(first.secret))
        return tuple(key.name for key in others)


def new_key() -> str:
    """A new key as text, 256 random bits."""
    return _encoded(os.urandom(KEY_BYTES))


def parsed(text: str) -> tuple[Kek, ...]:
    """Keys as they stand in a file or variable, parted by white space or commas. Raises `KeysUnusable`."""
    return tuple(Kek(_decoded(word)) for word in text.replace(",", " ").split())


def seal(data_key_id: UUID, data_key: bytes, workspace_id: UUID, place: Place, plaintext: bytes) -> bytes:
    """The secret, sealed for its place. The id of the data key stands in front, so that it is found again."""
    head = _VERSION + data_key_id.bytes
    return head + _locked(data_key, plaintext, _place(head, workspace_id, place))


def data_key_id_of(sealed: bytes) -> UUID:
    """Which data key opens it. Raises `SealBroken`."""
    if len(sealed) < 1 + _ID_BYTES or sealed[:1] != _VERSION:
        raise SealBroken
    return UUID(bytes=bytes(sealed[1 : 1 + _ID_BYTES]))


def unseal(data_key: bytes, workspace_id: UUID, place: Place, sealed: bytes) -> bytes:
    """What was sealed for that place. Raises `SealBroken`."""
    head = bytes(sealed[: 1 + _ID_BYTES])
    return _unlocked(data_key, bytes(sealed[len(head) :]), _place(head, workspace_id, place))


def _locked(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context)


def _unlocked(key: bytes, body: bytes, context: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


def _place(head: bytes, workspace_id: UUID, place: Place) -> bytes:
    words = (workspace_id.hex, place.table, place.row_id.hex, place.column)
    return head + "\x1f".join(words).encode()


def _context(key: Kek, context: bytes) -> bytes:
    return key.name.encode() + b"\x1f" + context


def _encoded(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).decode()


def _decoded(word: str) -> bytes:
    try:
        secret = base64.b64decode(word.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeysUnusable("one of them is not base 64") from error
    if len(secret) != KEY_BYTES:
        raise KeysUnusable(f"one of them has {len(secret)} bytes instead of {KEY_BYTES}")
    return secret
