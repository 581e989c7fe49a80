"""Why two objects are taken for one: the method, how sure it is, and the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from trueline.inventory.rules import ItemView

ItemT = TypeVar("ItemT", bound=ItemView)


class Method(StrEnum):
    """The rungs of the identity ladder, from certain to supposed."""

    ID = "id"
    LINK = "link"
    FIXED_ID = "fixed_id"
    NAME = "name"
    BASE_NAME = "base_name"
    SETTINGS = "settings"
    CONTENT = "content"
    CROSS_TYPE = "cross_type"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a pair is a pair.

    Attributes:
        method: The rung of the ladder that found it.
        confidence: From 0 to 1; 1 only where identity itself says so.
        auto: Whether it stands without a person's answer.
        reason: One sentence for a person.
    """

    method: Method
    confidence: float
    auto: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Pair(Generic[ItemT]):
    """One object of the left and one of the right that are taken for the same."""

    left: ItemT
    right: ItemT
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Matching(Generic[ItemT]):
    """The whole one-to-one assignment. Every item of both sides is in exactly one of the three."""

    pairs: tuple[Pair[ItemT], ...]
    only_left: tuple[ItemT, ...]
    only_right: tuple[ItemT, ...]
