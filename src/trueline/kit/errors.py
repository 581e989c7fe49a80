"""The root of every error that Trueline raises on purpose.

TruelineError
 |- Refused        the input or the request is not acceptable; trying again changes nothing
 |- Unavailable    something needed is not there now; trying again later may help
 `- Conflict       somebody else was first; look again, then decide
"""

from __future__ import annotations


class TruelineError(Exception):
    """A failure with a sentence for a person.

    Attributes:
        code: A stable, documented code.
        retry: Whether trying again later can help.
        is_denial: Whether somebody tried what they may not; such a try is written down.
        next_step: What to do now, one sentence, empty when the message already says it.
    """

    code = "error"
    retry = False
    is_denial = False

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class Refused(TruelineError):
    """The input or the request is not acceptable; trying again changes nothing."""

    code = "refused"


class Unavailable(TruelineError):
    """Something needed is not there now; trying again later may help."""

    code = "unavailable"
    retry = True


class Conflict(TruelineError):
    """Somebody else was first; look again, then decide."""

    code = "conflict"
