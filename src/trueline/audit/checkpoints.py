"""What a checkpoint says of a trail, signed, and whether a trail still is what it said. Pure.

The head is the digest of the last event, and so stands for every event before it: who keeps one checkpoint elsewhere
sees a trail that was written anew. The root is of a tree over the digests (RFC 6962), which shows one event without the
others.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trueline.audit.errors import CheckpointForged
from trueline.engine.packs import dsse, merkle
from trueline.engine.packs.dsse import Signer
from trueline.engine.packs.packing import CHECKPOINT_TYPE, PublicKey
from trueline.engine.packs.signatures import holds

PRINT_BYTES = 4
"""Of each digest in an exported checkpoint: enough to find the first event that differs, which the head then proves."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: so many events had a workspace's trail, the last with this digest, and this tree over all.

    Attributes:
        workspace: Its id as text; that of the installation for the installation's own trail.
        size: The number of events.
        head: Digest of the last of them.
        root: Of the tree over all digests, RFC 6962, as hex.
        signed_at: When, ISO 8601 in UTC.
        envelope: The signed form, DSSE.
    """

    workspace: str
    size: int
    head: str
    root: str
    signed_at: str
    envelope: Mapping[str, Any]

    @property
    def about(self) -> dict[str, Any]:
        """What a pack says of the checkpoint that it was signed with."""
        return {"workspace": self.workspace, "size": self.size, "root": self.root}


@dataclass(frozen=True, slots=True)
class End:
    """Where a trail ends: how many events, the digest of the last, and the peaks of the tree."""

    size: int
    head: str
    peaks: tuple[str, ...]

    @property
    def root(self) -> str:
        """Root of the tree, as hex."""
        return merkle.root_of_peaks([bytes.fromhex(peak) for peak in self.peaks]).hex()

    def followed_by(self, digests: Sequence[str]) -> End:
        """The end after more events."""
        if not digests:
            return self
        before = [bytes.fromhex(peak) for peak in self.peaks]
        peaks = merkle.grown(before, self.size, map(leaf, digests))
        return End(self.size + len(digests), digests[-1], tuple(peak.hex() for peak in peaks))


def leaf(digest: str) -> bytes:
    """An event in the tree."""
    return merkle.leaf_hash(bytes.fromhex(digest))


def signed(workspace: str, end: End, signed_at: str, signer: Signer) -> Checkpoint:
    """The checkpoint of a trail at its end."""
    payload: dict[str, Any] = {
        "head": end.head,
        "root": end.root,
        "signed_at": signed_at,
        "size": end.size,
        "workspace": workspace,
    }
    return Checkpoint(**payload, envelope=dsse.envelope(CHECKPOINT_TYPE, payload, signer))


def opened(envelope: Mapping[str, Any], keys: Iterable[PublicKey]) -> Checkpoint:
    """What a checkpoint says, once its signature was checked. Raises `CheckpointForged`."""
    try:
        payload = base64.b64decode(envelope["payload"], validate=True)
        (one,) = envelope["signatures"]
        message = dsse.pre_authentication(CHECKPOINT_TYPE, payload)
        signature = base64.b64decode(one["sig"], validate=True)
        said = dict(json.loads(payload))
        found = Checkpoint(**{name: said[name] for name in _SIGNED}, envelope=envelope)
        is_known = any(_signed_by(key, one["keyid"], found.signed_at, message, signature) for key in keys)
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointForged from error
    if not is_known or envelope["payloadType"] != CHECKPOINT_TYPE:
        raise CheckpointForged
    return found


_SIGNED = ("workspace", "size", "head", "root", "signed_at")


def _signed_by(key: PublicKey, name: str, signed_at: str, message: bytes, signature: bytes) -> bool:
    in_time = key.not_before <= signed_at and (not key.not_after or signed_at <= key.not_after)
    return key.key_id == name and in_time and holds(key.pem, message, signature)


def prints(digests: Iterable[str]) -> bytes:
    """The beginnings of digests: by them, one who kept a checkpoint finds the first event that differs."""
    return b"".join(bytes.fromhex(one[: PRINT_BYTES * 2]) for one in digests)


def first_difference(then: bytes, now: bytes) -> int | None:
    """The place of the first event that is not the one of then, counted from 1; None when all are."""
    places = range(0, max(len(then), len(now)), PRINT_BYTES)
    return next(
        (
            start // PRINT_BYTES + 1
            for start in places
            if then[start : start + PRINT_BYTES] != now[start : start + PRINT_BYTES]
        ),
        None,
    )
