"""Errors of the inbox.

Refused
 `- NotAnItem      nothing of that name waits for this person
"""

from trueline.kit.errors import Refused


class NotAnItem(Refused):
    """Nothing of that name waits for this person, or it has been done meanwhile."""

    code = "not_an_item"

    def __init__(self) -> None:
        super().__init__("This does not wait any more.", next_step="Somebody else may have been first.")
