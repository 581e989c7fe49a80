"""States of a run, what may follow what, and the identity that keeps one thing from running twice. Pure."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from trueline.kit import digest


def _seconds(name: str, default: float) -> float:
    """A duration, which tests and drills shorten by an environment variable; read once, when this module is loaded."""
    return float(os.environ.get(name, default))


LEASE_SECONDS = _seconds("TRUELINE_LEASE_SECONDS", 30)
"""How long a worker may be silent. With the sweep every 15 s, a killed run is taken up within 60 s."""
HEARTBEAT_SECONDS = _seconds("TRUELINE_HEARTBEAT_SECONDS", 8)
SWEEP_SECONDS = _seconds("TRUELINE_SWEEP_SECONDS", 15)
MOST_ATTEMPTS = 3
"""A run that took its worker down three times is poison: it ends and asks for attention."""

COUNTS = frozenset(
    {
        "traces",
        "spans",
        "objects",
        "unread",
        "warnings",
        "areas",
        "changed",
        "detected",
        "opened",
        "reopened",
        "seen_again",
        "cleared",
    }
    | {"released", "sent", "unsent", "canceled"}
)
"""The only keys that a run may count under."""


class State(StrEnum):
    """How far a run is."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"


class RunOutcome(StrEnum):
    """How a completed run ended. That it succeeded does not make its result trustworthy: coverage says that."""

    SUCCEEDED = "succeeded"
    PARTIALLY_SUCCEEDED = "partially_succeeded"
    BLOCKED = "blocked"
    FAILED = "failed"
    CANCELLED = "cancelled"


MOVES: dict[str, set[str]] = {State.QUEUED: {State.RUNNING, State.COMPLETED}, State.RUNNING: {State.COMPLETED}}
ACTIVE = (State.QUEUED, State.RUNNING)
MOST_UNDER_WAY = 5
"""So many runs that go on are named one by one; of the others only how many."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a run may not start or go on.

    Attributes:
        code: A stable reason such as `capability_missing`.
        message: One sentence for a person.
        retryable: Whether waiting or repairing something can help; false for what concerns rights and scope.
    """

    code: str
    message: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class RunType:
    """One kind of work. A test holds every field, and a docs heading, against the registry.

    Attributes:
        code: `room.verb`, stable.
        label: English label, marked for translation.
        capability: What the initiator must hold, at dispatch and at execution.
        is_idempotent: Whether a repeated step does no harm, so that a stalled run may be taken up by itself.
        expected_seconds: What a person should expect.
        followed_by: Type that starts by itself when this one has succeeded at least in part; empty for none.
    """

    code: str
    label: str
    capability: str
    is_idempotent: bool
    expected_seconds: int
    followed_by: str = ""


def identity(run_type: str, environment_id: UUID | None, parameters: Mapping[str, Any]) -> str:
    """Digest of what the run would do: two runs with one identity are never active at once."""
    environment = str(environment_id) if environment_id else ""
    return digest.sha256(digest.canonical([run_type, environment, dict(parameters)]))


def checked_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts as they are stored. Raises `ValueError` for a key that is not on the list."""
    unknown = set(counts) - COUNTS
    if unknown:
        raise ValueError(f"a run does not count {', '.join(sorted(unknown))}")
    return {key: int(value) for key, value in counts.items()}
