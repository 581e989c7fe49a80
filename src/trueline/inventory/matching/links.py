"""What people answered about pairs: confirmed links, and pairs that must never be proposed again."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trueline.inventory.rules import ItemView


class LinkAnswer(StrEnum):
    """What a person says of two objects."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Link:
    """A person's answer about two objects, by their `identity_key`.

    Attributes:
        is_confirmed: True says that they are the same object, False that they never are.
    """

    left: str
    right: str
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class LinkBook:
    """All answers, ready to be asked."""

    confirmed: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    refused: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def refuses(self, left: ItemView, right: ItemView) -> bool:
        """Whether a person said that these two are different objects."""
        return bool(self.refused) and (identity_key(left), identity_key(right)) in self.refused


def link_book(links: Iterable[Link]) -> LinkBook:
    """Answers sorted into confirmed and refused; a refusal wins over a confirmation of the same pair."""
    answers = tuple(links)
    refused = frozenset((link.left, link.right) for link in answers if not link.is_confirmed)
    confirmed = frozenset((link.left, link.right) for link in answers if link.is_confirmed)
    return LinkBook(confirmed - refused, refused)


def identity_key(item: ItemView) -> str:
    """What a link remembers of an object: its type and id, or its type and name where the source has no ids."""
    return f"{item.object_type}:{item.external_id.lower() or item.name.casefold()}"
