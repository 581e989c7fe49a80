"""What an event's hash covers, and the check of a chain. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import Any

from trueline.kit import digest

GENESIS = "0" * 64
"""What the first event of a chain names as its predecessor."""


class Outcome(StrEnum):
    """How what the event tells of ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    PARTIAL = "partial"
    INFO = "info"
    BLOCKED = "blocked"


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


def body_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """An event's body as JSON values, from its columns by name."""
    body = {name: values[name] for name in BODY_FIELDS}
    body["recorded_at"] = values["recorded_at"].astimezone(UTC).isoformat(timespec="microseconds")
    body["environment_id"] = str(values["environment_id"]) if values["environment_id"] else ""
    body["outcome"], body["actor_kind"] = str(values["outcome"]), str(values["actor_kind"])
    return body


@dataclass(frozen=True, slots=True)
class Link:
    """What the chain needs of one event. `body` is None when retention has removed it."""

    sequence: int
    body: Mapping[str, Any] | None
    body_digest: str
    previous_digest: str
    digest: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of checking one chain: how many events, and the first that does not hold, with its reason."""

    checked: int
    bad_sequence: int | None = None
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found wrong."""
        return self.bad_sequence is None


def body_digest(body: Mapping[str, Any]) -> str:
    """SHA-256 over the RFC 8785 form of an event's body."""
    return digest.sha256(digest.canonical(body))


def link_digest(workspace_id: str, sequence: int, previous: str, body: str) -> str:
    """SHA-256 that binds one event to its place: workspace, number, predecessor, body."""
    parts = {"body": body, "previous": previous, "sequence": sequence, "workspace": workspace_id}
    return digest.sha256(digest.canonical(parts))


def verify(workspace_id: str, links: Iterable[Link], *, head: tuple[int, str]) -> Verdict:
    """Walk a chain in order and name the first event that is edited, missing, inserted or out of place.

    Args:
        workspace_id: The workspace as text; it is part of every hash, so a chain cannot be moved.
        links: All events by number, ascending.
        head: Number and digest that the chain claims to end with.
    """
    previous, checked = GENESIS, 0
    for link in links:
        fault = _fault(workspace_id, link, checked + 1, previous)
        if fault:
            return Verdict(checked, link.sequence, fault)
        previous, checked = link.digest, checked + 1
    if head != (checked, previous):
        return Verdict(checked, checked + 1, "the chain ends before its recorded head, or after it")
    return Verdict(checked)


def _fault(workspace_id: str, link: Link, expected: int, previous: str) -> str:
    if link.sequence != expected:
        return f"event {expected} is missing or out of order"
    if link.previous_digest != previous:
        return "it does not follow the event before it"
    if link.body is not None and body_digest(link.body) != link.body_digest:
        return "its content was changed"
    if link_digest(workspace_id, link.sequence, previous, link.body_digest) != link.digest:
        return "its seal does not fit its content and place"
    return ""
