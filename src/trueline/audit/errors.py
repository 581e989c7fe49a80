"""Errors of the trail.

Refused
 |- TrailBroken       a trail that does not hold is not sealed
 |- TermRefused       a trail is kept for at least a quarter
 |- NothingToCut      no checkpoint stands for events that old
 `- CheckpointForged  a checkpoint that no known key has signed
"""

from __future__ import annotations

from trueline.kit.errors import Refused


class TrailBroken(Refused):
    """A trail that does not hold is not sealed."""

    code = "trail_broken"

    def __init__(self, sequence: int) -> None:
        super().__init__(
            "The audit trail does not hold, so it is not signed.",
            next_step="Verify the chain on the page of the audit log, and ask who changed the database.",
        )
        self.sequence = sequence


class TermRefused(Refused):
    """A trail is kept for at least a quarter."""

    code = "audit_term_refused"

    def __init__(self) -> None:
        super().__init__("The log is kept for at least 90 days.", next_step="Choose more days.")


class NothingToCut(Refused):
    """No checkpoint stands for events that old."""

    code = "nothing_to_cut"

    def __init__(self) -> None:
        super().__init__("No events are that old, or no signed checkpoint stands for them.")


class CheckpointForged(Refused):
    """A checkpoint that no known key has signed in its time."""

    code = "checkpoint_forged"

    def __init__(self) -> None:
        super().__init__(
            "The checkpoint was not signed by a known key.",
            next_step="Compare it with the keys that the installation publishes.",
        )
