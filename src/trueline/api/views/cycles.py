"""Review cycles: read, set up, changed, paused; and what became of their dates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import cycles as schemas
from trueline.api.schemas.shapes import Paging
from trueline.kit import clock
from trueline.reviews import actions_cycles as actions
from trueline.reviews import queries_cycles as queries
from trueline.reviews.cycles import Dates, Interval
from trueline.reviews.models import CycleTurn, ReviewCycle
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

_TAG = "Reviews"
_VIEW, _MANAGE = Capability.FINDINGS_VIEW, Capability.REVIEWS_PUBLISH
_ONE = "/review-cycles/{uuid:review_cycle_id}"
_COPIED = (
    "id", "title", "interval", "every", "day_of_month", "starts_on", "hour", "lead_days", "time_zone", "language",
    "link_days", "next_due_on", "next_at",
)  # fmt: skip


@operation("GET", "/review-cycles", _VIEW, schemas.ReviewCyclePage, tag=_TAG)
def list_review_cycles(asked: Asked, filters: Query[Paging]) -> dict[str, Any]:
    """Review cycles of environments in reach, the one whose date comes first first."""
    return page(asked, filters, queries.cycles(asked.scope), ("next_at", "id"), lambda rows: _shown(asked, rows))


@operation("POST", "/review-cycles", _MANAGE, schemas.ReviewCycle, tag=_TAG, success=201, record=True)
def create_review_cycle(asked: Asked, given: schemas.NewReviewCycle) -> schemas.ReviewCycle:
    """Let reviews of an environment come round by themselves.

    People publish them. Answers 409 when the environment has a cycle that goes on.
    """
    place = access.environment(asked.scope, given.environment)
    asked.scope.require(_MANAGE, place.pk)
    made = actions.create_cycle(asked.scope, place, _terms(given), actor=asked.actor)
    asked.made("review-cycles", made.pk)
    return _one(asked, made)


@operation("GET", _ONE, _VIEW, schemas.ReviewCycle, tag=_TAG, record=True)
def get_review_cycle(asked: Asked, review_cycle_id: UUID) -> schemas.ReviewCycle:
    """One review cycle; mail addresses that it goes to are told to those who may change them."""
    return _one(asked, _found(asked, review_cycle_id, _VIEW))


@operation("PUT", _ONE, _MANAGE, schemas.ReviewCycle, tag=_TAG, record=True)
def change_review_cycle(asked: Asked, review_cycle_id: UUID, given: schemas.ReviewCycleTerms) -> schemas.ReviewCycle:
    """Other terms, from the next date on."""
    asked.hold_to(_one(asked, _found(asked, review_cycle_id, _MANAGE)))
    terms = _terms(given)
    return _one(asked, actions.change_cycle(asked.scope, review_cycle_id, terms, actor=asked.actor))


@operation("POST", _ONE + "/pause", _MANAGE, schemas.ReviewCycle, tag=_TAG, record=True)
def pause_review_cycle(asked: Asked, review_cycle_id: UUID) -> schemas.ReviewCycle:
    """Let no date come until it is resumed."""
    _found(asked, review_cycle_id, _MANAGE)
    return _one(asked, actions.pause_cycle(asked.scope, review_cycle_id, actor=asked.actor))


@operation("POST", _ONE + "/resume", _MANAGE, schemas.ReviewCycle, tag=_TAG, record=True)
def resume_review_cycle(asked: Asked, review_cycle_id: UUID) -> schemas.ReviewCycle:
    """Go on with the next date from today on.

    Answers 409 when another cycle of the environment goes on by now.
    """
    _found(asked, review_cycle_id, _MANAGE)
    return _one(asked, actions.resume_cycle(asked.scope, review_cycle_id, actor=asked.actor))


@operation("GET", _ONE + "/turns", _VIEW, schemas.CycleTurnPage, tag=_TAG, record=True)
def list_cycle_turns(asked: Asked, review_cycle_id: UUID, filters: Query[Paging]) -> dict[str, Any]:
    """Dates of a cycle that came, the latest first, and what became of each."""
    there = _found(asked, review_cycle_id, _VIEW)
    came = queries.turns(asked.scope).filter(cycle_id=there.pk)
    return page(asked, filters, came, ("-due_on", "-id"), lambda rows: _turns(asked, rows))


@operation(
    "POST", "/review-turns/{uuid:cycle_turn_id}/retry", Capability.REVIEWS_MANAGE, schemas.CycleTurn, tag=_TAG,
    record=True,
)  # fmt: skip
def retry_cycle_turn(asked: Asked, cycle_turn_id: UUID) -> schemas.CycleTurn:
    """Ask once more for the review of a date that could not be prepared."""
    there = queries.turn(asked.scope, cycle_turn_id)
    asked.scope.require(Capability.REVIEWS_MANAGE, there.environment_id)
    actions.retry_turn(asked.scope, cycle_turn_id, actor=asked.actor)
    return _turns(asked, [queries.turn(asked.scope, cycle_turn_id)])[0]


def _found(asked: Asked, review_cycle_id: UUID, capability: Capability) -> ReviewCycle:
    there = queries.cycle(asked.scope, review_cycle_id)
    asked.scope.require(capability, there.environment_id)
    return there


def _terms(given: schemas.ReviewCycleTerms) -> actions.Terms:
    starts_on = given.starts_on or clock.now().date()
    dates = Dates(
        Interval(given.interval), given.every, given.day_of_month, starts_on, given.hour, given.lead_days,
        given.time_zone,
    )  # fmt: skip
    return actions.Terms(given.title, dates, given.language, given.user_ids, given.addresses, given.link_days)


def _one(asked: Asked, row: ReviewCycle) -> schemas.ReviewCycle:
    return _shown(asked, [row])[0]


def _shown(asked: Asked, rows: list[ReviewCycle]) -> list[schemas.ReviewCycle]:
    slugs = {one.pk: one.slug for one in workspaces.environments(asked.scope)}
    return [_cycle(asked, one, slugs[one.environment_id]) for one in rows]


def _cycle(asked: Asked, row: ReviewCycle, slug: str) -> schemas.ReviewCycle:
    whom = queries.recipients(asked.scope, row)
    return schemas.ReviewCycle(
        **{name: getattr(row, name) for name in _COPIED},
        environment=slug,
        recipients=whom.number,
        user_ids=list(whom.member_ids),
        addresses=None if whom.addresses is None else list(whom.addresses),
        is_paused=row.paused_at is not None,
    )


def _turns(asked: Asked, rows: list[CycleTurn]) -> list[schemas.CycleTurn]:
    states = queries.turn_states(asked.scope, rows)
    return [
        schemas.CycleTurn(id=one.pk, due_on=one.due_on, state=state, skipped=one.skipped, review_id=one.review_id)
        for one, state in zip(rows, states, strict=True)
    ]
