"""Reviews that come round: prepared once for each date, by whoever is there, and published by a person."""

from __future__ import annotations

import contextvars
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connections, transaction

from tests.reviews.prepared import SUMMARY, draft, seeded
from tests.worlds import small_world
from trueline.audit.models import AuditEvent
from trueline.findings.models import Finding
from trueline.kit import clock
from trueline.kit.errors import Conflict
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.operations.actions.execution import execute
from trueline.operations.models import OperationRun
from trueline.reviews import actions, measuring, queries_cycles
from trueline.reviews.actions_cycles import Terms, create_cycle, pause_cycle, resume_cycle, retry_turn, take_due_turns
from trueline.reviews.cycles import Dates, Interval, TurnState
from trueline.reviews.errors import CycleRefused, ReviewFixed
from trueline.reviews.looking import turn_cycles
from trueline.reviews.models import CycleTurn, Pack, Review, ReviewCycle
from trueline.workspaces import access
from trueline.workspaces.actions import narrow
from trueline.workspaces.models import Membership, Workspace
from trueline.workspaces.rules import CommercialState, GrantEffect

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DATES = Dates(Interval.MONTHLY, 1, 5, date(2026, 3, 1), 6, 3, "Europe/Berlin")
DUE = datetime(2026, 3, 2, 5, tzinfo=UTC)


def terms(world, **more):
    told = {"member_ids": [world.customer.pk], "addresses": ["Board@Example.org ", "board@example.org"]}
    return Terms("Security review", DATES, "de", **(told | more))


def cycle(world, at=DUE - timedelta(days=1), **more):
    """The world's environment with a cycle, set up the day before its first review is due to be prepared."""
    with clock.settled(at), world.scope() as scope:
        return create_cycle(scope, world.environment, terms(world, **more), actor=scope.actor)


def turned(world, at=NOW, *, performs=True):
    """What workers do at a moment: look, and perform what was asked for."""
    with clock.settled(at), world.inside():
        scope = access.system(world.workspace.pk)
        number = take_due_turns(scope, actor=scope.actor)
        for run in OperationRun.objects.filter(state="queued") if performs else ():
            execute(world.workspace.pk, run.pk)
    return number


def states(world):
    with world.scope() as scope:
        return queries_cycles.turn_states(scope, list(queries_cycles.turns(scope)))


@contextmanager
def broken_measuring(monkeypatch):
    def broken(*_args):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(measuring, "operations_in", broken)
        yield


def test_a_date_that_comes_gets_one_draft_on_fresh_evidence_and_the_next_date_follows(world):
    with world.inside():
        seeded(world)
    made = cycle(world)
    assert turned(world, DUE - timedelta(minutes=1)) == 0
    assert turned(world) == 1
    assert turned(world, NOW + timedelta(hours=1)) == 0
    with world.scope() as scope:
        review = Review.objects.get()
        assert (review.title, review.state) == ("Security review · März 2026", "draft")
        assert review.created_by_label == "Trueline"
        made.refresh_from_db()
        assert made.next_due_on == date(2026, 4, 5)
        assert made.addresses == ["board@example.org"]
        assert AuditEvent.objects.filter(action="reviews:cycle:turn").count() == 1
        assert queries_cycles.turn_of_review(scope, review.pk).due_on == date(2026, 3, 5)
    assert states(world) == [TurnState.WAITING]


def test_a_person_publishes_it_and_a_worker_makes_the_pack_of_its_readers(world):
    with world.inside():
        seeded(world)
    cycle(world)
    turned(world)
    with clock.settled(NOW), world.scope() as scope:
        review = Review.objects.get()
        actions.write_review(scope, review.pk, review.title, SUMMARY, actor=scope.actor)
        actions.ready_review(scope, review.pk, actor=scope.actor)
        assert not Pack.objects.exists()
        actions.publish_review(scope, review.pk, actor=scope.actor)
    turned(world)
    with world.inside():
        assert [(one.audience, one.language) for one in Pack.objects.all()] == [("customer", "de")]
        assert OperationRun.objects.get(run_type="reviews.pack").outcome == "succeeded"
    assert states(world) == [TurnState.RELEASED]


