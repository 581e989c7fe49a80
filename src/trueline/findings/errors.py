"""Errors of the work on findings.

Conflict
 |- MoveRefused      the finding is in a state that does not allow it, perhaps since a moment ago
 |- UndoRefused      it was not you who ended it just now, or something has happened since
 `- DecisionTaken    the request has been decided, or another one is open
Refused
 |- ReasonMissing    closing or accepting without a reason
 |- NotAMember       somebody who cannot see the finding cannot work on it
 |- EmptyComment     a comment without any text
 |- TermsRefused     days in which nothing can be done, or less for what matters less
 |- LabelRefused     a word that is no label, or one too many
 |- TooMany          more findings at once than one step is done with
 |- OwnRequest       nobody decides on their own request
 |- TermTooLong      a risk of this severity is not accepted for so long
 `- ValueChanged     what was asked about is not what is there now
"""

from __future__ import annotations

from trueline.kit.errors import Conflict, Refused


class MoveRefused(Conflict):
    """The finding is in a state that does not allow it."""

    code = "move_refused"

    def __init__(self) -> None:
        super().__init__(
            "The finding is not in a state that allows this.",
            next_step="Somebody else may have been first: look at it again.",
        )


class UndoRefused(Conflict):
    """Only what one has done oneself, just now, and what nothing has followed can be undone."""

    code = "undo_refused"

    def __init__(self) -> None:
        super().__init__(
            "This cannot be undone (any more).", next_step="Open the finding again if it is not done after all."
        )


class DecisionTaken(Conflict):
    """The request has been decided, or another one is open."""

    code = "decision_taken"

    def __init__(self) -> None:
        super().__init__("There is a decision on this finding already, or a request that waits for one.")


class ReasonMissing(Refused):
    """Nothing is closed or accepted without a reason."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__("Say why.")


class NotAMember(Refused):
    """Whoever cannot see the finding cannot work on it."""

    code = "not_a_member"

    def __init__(self) -> None:
        super().__init__("This person has no access to the environment of the finding.")


class EmptyComment(Refused):
    """There is no text in it."""

    code = "empty_comment"

    def __init__(self) -> None:
        super().__init__("There is no text in the comment.")


class TermsRefused(Refused):
    """Days in which nothing can be done, or less time for what matters less than for what matters more."""

    code = "terms_refused"

    def __init__(self) -> None:
        super().__init__(
            "What matters more has at most as much time as what matters less, from one day to three years.",
            next_step="Change the days.",
        )


class LabelRefused(Refused):
    """A word that is no label, or one too many."""

    code = "label_refused"


class TooMany(Refused):
    """One step is done with so many findings at most."""

    code = "too_many"

    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most} findings are worked on at once.", next_step="Choose fewer.")


class OwnRequest(Refused):
    """Nobody decides on their own request."""

    code = "own_request"

    def __init__(self) -> None:
        super().__init__("You have asked for this yourself; somebody else decides.")


class TermTooLong(Refused):
    """A risk of this severity is not accepted for so long."""

    code = "term_too_long"

    def __init__(self) -> None:
        super().__init__(
            "The date is in the past, or later than a risk of this severity may be accepted.",
            next_step="Choose an earlier date; an acceptance can be renewed.",
        )


class ValueChanged(Refused):
    """What was asked about is not what is there now."""

    code = "value_changed"

    def __init__(self) -> None:
        super().__init__(
            "The value or its severity has changed since this was asked.", next_step="Ask again for what is there now."
        )
