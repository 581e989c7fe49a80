"""Sign by the key of the installation, which is made when it is first needed; replace it."""

from __future__ import annotations

from django.db import models, transaction

from trueline.engine.packs import signatures
from trueline.engine.packs.dsse import Signer
from trueline.engine.packs.packing import PublicKey
from trueline.engine.packs.signatures import NoSigningKey
from trueline.kit import clock, ids
from trueline.kit.database.context import within
from trueline.kit.errors import Refused
from trueline.vault.actions import Place, seal, unseal
from trueline.vault.models import SigningKey
from trueline.vault.queries import as_published


class SigningKeyUnusable(Refused):
    """What was brought is no key that can sign, or it has signed before."""

    code = "signing_key_unusable"


# lint: allow TL015 what it signs belongs to another action, which writes the event
def signer() -> Signer:
    """What signs now. The first key is made here when there is none yet.

    Raises `SealBroken`, `KeyWithdrawn`, `KeysUnusable` when it cannot be opened.
    """
    with within(ids.installation()), transaction.atomic():
        kept = _in_use().first() or _made(signatures.new_key())
        return signatures.signer(unseal(ids.installation(), _place(kept), bytes(kept.sealed)))


# lint: allow TL015 whoever looks after the installation writes the event
def replace_signing_key(private_pem: bytes | None = None) -> PublicKey:
    """Sign by a new key from now on: one of your own, or one that is made. What was signed before stays good.

    Raises `SigningKeyUnusable`.
    """
    with within(ids.installation()), transaction.atomic():
        _in_use().select_for_update().update(not_after=clock.now())
        return as_published(_made(private_pem or signatures.new_key()))


def _made(private_pem: bytes) -> SigningKey:
    """A key that signs from now on; the other's when another transaction was first."""
    try:
        pem, name = signatures.public_pem(private_pem), signatures.signer(private_pem).key_id
    except NoSigningKey as error:
        raise SigningKeyUnusable(
            "This is not an Ed25519 private key as PEM without a pass phrase.",
            next_step="Make one with `openssl genpkey -algorithm ed25519`.",
        ) from error
    if SigningKey.objects.filter(workspace_id=ids.installation(), name=name).exists():
        raise SigningKeyUnusable("This key has signed here before; a key that was replaced does not come back.")
    row = SigningKey(workspace_id=ids.installation(), name=name, public_pem=pem)
    row.sealed = seal(ids.installation(), _place(row), private_pem)
    SigningKey.objects.bulk_create([row], ignore_conflicts=True)
    return _in_use().get()


def _in_use() -> models.QuerySet[SigningKey]:
    return SigningKey.objects.filter(workspace_id=ids.installation(), not_after=None)


def _place(row: SigningKey) -> Place:
    return Place("vault_signingkey", row.pk, "sealed")
