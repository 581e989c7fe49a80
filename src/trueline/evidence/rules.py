"""The form of a stored document. Pure."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import orjson

from trueline.kit import digest

_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Packed:
    """A document ready to be stored: the digest of its plain bytes, their number, and the compressed bytes."""

    digest: str
    size_bytes: int
    body: bytes


def pack(value: Any) -> Packed:
    """A JSON value as key-sorted bytes, digested and compressed."""
    plain = digest.quick(value)
    return Packed(digest.sha256(plain), len(plain), zlib.compress(plain, _LEVEL))


def unpack(body: bytes) -> Any:
    """The JSON value of a stored document."""
    return orjson.loads(zlib.decompress(body))
