"""Between whom an answer about a pair holds, whatever stood left on the page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from trueline.inventory.matching.links import Link, LinkAnswer
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trueline.kit.scope import Scope


@dataclass(frozen=True, slots=True)
class Relation:
    """Two environments, or a standard and an environment.

    Attributes:
        left_environment_id: The environment with the smaller id, None when a standard is left.
        left_profile_id: The standard, None when two environments are compared.
        is_turned: Whether what the caller calls left is the right here.
    """

    left_environment_id: UUID | None
    left_profile_id: UUID | None
    right_environment_id: UUID
    is_turned: bool = False


class Answered(Protocol):
    """A stored answer."""

    left_environment_id: UUID | None
    left_profile_id: UUID | None
    right_environment_id: UUID
    left_key: str
    right_key: str
    answer: str


def relation(left_environment_id: UUID, right_environment_id: UUID, profile_id: UUID | None = None) -> Relation | None:
    """The relation of two sides; None for two captures of one environment, whose ids tell what is the same.

    Args:
        left_environment_id: Where the left was captured.
        right_environment_id: Where the right was captured.
        profile_id: The standard that the left is the content of; None when it is a capture of its own.
    """
    if profile_id is not None:
        return Relation(None, profile_id, right_environment_id)
    if left_environment_id == right_environment_id:
        return None
    smaller, larger = sorted((left_environment_id, right_environment_id))
    return Relation(smaller, None, larger, is_turned=smaller != left_environment_id)


def holds_in(answered: Answered, between: Relation) -> bool:
    """Whether an answer is about that relation."""
    return (answered.left_environment_id, answered.left_profile_id, answered.right_environment_id) == (
        between.left_environment_id,
        between.left_profile_id,
        between.right_environment_id,
    )


def links_of(answers: Iterable[Answered], between: Relation | None) -> list[Link]:
    """The answers of one relation as the matching takes them, left and right as the caller has them."""
    if between is None:
        return []
    return [
        Link(
            one.right_key if between.is_turned else one.left_key,
            one.left_key if between.is_turned else one.right_key,
            is_confirmed=one.answer == LinkAnswer.CONFIRMED,
        )
        for one in answers
        if holds_in(one, between)
    ]


def answer_capability(between: Relation) -> Capability:
    """What it takes to answer: about a standard it changes what environments are held to, else it is a reading."""
    return Capability.FINDINGS_WORK if between.left_profile_id is None else Capability.BASELINES_MANAGE


def require_answer(scope: Scope, between: Relation) -> None:
    """Raise `NotAllowed` unless the actor may answer in every environment that the answer is about."""
    for environment_id in (between.left_environment_id, between.right_environment_id):
        if environment_id is not None:
            scope.require(answer_capability(between), environment_id)
