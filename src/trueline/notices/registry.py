"""What rooms above add: letters of their own, and what makes them due. Filled by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trueline.kit.scope import Scope
from trueline.notices.models import Delivery


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a letter, with where it leads; empty for nowhere."""

    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, in the language that is active when it is composed.

    Attributes:
        path: Where its one button leads, below the public address.
    """

    subject: str
    lines: tuple[Line, ...]
    path: str
    button: str


Compose = Callable[[Scope, Delivery], Letter | None]
Make = Callable[[Scope], int]
_composers: dict[str, Compose] = {}
_makers: list[Make] = []


def register(event_type: str, compose: Compose, make: Make) -> None:
    """A kind of letter to persons: who composes it for a person's scope (None for nothing to say), who makes it due."""
    _composers[event_type] = compose
    if make not in _makers:
        _makers.append(make)


def composer(event_type: str) -> Compose | None:
    """Who composes letters of that kind, None for those that this room composes itself."""
    return _composers.get(event_type)


def makers() -> tuple[Make, ...]:
    """Everything that is to be asked for letters that are due."""
    return tuple(_makers)