def test_dates_that_nobody_was_there_for_are_not_made_up_and_are_told(world):
    cycle(world)
    assert turned(world, DUE + timedelta(days=70)) == 1
    with world.inside():
        turn = CycleTurn.objects.get()
    assert (turn.due_on, turn.skipped) == (date(2026, 5, 5), 2)


def test_a_review_that_is_not_published_is_taken_on_and_what_somebody_called_ready_stays_as_it_is(world):
    with clock.settled(NOW), world.scope() as scope:
        seeds = seeded(world)
        kept = draft(world, scope)
    cycle(world)
    turned(world)
    with clock.settled(NOW), world.scope() as scope:
        before = actions.ready_review(scope, kept, actor=scope.actor).evidence_id
        Finding.objects.filter(id=seeds.one(Finding).pk).update(observed=3)
    turned(world, NOW + timedelta(days=31))
    with world.inside():
        review = Review.objects.get()
        assert (review.pk, review.state, review.evidence_id) == (kept, "ready", before)
    assert states(world) == [TurnState.WAITING, TurnState.OVERTAKEN]


def test_a_paused_cycle_lets_no_date_come_and_goes_on_with_the_next(world):
    made = cycle(world)
    with clock.settled(DUE - timedelta(hours=1)), world.scope() as scope:
        pause_cycle(scope, made.pk, actor=scope.actor)
    assert turned(world, NOW + timedelta(days=40)) == 0
    with clock.settled(NOW + timedelta(days=60)), world.scope() as scope:
        assert resume_cycle(scope, made.pk, actor=scope.actor).next_due_on == date(2026, 5, 5)
    turned(world, NOW + timedelta(days=61))
    with world.inside():
        assert list(CycleTurn.objects.values_list("due_on", "skipped")) == [(date(2026, 5, 5), 0)]


def test_what_may_not_run_now_stays_due_and_comes_when_it_may(world):
    cycle(world)
    with world.inside():
        Workspace.objects.filter(id=world.workspace.pk).update(commercial_state=CommercialState.READ_ONLY)
        assert turned(world) == 0
        Workspace.objects.filter(id=world.workspace.pk).update(commercial_state=CommercialState.ACTIVE)
    assert turned(world, NOW + timedelta(days=1)) == 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"dates": replace(DATES, time_zone="Berlin")}, "time zone"),
        ({"dates": replace(DATES, interval=Interval.EVERY_DAYS, every=6)}, "7 to 366"),
        ({"dates": replace(DATES, interval=Interval.EVERY_MONTHS, every=25)}, "1 to 24"),
        ({"addresses": ["nobody"]}, "no mail address"),
        ({"addresses": [f"a{number}@example.org" for number in range(21)]}, "at most 20"),
        ({"language": "fr"}, "what is offered"),
        ({"link_days": 91}, "what is offered"),
        ({"title": " "}, "title"),
    ],
)
def test_terms_that_cannot_be_are_refused(world, more, sentence):
    with world.scope() as scope, pytest.raises(CycleRefused, match=sentence):
        create_cycle(scope, world.environment, replace(terms(world), **more), actor=scope.actor)


def test_an_environment_has_one_cycle_and_only_who_may_publish_says_whom_it_goes_to(world):
    made = cycle(world)
    with world.scope() as scope, pytest.raises(Conflict):
        create_cycle(scope, world.environment, terms(world), actor=scope.actor)
    with world.scope(world.operator) as scope:
        with pytest.raises(NotAllowed):
            pause_cycle(scope, made.pk, actor=scope.actor)
        with pytest.raises(NotAllowed):
            create_cycle(scope, world.other_environment, terms(world), actor=scope.actor)
    with world.inside():
        member = Membership.objects.get(user=world.approver)
    with world.scope() as scope:
        narrow(scope, member.pk, world.environment.pk, GrantEffect.EXCLUDE, actor=scope.actor)
    with world.scope(world.approver) as scope, pytest.raises(NotVisible):
        pause_cycle(scope, made.pk, actor=scope.actor)


