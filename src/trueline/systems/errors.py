"""Errors of systems of agents.

Conflict
 `- MoveRefused        it is in a state that does not allow this, perhaps since a moment ago
Refused
 |- NameMissing        an agent, or what it reaches, has no name
 |- PersonNeeded       only a person confirms what was read off traces
 |- AlreadyKnown       the graph has this part already
 `- TemplateUnreadable the text of a template cannot be taken apart
"""

from __future__ import annotations

from trueline.kit.errors import Conflict, Refused


class MoveRefused(Conflict):
    """It is in a state that does not allow this."""

    code = "graph_move_refused"

    def __init__(self) -> None:
        super().__init__(
            "It is not in a state that allows this.",
            next_step="Somebody else may have been first: look at it again.",
        )


class NameMissing(Refused):
    """An agent, or what it reaches, has no name."""

    code = "name_missing"

    def __init__(self) -> None:
        super().__init__("A name is missing.")


class PersonNeeded(Refused):
    """Only a person confirms or discards what was read off traces."""

    code = "person_needed"

    def __init__(self) -> None:
        super().__init__("Only a person decides on this.", next_step="Sign in and do it on the page.")


class AlreadyKnown(Refused):
    """The graph has this part already."""

    code = "part_known"

    def __init__(self) -> None:
        super().__init__("This is known already.", next_step="Confirm it in the list.")


class TemplateUnreadable(Refused):
    """The text of a template cannot be taken apart; the message says why."""

    code = "template_unreadable"
