"""What an event's hash covers, and the check of a chain. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import Any

from trueline.kit import digest

GENESIS = "0" * 64
"""What the first event of a chain names as its predecessor."""


SHORTEST_TERM_DAYS = 90
"""A trail that is cut earlier than this is gone before an audit of a quarter has begun."""
TERMS = (None, 90, 365, 730, 1_095, 1_825, 3_650)
"""What is offered, in days; None keeps it for ever."""


class Outcome(StrEnum):
    """How what the event tells of ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    PARTIAL = "partial"
    INFO = "info"
    BLOCKED = "blocked"


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL and halves of characters: PostgreSQL refuses them."""

BODY_FIELDS = (
    "recorded_at",
    "action",
    "actor_kind",
    "actor_id",
    "actor_label",
    "on_behalf_of",
    "subject_type",
    "subject_id",
    "subject_label",
    "environment_id",
    "environment_label",
    "before",
    "after",
    "outcome",
    "request_id",
)


VALUE_FIELDS = ("before", "after")
"""Those that hold a JSON value; the others are text."""


def body_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """An event's body as JSON values, from its columns by name."""
    body = {name: values[name] for name in BODY_FIELDS}
    body["recorded_at"] = values["recorded_at"].astimezone(UTC).isoformat(timespec="microseconds")
    body["environment_id"] = str(values["environment_id"]) if values["environment_id"] else ""
    body["outcome"], body["actor_kind"] = str(values["outcome"]), str(values["actor_kind"])
    return body


def sealable(value: Any) -> Any:
    """A JSON value that the database gives back with the same RFC 8785 form.

    A number that JSON readers do not keep exactly becomes the text of it, and a character that PostgreSQL cannot hold
    becomes the replacement character: `before` and `after` are for people, and a refused event would undo the change
    that it tells of. Raises `TypeError` for what is no JSON value.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", str.__str__(value))
    if isinstance(value, int | float):
        return value if _is_kept(value) else str(value)
    if isinstance(value, Mapping):
        return {_key(key): sealable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [sealable(item) for item in value]
    raise TypeError(f"an event cannot hold a {type(value).__name__}")


def _is_kept(number: float) -> bool:
    """Whether a number is the same in every reader. A great float without fraction would come back as an integer."""
    return abs(number) <= digest.EXACT  # False for NaN, too


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"an event cannot hold a {type(key).__name__} as a key")
    return _UNSTORABLE.sub("\ufffd", key)


class Fault(StrEnum):
    """What is wrong with the first event of a chain that does not hold."""

    PLACE = "an event before it is missing, or it is out of place"
    ORDER = "it does not follow the event before it"
    CONTENT = "its content was changed"
    SEAL = "its seal does not fit its content and place"
    END = "the chain ends before its recorded head, or after it"
    CHECKPOINT = "the checkpoint at this event was not signed by a key of this installation"
    CUT = "it is missing, and a checkpoint shows that it was there"
    REWRITTEN = "the chain from here on is not the one that was sealed by the next checkpoint"
    REPLACED = "it is not the event that the checkpoint was made over"


@dataclass(frozen=True, slots=True)
class Link:
    """What the chain needs of one event."""

    sequence: int
    body: Mapping[str, Any]
    body_digest: str
    previous_digest: str
    digest: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of checking one chain.

    Attributes:
        checked: How many events hold.
        bad_sequence: The first that does not.
        fault: What is wrong with it.
        sealed: How many of those that hold are covered by a signed checkpoint.
        cut: How many of those retention has removed; a signed checkpoint stands for them.
        replaced: In how many of those that are there a stand-in stands for somebody who was forgotten.
    """

    checked: int
    bad_sequence: int | None = None
    fault: Fault | None = None
    sealed: int = 0
    cut: int = 0
    replaced: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found wrong."""
        return self.bad_sequence is None

    @property
    def reason(self) -> str:
        """What is wrong, for a terminal; empty when nothing is."""
        return str(self.fault or "")


def body_digest(body: Mapping[str, Any]) -> str:
    """SHA-256 over the RFC 8785 form of an event's body."""
    return digest.sha256(digest.canonical(body))


def link_digest(workspace_id: str, sequence: int, previous: str, body: str) -> str:
    """SHA-256 that binds one event to its place: workspace, number, predecessor, body."""
    parts = {"body": body, "previous": previous, "sequence": sequence, "workspace": workspace_id}
    return digest.sha256(digest.canonical(parts))


def fault_of(workspace_id: str, link: Link, stand_ins: frozenset[str] = frozenset()) -> Fault | None:
    """What is wrong with an event that follows the one before it: its content, or its seal.

    Args:
        workspace_id: Whose trail it is in.
        link: The event.
        stand_ins: Digests that its content may have instead of its own, since somebody in it was forgotten.
    """
    if not any(_fits(link.body, digest) for digest in (link.body_digest, *stand_ins)):
        return Fault.CONTENT
    if link_digest(workspace_id, link.sequence, link.previous_digest, link.body_digest) != link.digest:
        return Fault.SEAL
    return None


def _fits(body: Mapping[str, Any], sealed: str) -> bool:
    """Whether the body has that digest. One that has no canonical form was never sealed by us as it stands there."""
    try:
        read = {name: _read(value) if name in VALUE_FIELDS else value for name, value in body.items()}
        return body_digest(read) == sealed
    except (ValueError, OverflowError, RecursionError):
        return False


def _read(text: str) -> Any:
    """A JSON value as `sealable` knows it. Raises `ValueError` for a name that is there twice."""
    return json.loads(text, parse_int=_number, object_pairs_hook=_once)


def _number(text: str) -> float:
    """Before `sealable` was, a great float could be sealed, which the database then gave back as an integer."""
    number = float(text)
    return int(number) if abs(number) <= digest.EXACT else number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found