def test_measuring_that_goes_wrong_leaves_a_review_that_says_so_and_can_be_tried_again(world, monkeypatch):
    with clock.settled(NOW), world.scope() as scope:
        seeded(world)
        with broken_measuring(monkeypatch):
            failed = actions.begin_review(scope, world.environment, "November", actor=scope.actor)
            assert (failed.state, failed.failure, failed.evidence) == ("failed", "internal_error", None)
            again = actions.begin_review(scope, world.environment, "Other", actor=scope.actor)
            assert (again.pk, again.state) == (failed.pk, "failed")
        with pytest.raises(ReviewFixed):
            actions.ready_review(scope, failed.pk, actor=scope.actor)
        with pytest.raises(DatabaseError), transaction.atomic():
            Review.objects.filter(id=failed.pk).update(state="ready")
        mended = actions.retry_review(scope, failed.pk, actor=scope.actor)
        assert (mended.state, mended.failure) == ("draft", "")
        with pytest.raises(ReviewFixed):
            actions.retry_review(scope, failed.pk, actor=scope.actor)
        done = [one.action for one in AuditEvent.objects.order_by("sequence") if one.subject_type == "review"]
    assert done == ["reviews:review:begin", "reviews:review:fail", *["reviews:review:retry"] * 2]


def test_a_date_whose_review_has_failed_asks_for_somebody_and_is_tried_again(world, monkeypatch):
    with world.inside():
        seeded(world)
    cycle(world)
    with broken_measuring(monkeypatch):
        turned(world)
    with world.inside():
        run = OperationRun.objects.get(run_type="reviews.prepare")
        assert (run.outcome, run.reason_code, run.needs_attention) == ("failed", "not_measured", True)
    assert states(world) == [TurnState.UNPREPARED]
    with clock.settled(NOW), world.scope() as scope:
        actions.retry_review(scope, Review.objects.get().pk, actor=scope.actor)
    assert states(world) == [TurnState.WAITING]


def test_a_run_that_never_came_to_a_review_is_asked_for_once_more(world):
    cycle(world)
    with clock.settled(NOW):
        turned(world, performs=False)
        with world.scope() as scope:
            OperationRun.objects.update(state="completed", outcome="failed", completed_at=NOW)
            turn = CycleTurn.objects.get()
            assert states(world) == [TurnState.UNPREPARED]
            retry_turn(scope, turn.pk, actor=scope.actor)
    assert states(world) == [TurnState.PREPARING]
    turned(world)
    assert states(world) == [TurnState.WAITING]


def killed_at(failpoint, work):
    """Do it in a process of its own, which is killed there."""
    connections.close_all()  # the child opens its own
    child = os.fork()
    if not child:
        os.environ["TRUELINE_FAILPOINT"] = failpoint
        try:
            work()
        finally:
            os._exit(70)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("failpoint", ["prepare:after-measure", "prepare:before-commit"])
def test_a_preparation_that_is_killed_leaves_nothing_and_is_done_once(committed, failpoint):
    world = small_world()
    with world.inside():
        seeded(world)
    cycle(world)
    assert killed_at(failpoint, lambda: turned(world)) == signal.SIGKILL
    with world.inside():
        assert (CycleTurn.objects.count(), Review.objects.count()) == (1, 0)
        run = OperationRun.objects.get(run_type="reviews.prepare")
        OperationRun.objects.update(lease_until=clock.now() - timedelta(seconds=1))
        execute(world.workspace.pk, run.pk)
        assert Review.objects.get().state == "draft"
    turned(world)
    with world.inside():
        assert (CycleTurn.objects.count(), Review.objects.count()) == (1, 1)


def test_two_schedulers_at_once_take_a_date_once(committed):
    world = small_world()
    cycle(world)

    def other() -> int:
        try:
            return turn_cycles()
        finally:
            connections.close_all()

    with clock.settled(NOW), world.inside(), transaction.atomic(), ThreadPoolExecutor(1) as threads:
        ReviewCycle.objects.select_for_update().get()
        assert threads.submit(contextvars.copy_context().run, other).result() == 0
    with clock.settled(NOW):
        assert [turn_cycles(), turn_cycles()] == [1, 0]
    with world.inside():
        assert CycleTurn.objects.count() == 1
