"""Canonical bytes and their SHA-256, as lower-case hex."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import orjson
import rfc8785

EXACT = 2**53 - 1
"""The greatest integer that every reader of JSON keeps."""


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value. Raises `ValueError` for what JSON cannot say exactly (NaN, huge integers)."""
    # For plain values both write the same bytes, and the quick one is ten times faster: a trail is long.
    return quick(value) if _is_plain(value) else rfc8785.dumps(value)


def _is_plain(value: Any) -> bool:
    """Whether key order, numbers and escapes leave no room for two spellings: ASCII text and integers, no floats."""
    kind = type(value)
    if kind is str:
        return value.isascii()  # type: ignore[no-any-return]  # it is text
    if kind is dict:
        return all(type(key) is str and key.isascii() and _is_plain(item) for key, item in value.items())
    if kind is list:
        return all(map(_is_plain, value))
    return value is None or kind is bool or (kind is int and -EXACT <= value <= EXACT)


def quick(value: Any) -> bytes:
    """Key-sorted JSON for hashing inside one database; about 20 times faster than RFC 8785.

    Used where only equality matters and nobody outside recomputes the digest.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def sha256(data: bytes) -> str:
    """SHA-256 of bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def content_digest(digest: str) -> str:
    """A SHA-256 in hex as the header `Content-Digest` has it (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"


def keyed(key: bytes, data: bytes) -> str:
    """HMAC-SHA-256 as hex: shows that a secret changed without letting anyone guess it from the digest."""
    return hmac.new(key, data, hashlib.sha256).hexdigest()
