"""Ed25519 (RFC 8032): keys as text, signatures, and their check without a process."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from trueline.engine.packs.dsse import Signer
from trueline.engine.packs.verify_pack import key_id


class NoSigningKey(ValueError):
    """The text is not an Ed25519 private key as PEM (PKCS 8) without a pass phrase."""


def new_key() -> bytes:
    """A new private key as PEM."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def signer(private_pem: bytes) -> Signer:
    """What signs with that key. Raises `NoSigningKey`."""
    private = _private(private_pem)
    return Signer(key_id(_public(private)), private.sign)


def public_pem(private_pem: bytes) -> str:
    """The public part as PEM. Raises `NoSigningKey`."""
    return _public(_private(private_pem))


def holds(pem: str, message: bytes, signature: bytes) -> bool:
    """Whether a signature belongs to the message and the public key."""
    try:
        found = load_pem_public_key(pem.encode())
        if not isinstance(found, Ed25519PublicKey):
            return False
        found.verify(signature, message)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _private(pem: bytes) -> Ed25519PrivateKey:
    try:
        found = load_pem_private_key(pem, password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise NoSigningKey from error
    if not isinstance(found, Ed25519PrivateKey):
        raise NoSigningKey
    return found


def _public(private: Ed25519PrivateKey) -> str:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
