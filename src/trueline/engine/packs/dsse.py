"""Signed statements: the envelope of DSSE v1, and the in-toto Statement v1 inside it.

Who reads them needs the public key and `openssl`; nothing here is of our own making.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
INTOTO = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key in use: the id by which it is known, and what it does."""

    key_id: str
    sign: Callable[[bytes], bytes]


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """What is signed: type and payload with their lengths, so that neither can pass for the other."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def envelope(payload_type: str, payload: Any, signer: Signer) -> dict[str, Any]:
    """A JSON value in a signed envelope. The same value and key give the same envelope."""
    body = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
    signature = signer.sign(pre_authentication(payload_type, body))
    return {
        "payload": base64.b64encode(body).decode(),
        "payloadType": payload_type,
        "signatures": [{"keyid": signer.key_id, "sig": base64.b64encode(signature).decode()}],
    }


def statement(digests: Mapping[str, str], predicate_type: str, predicate: Mapping[str, Any]) -> dict[str, Any]:
    """An in-toto Statement about files by name and SHA-256."""
    subjects: Sequence[dict[str, Any]] = [
        {"name": name, "digest": {"sha256": digest}} for name, digest in sorted(digests.items())
    ]
    return {
        "_type": STATEMENT_TYPE,
        "predicate": dict(predicate),
        "predicateType": predicate_type,
        "subject": subjects,
    }
