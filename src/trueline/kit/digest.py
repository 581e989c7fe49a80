"""Canonical bytes and their SHA-256, as lower-case hex."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import orjson
import rfc8785


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value. Raises `ValueError` for what JSON cannot say exactly (NaN, huge integers)."""
    return rfc8785.dumps(value)


def quick(value: Any) -> bytes:
    """Key-sorted JSON for hashing inside one database; about 20 times faster than RFC 8785.

    Used where only equality matters and nobody outside recomputes the digest.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def sha256(data: bytes) -> str:
    """SHA-256 of bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def keyed(key: bytes, data: bytes) -> str:
    """HMAC-SHA-256 as hex: shows that a secret changed without letting anyone guess it from the digest."""
    return hmac.new(key, data, hashlib.sha256).hexdigest()
