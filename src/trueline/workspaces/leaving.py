"""What a person answers for, given back when they leave or reach less. Filled by the composition root.

Rooms above hold work in people's names; this room ends memberships and knows none of them.
"""

from __future__ import annotations

from typing import Protocol

from trueline.kit.scope import Actor, Scope
from trueline.workspaces.models import User


class GiveBack(Protocol):
    """Takes from a person what they may not work on any more, in the transaction that took the right away."""

    def __call__(self, scope: Scope, user: User, *, actor: Actor) -> int:
        """How much it was."""


_known: list[GiveBack] = []


def register(give_back: GiveBack) -> None:
    """Ask a room whenever somebody leaves or reaches less."""
    if give_back not in _known:
        _known.append(give_back)


def give_back(scope: Scope, user: User, *, actor: Actor) -> int:
    """Ask every room; gives how much was taken from the person."""
    return sum(one(scope, user, actor=actor) for one in _known)
