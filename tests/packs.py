"""A small pack, made without a database, and the keys that sign it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from trueline.engine.packs import dsse, merkle, packing, verify_pack
from trueline.engine.packs.dsse import Signer
from trueline.engine.packs.packing import PublicKey, Trail

WORKSPACE, OTHER = "0191a2b3-0000-7000-8000-000000000001", "0191a2b3-0000-7000-8000-000000000002"
MADE_AT = "2026-11-30T12:00:00Z"
EVENTS = [bytes([number]) * 32 for number in range(11)]


@dataclass(frozen=True)
class Key:
    """A private key with its public entry."""

    public: PublicKey
    signer: Signer


def key(seed: int = 1, *, not_before: str = "2026-01-01T00:00:00Z", not_after: str = "") -> Key:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    key_id = verify_pack.key_id(pem)
    return Key(PublicKey(key_id, pem, not_before, not_after), Signer(key_id, private.sign))


def trail(signed_by: Key, workspace: str = WORKSPACE, events: list[bytes] = EVENTS) -> Trail:
    leaves = [merkle.leaf_hash(event) for event in events]
    root = merkle.root(leaves)
    payload = {"workspace": workspace, "size": len(events), "root": root.hex(), "signed_at": MADE_AT}
    paths = merkle.proofs(leaves, [2, 10])
    return Trail(
        {"workspace": workspace, "size": len(events), "root": root.hex()},
        dsse.envelope(packing.CHECKPOINT_TYPE, payload, signed_by.signer),
        [
            {"sequence": place + 1, "digest": events[place].hex(), "path": [step.hex() for step in path]}
            for place, path in zip([2, 10], paths, strict=True)
        ],
    )


def small_pack(
    signed_by: Key | None = None,
    *,
    workspace: str = WORKSPACE,
    review: str = "r1",
    change: Callable[[Trail], Trail] = lambda trail: trail,
) -> bytes:
    signed_by = signed_by or key()
    about = {
        "format": "trueline-review-pack/1",
        "workspace": workspace,
        "review": review,
        "audience": "customer",
        "language": "en",
        "made_at": MADE_AT,
    }
    members = {
        "review.json": json.dumps({"workspace": {"id": workspace}, "review": review}).encode(),
        "findings.csv": b"title,severity\nLegacy authentication is allowed,high\n",
        "evidence/findings.json": b'{"open": 3}\n',
    }
    return packing.packed(
        members, about, change(trail(signed_by, workspace)), [signed_by.public], signed_by.signer, signed_at=MADE_AT
    )


def with_proofs(made: Trail, **changes: object) -> Trail:
    """The trail with its first proof altered."""
    first, *others = made.proofs
    return replace(made, proofs=[{**first, **changes}, *others])
