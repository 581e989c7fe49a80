"""Export requests that were checked and packed, ready to be kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from trueline.kit.digest import sha256

if TYPE_CHECKING:
    from trueline.engine.traces.receiving import AgeWindow, Form, Signal


@dataclass(frozen=True, slots=True)
class Batch:
    """An export request whose valid spans or log records shall be kept.

    Attributes:
        packing: How `body` is packed, `gzip` or `zstd`.
        digest: SHA-256 of what is packed in it: the same again is the same batch.
        size_bytes: Its size when it is unpacked.
        items: How many spans or log records of it are valid.
        days_back: How many days old one of them may be; what is older was told as left out, and stays so.
    """

    signal: Signal
    form: Form
    packing: str
    body: bytes
    digest: str
    size_bytes: int
    items: int
    days_back: int


def packed_batch(signal: Signal, form: Form, data: bytes, items: int, window: AgeWindow) -> Batch:
    """A request that came as it is, packed, or it would fill the log of the database."""
    body = len(data).to_bytes(4, "big") + bytes(pa.compress(data, "zstd", asbytes=True))
    return Batch(signal, form, "zstd", body, sha256(data), len(data), items, window.days_back)
