"""Errors of reviews.

Refused
 |- ReviewBlocked    something that a review must have is not there
 |- ReviewFixed      it is published, or has ended, and does not change any more
 |- CycleRefused     a review cycle that cannot be
 |- OutputRefused    output for a customer does not meet a condition for it
 `- AlreadyOpen      there is a draft for this environment already
Unavailable
 `- NotMeasured      the evidence of an environment could not be taken
"""

from __future__ import annotations

from collections.abc import Iterable

from trueline.kit.errors import Conflict, Refused, Unavailable


class ReviewBlocked(Refused):
    """Something that a review must have is not there."""

    code = "review_blocked"

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("The review cannot be published yet.", next_step="See what is missing on its page.")


class ReviewFixed(Conflict):
    """It is published, or has ended, and does not change any more."""

    code = "review_fixed"

    def __init__(self) -> None:
        super().__init__("This review does not change any more.", next_step="Begin a new one; it takes over the texts.")


class OutputRefused(Refused):
    """Output for a customer does not meet a condition for it."""

    code = "output_refused"

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("This is not safe to show to a customer.", next_step="See the reasons on the review.")


class AlreadyOpen(Conflict):
    """There is a draft for this environment already."""

    code = "review_already_open"

    def __init__(self) -> None:
        super().__init__("This environment has a review that is not published yet.", next_step="Go on with that one.")


class CycleRefused(Refused):
    """A review cycle that cannot be."""

    code = "cycle_refused"


class NotMeasured(Unavailable):
    """The evidence of an environment could not be taken; its review says so."""

    code = "not_measured"

    def __init__(self) -> None:
        super().__init__("The environment could not be measured.", next_step="Try again on the page of the review.")
