"""Ids, times and enumerations of OTLP, checked."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import UTC, datetime

from trueline.engine.traces.errors import UnreadableError
from trueline.engine.traces.model import Json, Status

TRACE_ID_BYTES = 16
SPAN_ID_BYTES = 8
LATEST_NS = 2**63 - 1
_TRANSPORTS = ("unspecified", "internal", "server", "client", "producer", "consumer")
_STATUSES = (Status.UNSET, Status.OK, Status.ERROR)


def hex_id(value: Json, size: int, what: str) -> str:
    """The id in lower case hex.

    Args:
        value: Hex of any case, or base64 as generic protobuf writers emit it.
        size: Length in bytes.
        what: Name of the id for the error.

    Returns:
        `2 * size` hex digits.

    Raises:
        UnreadableError: It is missing, of another length, or all zero.
    """
    text = value if isinstance(value, str) else ""
    if len(text) == 2 * size:
        return _checked(_from_hex(text, what), size, what)
    if text and len(text) == 4 * ((size + 2) // 3):
        return _checked(_from_base64(text, what), size, what)
    raise UnreadableError(f"the {what} is not {size} bytes")


def raw_id(value: bytes, size: int, what: str) -> str:
    """The same for an id that came as bytes."""
    return _checked(value, size, what)


def derived_id(size: int, *parts: str) -> str:
    """A stable id for a source that has none: the head of a SHA-256 over its parts."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[: 2 * size]


def _checked(raw: bytes, size: int, what: str) -> str:
    if len(raw) != size:
        raise UnreadableError(f"the {what} is not {size} bytes")
    if not any(raw):
        raise UnreadableError(f"the {what} is all zero")
    return raw.hex()


def _from_hex(text: str, what: str) -> bytes:
    try:
        return binascii.unhexlify(text)
    except ValueError as error:
        raise UnreadableError(f"the {what} is not hexadecimal") from error


def _from_base64(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise UnreadableError(f"the {what} is neither hexadecimal nor base64") from error


def nanoseconds(value: Json, what: str) -> int | None:
    """A time in nanoseconds since 1970 from a number or a string of digits.

    Returns:
        None when it is missing or zero: OTLP writes zero for "not known".

    Raises:
        UnreadableError: It is no number or out of range.
    """
    if value.__class__ is int and 0 < value <= LATEST_NS:  # nearly always, and asked for several times a span
        return int(value)
    if value is None or value in ("", 0, "0"):
        return None
    number = whole_number(value)
    if number is None or not 0 <= number <= LATEST_NS:
        raise UnreadableError(f"the {what} is not a time in nanoseconds")
    return number or None


def whole_number(value: Json) -> int | None:
    """An int64 that JSON may carry as a number or as a string; None when it is neither."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and len(value) <= 20 and value.strip().lstrip("+-").isdecimal():
        return int(value)
    return None


def iso_nanoseconds(value: Json) -> int | None:
    """Nanoseconds since 1970 of an ISO 8601 time (UTC where no zone is written); None when it is not one."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    gap = aware - datetime(1970, 1, 1, tzinfo=UTC)
    total = (gap.days * 86_400 + gap.seconds) * 1_000_000_000 + gap.microseconds * 1_000
    return total if 0 <= total <= LATEST_NS else None


def check_order(started_ns: int | None, ended_ns: int | None) -> None:
    """Refuse a span that ends before it starts."""
    if started_ns is not None and ended_ns is not None and ended_ns < started_ns:
        raise UnreadableError("the span ends before it starts")


def transport_of(value: Json) -> str:
    """The transport kind from an integer or a named enum; `unspecified` for a missing or unknown one."""
    number = whole_number(value)
    if number is not None:
        return _TRANSPORTS[number] if 0 <= number < len(_TRANSPORTS) else _TRANSPORTS[0]
    name = str(value or "").lower().removeprefix("span_kind_")
    return name if name in _TRANSPORTS else _TRANSPORTS[0]


def transport_number(transport: str) -> int:
    """The integer of the enum, as senders write it."""
    return _TRANSPORTS.index(transport)


def status_of(value: Json) -> Status:
    """The status from an integer or a named enum; unset for a missing or unknown one."""
    number = whole_number(value)
    if number is not None:
        return _STATUSES[number] if 0 <= number < len(_STATUSES) else Status.UNSET
    name = str(value or "").lower().removeprefix("status_code_")
    return Status(name) if name in set(Status) else Status.UNSET
