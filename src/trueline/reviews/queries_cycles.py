"""Reads of review cycles and of what became of their dates."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from trueline.kit.database.reach import in_reach
from trueline.kit.scope import NotVisible, Scope
from trueline.operations import queries as operations
from trueline.operations.rules import State
from trueline.reviews.cycles import TurnState, turn_state
from trueline.reviews.models import CycleTurn, ReviewCycle
from trueline.workspaces.rules import Capability


def cycles(scope: Scope) -> QuerySet[ReviewCycle]:
    """Cycles of environments in reach, the one whose date comes first first."""
    found = ReviewCycle.objects.filter(workspace_id=scope.workspace_id)
    return in_reach(scope, found).order_by("next_at", "id")


def cycle(scope: Scope, review_cycle_id: UUID) -> ReviewCycle:
    """One cycle. Raises `NotVisible`."""
    found = cycles(scope).filter(id=review_cycle_id).first()
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom the reviews of a cycle go to, as one reader may know it.

    Attributes:
        number: How many they are, whatever the reader may know of them.
        member_ids: Those who are members, whom every reader sees on the page of members, too.
        addresses: Mail addresses of people outside; None for a reader who may not change them.
    """

    number: int
    member_ids: tuple[UUID, ...]
    addresses: tuple[str, ...] | None


def recipients(scope: Scope, found: ReviewCycle) -> Recipients:
    """Whom the reviews of a cycle go to, as far as the reader may know it. Raises `NotVisible`."""
    if not scope.reaches(found.environment_id):
        raise NotVisible
    may_change = scope.may(Capability.REVIEWS_PUBLISH, found.environment_id)
    members = tuple(UUID(one) for one in found.member_ids)
    return Recipients(found.recipients, members, tuple(found.addresses) if may_change else None)


def turns(scope: Scope) -> QuerySet[CycleTurn]:
    """Dates that came, with their reviews, the latest first."""
    found = CycleTurn.objects.filter(workspace_id=scope.workspace_id).select_related("review", "cycle")
    return in_reach(scope, found).order_by("-due_on", "-id")


def turn(scope: Scope, cycle_turn_id: UUID) -> CycleTurn:
    """One date that came. Raises `NotVisible`."""
    found = turns(scope).filter(id=cycle_turn_id).first()
    if found is None:
        raise NotVisible
    return found


def turn_of_review(scope: Scope, review_id: UUID) -> CycleTurn | None:
    """The latest date that a review was prepared for, None for one that somebody began."""
    return turns(scope).filter(review_id=review_id).first()


def newest_turns(scope: Scope) -> list[CycleTurn]:
    """Of each cycle in reach the date that came last."""
    return list(turns(scope).order_by("cycle_id", "-due_on").distinct("cycle_id"))


def turn_states(scope: Scope, came: list[CycleTurn]) -> list[TurnState]:
    """What has become of dates, which are the latest of their cycle, the latest first."""
    runs = [one.run_id for one in came if one.run_id and one.review_id is None]
    going = operations.runs(scope).filter(id__in=runs).exclude(state=State.COMPLETED)
    under_way, seen, states = set(going.values_list("id", flat=True)) if runs else set(), set(), []
    for one in came:
        is_newest = one.review_id not in seen
        seen.add(one.review_id)
        state = one.review.state if one.review else ""
        states.append(turn_state(state, is_newest=is_newest, is_under_way=one.run_id in under_way))
    return states
