"""Errors of world models.

Conflict
 |- RuleMoveRefused      the rule is in a status that does not allow it, perhaps since a moment ago
 `- ModelRetired         the world model is retired
Refused
 |- WorldModelUnreadable the file is no world model, or one with errors
 |- RuleFrozen           an enshrined or retired rule does not change
 |- GateNotPassed        the rule stands against the others, or breaks its own examples
 |- OwnSubmission        nobody signs off what they have submitted
 |- WhyMissing           a rule changes its status without a reason
 |- NothingEnshrined     a version without an enshrined rule is published only by somebody who says so
 `- NothingNew           the newest version says the same already
"""

from __future__ import annotations

from trueline.kit.errors import Conflict, Refused


class RuleMoveRefused(Conflict):
    """The rule is in a status that does not allow it."""

    code = "rule_move_refused"

    def __init__(self) -> None:
        super().__init__(
            "The rule is not in a status that allows this.",
            next_step="Somebody else may have been first: look at it again.",
        )


class ModelRetired(Conflict):
    """The world model does not apply any more."""

    code = "world_model_retired"

    def __init__(self) -> None:
        super().__init__("This world model is retired.")


class WorldModelUnreadable(Refused):
    """The file is no world model, or one with errors; the message says where."""

    code = "world_model_unreadable"


class RuleFrozen(Refused):
    """An enshrined or retired rule does not change."""

    code = "rule_frozen"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The rule {key!r} is enshrined or retired here, and the file says something else.",
            next_step="Give the changed rule an id of its own; the former one can then be retired.",
        )
        self.key = key


class GateNotPassed(Refused):
    """The rule stands against the others, or breaks its own examples."""

    code = "gate_not_passed"


class OwnSubmission(Refused):
    """Nobody signs off what they have submitted."""

    code = "own_submission"

    def __init__(self) -> None:
        super().__init__("You have submitted this rule yourself.", next_step="Another person has to sign it off.")


class WhyMissing(Refused):
    """A rule changes its status without a reason."""

    code = "why_missing"

    def __init__(self) -> None:
        super().__init__("Say why.")


class NothingEnshrined(Refused):
    """No rule of the version is enshrined, and nobody said that they know."""

    code = "nothing_enshrined"

    def __init__(self) -> None:
        super().__init__(
            "This version has 0 enshrined rules: nobody has signed off what it judges by.",
            next_step="Have rules signed off, or say that it shall be published all the same.",
        )


class NothingNew(Refused):
    """The newest version says the same already."""

    code = "nothing_new"

    def __init__(self) -> None:
        super().__init__("The newest version says the same already.")
