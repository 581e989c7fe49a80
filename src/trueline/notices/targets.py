"""What a destination keeps sealed: its address and, for a webhook, the secrets that sign. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from trueline.notices.rules import OVERLAP_HOURS, DestinationKind

_SECRET_BYTES = 32
_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes, and what signs it.

    Attributes:
        address: A URL or a mail address. The URL of a chat service is a secret by itself.
        secret: What signs a webhook; empty for other kinds.
        former: The secret before a rotation, and until when it signs, too.
    """

    address: str = field(repr=False)
    secret: str = field(default="", repr=False)
    former: str = field(default="", repr=False)
    former_until: datetime | None = None

    def packed(self) -> bytes:
        """As it is sealed."""
        until = self.former_until.isoformat() if self.former_until else ""
        return json.dumps([self.address, self.secret, self.former, until]).encode()

    def label(self, kind: str) -> str:
        """What may be shown of it: the mail address, else the host."""
        return self.address if kind == DestinationKind.MAIL else urlsplit(self.address).hostname or ""

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """What signs at a moment, the present secret first."""
        both = self.former and self.former_until is not None and now < self.former_until
        return (self.secret, self.former) if both else (self.secret,)

    def rotated(self, now: datetime) -> Target:
        """With a new secret; the present one goes on signing for a while, so that the receiver can change over."""
        until = now + timedelta(hours=OVERLAP_HOURS)
        return replace(self, secret=new_secret(), former=self.secret, former_until=until)


def unpacked(packed: bytes) -> Target:
    """What was packed."""
    address, secret, former, until = json.loads(packed)
    return Target(address, secret, former, datetime.fromisoformat(until) if until else None)


def new_secret() -> str:
    """A secret for a webhook, 256 random bits."""
    return _PREFIX + base64.b64encode(os.urandom(_SECRET_BYTES)).decode()


def signatures(secrets: Sequence[str], delivery_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: HMAC-SHA-256 over `id.timestamp.body` by each secret (Standard Webhooks 1.0)."""
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode() for secret in secrets
    )


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX))
