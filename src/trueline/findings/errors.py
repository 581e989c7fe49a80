"""Errors of the work on findings.

Conflict
 `- MoveRefused      the finding is in a state that does not allow it, perhaps since a moment ago
Refused
 |- ReasonMissing    closing without a known reason
 `- NotAMember       somebody who cannot see the finding cannot work on it
"""

from trueline.kit.errors import Conflict, Refused


class MoveRefused(Conflict):
    """The finding is in a state that does not allow it."""

    code = "move_refused"

    def __init__(self) -> None:
        super().__init__(
            "The finding is not in a state that allows this.",
            next_step="Somebody else may have been first: look at it again.",
        )


class ReasonMissing(Refused):
    """A finding is closed only with a known reason."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__("Say why the finding is closed.")


class NotAMember(Refused):
    """Whoever cannot see the finding cannot work on it."""

    code = "not_a_member"

    def __init__(self) -> None:
        super().__init__("This person has no access to the environment of the finding.")
