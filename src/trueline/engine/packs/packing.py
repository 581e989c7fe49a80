"""What goes into a pack, and its signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trueline.engine.packs import archive, dsse, verify_pack
from trueline.engine.packs.dsse import Signer

PREDICATE_TYPE = "https://trueline.dev/attestation/review-pack/v1"
CHECKPOINT_TYPE = verify_pack.CHECKPOINT_TYPE
_VERIFIER = Path(verify_pack.__file__)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key as it is published: who has it can check what it signed, and nothing else.

    Attributes:
        key_id: SHA-256 of its DER form.
        pem: The key itself.
        not_before: From when on it signs, ISO 8601 in UTC.
        not_after: Until when, empty while it is in use.
    """

    key_id: str
    pem: str
    not_before: str
    not_after: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """The signed checkpoint of an audit trail, and for each cited event the path that leads to it."""

    checkpoint: Mapping[str, Any]
    envelope: Mapping[str, Any]
    proofs: Sequence[Mapping[str, Any]]


def published(keys: Sequence[PublicKey]) -> dict[str, Any]:
    """The list of keys, the same at its address and in a pack."""
    return {
        "keys": [
            {"id": key.key_id, "not_after": key.not_after, "not_before": key.not_before, "pem": key.pem} for key in keys
        ]
    }


def packed(  # noqa: PLR0913 - what a pack is made of
    members: Mapping[str, bytes],
    about: Mapping[str, Any],
    trail: Trail,
    keys: Sequence[PublicKey],
    signer: Signer,
    *,
    signed_at: str,
) -> bytes:
    """The pack: these members, the trail, the verifier, the list of all of it, and the signature over that.

    Args:
        members: Files by name.
        about: `format`, `workspace`, `review`, `audience`, `language`, `made_at`; all of it is signed.
        trail: What the cited decisions are held against.
        keys: Public keys that signed the pack and its checkpoint.
        signer: Signs; its key is one of these.
        signed_at: When, ISO 8601 in UTC; the key must be in use then. A review may be older than its pack and its key.

    The same arguments give the same bytes, since an Ed25519 signature has no chance in it.
    """
    files = {**members, **_companions(about, trail, keys)}
    listing = archive.manifest(files, about)
    digests = {**archive.digests(files), verify_pack.MANIFEST: archive.digests({"": listing})[""]}
    predicate = {
        **about,
        "checkpoint": dict(trail.checkpoint),
        "key": {"id": signer.key_id},
        "signed_at": signed_at,
    }
    statement = dsse.statement(digests, PREDICATE_TYPE, predicate)
    signed = archive.readable(dsse.envelope(dsse.INTOTO, statement, signer))
    return archive.zipped({**files, verify_pack.MANIFEST: listing, verify_pack.ATTESTATION: signed})


def _companions(about: Mapping[str, Any], trail: Trail, keys: Sequence[PublicKey]) -> dict[str, bytes]:
    return {
        verify_pack.CHECKPOINT: archive.readable(trail.envelope),
        verify_pack.PROOFS: archive.readable({"proofs": list(trail.proofs)}),
        verify_pack.KEYS: archive.readable(published(keys)),
        "verify_pack.py": _VERIFIER.read_bytes(),
        "VERIFY.md": _HOW_TO.format(workspace=about["workspace"], keys=_listed(keys)).encode(),
    }


def _listed(keys: Sequence[PublicKey]) -> str:
    return "\n\n".join(f"{key.key_id}\n\n{key.pem.strip()}" for key in keys)


_HOW_TO = """# How to check this pack

You need no account and no network, and you need not trust whoever sent it.

## With one command

    python3 verify_pack.py PACK.zip --key keys.json

Python 3.9 or later and OpenSSL 3 are enough. `keys.json` is the list of signing keys that the maker of the pack
publishes at the address `/.well-known/trueline-signing-keys.json`; get it there and not from here. Without `--key` the
pack is held against the key inside it: that shows that it is whole, not who made it. `trueline verify PACK.zip` does
the same.

## By hand

1. Unpack it. `manifest.json` lists each file with its SHA-256; compare them:

       sha256sum review.json

2. Take the signed statement and its signature out of `attestation.dsse.json`:

       python3 - <<'END'
       import base64, json
       envelope = json.load(open("attestation.dsse.json"))
       payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
       open("statement.json", "wb").write(payload)
       open("signed.bin", "wb").write(b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload))
       open("signature.bin", "wb").write(base64.b64decode(envelope["signatures"][0]["sig"]))
       open("key.pem", "w").write(json.load(open("signing-keys.json"))["keys"][0]["pem"])
       END

3. Check the signature:

       openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed.bin -sigfile signature.bin

4. `statement.json` names the SHA-256 of every file, of `manifest.json` too. They must be those of step 1, and the
   workspace must be `{workspace}`.

5. Compare the id of the key with what its maker publishes. It is the SHA-256 of the key's DER form:

       openssl pkey -pubin -in key.pem -outform DER | sha256sum

6. `audit/checkpoint.dsse.json` is signed in the same way (steps 2 and 3). It names the root of a tree over the audit
   trail (RFC 6962); `audit/proofs.json` leads from each decision that this pack cites to that root.

## The keys

{keys}
"""
