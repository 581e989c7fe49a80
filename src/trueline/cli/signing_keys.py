"""What `trueline signing-key` does with the rooms. Imported only once Django is ready."""

from __future__ import annotations

from typing import Any

from trueline.cli.rooms import operator
from trueline.engine.packs.packing import published
from trueline.vault.actions_signing import signer
from trueline.vault.queries import public_keys
from trueline.workspaces.installation import use_signing_key


def listed() -> dict[str, Any]:
    """The list of keys as it is published; the first key is made when there is none."""
    signer()
    return published(public_keys())


def replace(private_pem: bytes | None) -> None:
    """Sign by a new key from now on."""
    use_signing_key(private_pem, actor=operator())
