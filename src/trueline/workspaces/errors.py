"""Errors of people, workspaces and environments.

Refused
 |- LastOwner            a workspace keeps at least one owner
 |- NotOperable          the environment is not active, or the contract stops new work
 |- InvitationInvalid    unknown, used, withdrawn or expired: one answer for all, so nothing can be probed
 |- RoleTooHigh          nobody grants more than they hold
 `- KeyRefused           an API key of that life or those capabilities is not made
"""

from trueline.kit.errors import Refused


class LastOwner(Refused):
    """A workspace keeps at least one owner."""

    code = "last_owner"

    def __init__(self) -> None:
        super().__init__(
            "This is the last owner of the workspace.", next_step="Make somebody else an owner first, then try again."
        )


class NotOperable(Refused):
    """A business block: neither a missing right nor a missing record."""

    code = "not_operable"


class InvitationInvalid(Refused):
    """Unknown, used, withdrawn or expired: one answer for all, so nothing can be probed."""

    code = "invitation_invalid"

    def __init__(self) -> None:
        super().__init__("This invitation is not valid (any more).", next_step="Ask for a new one.")


class RoleTooHigh(Refused):
    """Nobody grants more than they hold."""

    code = "role_too_high"
    is_denial = True

    def __init__(self) -> None:
        super().__init__("You cannot give a role with more rights than your own.")


class KeyRefused(Refused):
    """An API key of that life or those capabilities is not made."""

    code = "key_refused"
