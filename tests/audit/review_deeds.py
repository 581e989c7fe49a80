"""What can be done with reviews, each with the one event that it must leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.reviews.prepared import draft, published, ready, seeded
from tests.worlds import World
from trueline.kit.scope import Scope
from trueline.reviews import actions
from trueline.reviews import actions_cycles as cycles
from trueline.reviews.actions_cycles import Terms
from trueline.reviews.actions_sharing import revoke_share, share_review
from trueline.reviews.cycles import Dates, Interval
from trueline.reviews.models import CycleTurn, Review, ReviewCycle
from trueline.reviews.rules import Audience

Prepared = Callable[[World, Scope], Callable[[], object]]


def _with(prepare: Callable[[World, Scope], Any], act: Callable[[Scope, Any], object]) -> Prepared:
    def ready_to_go(world: World, scope: Scope) -> Callable[[], object]:
        seeded(world)
        made = prepare(world, scope)
        return lambda: act(scope, made)

    return ready_to_go


def _begin(world: World, scope: Scope) -> Callable[[], object]:
    seeded(world)
    actions.take_evidence(scope, world.environment, actor=scope.actor)
    return lambda: actions.begin_review(scope, world.environment, "November", actor=scope.actor)


def _take(world: World, scope: Scope) -> Callable[[], object]:
    seeded(world)
    return lambda: actions.take_evidence(scope, world.environment, actor=scope.actor)


def _refresh(world: World, scope: Scope) -> Callable[[], object]:
    made = draft(world, scope)
    seeded(world)
    actions.take_evidence(scope, world.environment, actor=scope.actor)
    return lambda: actions.refresh_evidence(scope, made, actor=scope.actor)


_TERMS = Terms("Security review", Dates(Interval.MONTHLY, 1, 5, date(2026, 3, 1), 6, 3, "Europe/Berlin"), "de")


def _cycle(world: World, scope: Scope) -> ReviewCycle:
    return cycles.create_cycle(scope, world.environment, _TERMS, actor=scope.actor)


def _paused(world: World, scope: Scope) -> ReviewCycle:
    return cycles.pause_cycle(scope, _cycle(world, scope).pk, actor=scope.actor)


def _failed(world: World, scope: Scope) -> Review:
    found = Review.objects.get(id=draft(world, scope))
    twin = {"environment_id": world.other_environment.pk, "title": "x", "created_by_label": "x", "pseudonym_key": b"x"}
    made = Review(workspace_id=found.workspace_id, state="failed", failure="internal_error", **twin)
    made.save(force_insert=True)
    actions.take_evidence(scope, world.other_environment, actor=scope.actor)
    return made


def _turn(world: World, scope: Scope) -> CycleTurn:
    made = _cycle(world, scope)
    place = {"workspace_id": made.workspace_id, "environment_id": made.environment_id}
    return CycleTurn.objects.create(**place, cycle=made, due_on=made.next_due_on)


REVIEWS: dict[str, tuple[Prepared, str]] = {
    "reviews.take_evidence": (_take, "reviews:evidence:take"),
    "reviews.begin_review": (_begin, "reviews:review:begin"),
    "reviews.write_review": (
        _with(draft, lambda scope, made: actions.write_review(scope, made, "Other", "Text", actor=scope.actor)),
        "reviews:review:change",
    ),
    "reviews.refresh_evidence": (_refresh, "reviews:review:change"),
    "reviews.ready_review": (
        _with(draft, lambda scope, made: actions.ready_review(scope, made, actor=scope.actor)),
        "reviews:review:ready",
    ),
    "reviews.publish_review": (
        _with(ready, lambda scope, made: actions.publish_review(scope, made, actor=scope.actor)),
        "reviews:review:publish",
    ),
    "reviews.archive_review": (
        _with(draft, lambda scope, made: actions.archive_review(scope, made, actor=scope.actor)),
        "reviews:review:archive",
    ),
    "reviews.acknowledge_review": (
        _with(published, lambda scope, made: actions.acknowledge_review(scope, made.pk, actor=scope.actor)),
        "reviews:review:acknowledge",
    ),
    "reviews.share_review": (
        _with(published, lambda scope, made: share_review(scope, made.pk, "Board", 7, actor=scope.actor)),
        "reviews:share:create",
    ),
    "reviews.revoke_share": (
        _with(
            lambda world, scope: share_review(scope, published(world, scope).pk, "Board", 7, actor=scope.actor)[0],
            lambda scope, made: revoke_share(scope, made.pk, actor=scope.actor),
        ),
        "reviews:share:revoke",
    ),
    "reviews.make_pack": (
        _with(
            published,
            lambda scope, made: actions.make_pack(scope, made.pk, Audience.INTERNAL, "en", actor=scope.actor),
        ),
        "reviews:pack:make",
    ),
    "reviews.retry_review": (
        _with(_failed, lambda scope, made: actions.retry_review(scope, made.pk, actor=scope.actor)),
        "reviews:review:retry",
    ),
    "reviews.create_cycle": (
        lambda world, scope: lambda: _cycle(world, scope),
        "reviews:cycle:create",
    ),
    "reviews.change_cycle": (
        _with(_cycle, lambda scope, made: cycles.change_cycle(scope, made.pk, _TERMS, actor=scope.actor)),
        "reviews:cycle:change",
    ),
    "reviews.pause_cycle": (
        _with(_cycle, lambda scope, made: cycles.pause_cycle(scope, made.pk, actor=scope.actor)),
        "reviews:cycle:pause",
    ),
    "reviews.resume_cycle": (
        _with(_paused, lambda scope, made: cycles.resume_cycle(scope, made.pk, actor=scope.actor)),
        "reviews:cycle:resume",
    ),
    "reviews.retry_turn": (
        _with(_turn, lambda scope, made: cycles.retry_turn(scope, made.pk, actor=scope.actor)),
        "operations:run:start",
    ),
}
REVIEW_PARTS = {
    "reviews.visit": "whoever holds the link acts, and is named by it; see tests/web/test_sharing.py",
    "reviews.take_due_turns": "a date and the run that prepares it; an event each, see tests/reviews/test_cycles.py",
    "reviews.prepare_turn": "evidence, review and date come together, each with its event",
}
