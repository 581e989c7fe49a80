"""An acceptance ends with what it holds, and what has ended does not come back by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.findings.looks import day, look, seen
from tests.findings.test_accepted_risk import approved, asked, found, open_now
from tests.worlds import World
from trueline.findings import queries
from trueline.findings.actions.accepting import settle_lapsed
from trueline.findings.actions.sweeping import write_down_ends
from trueline.findings.actions.workflow import Step, move_findings
from trueline.findings.errors import MoveRefused
from trueline.findings.models import Finding, FindingException, FindingExceptionDecision, FindingPause
from trueline.findings.workflow import Verb
from trueline.kit import clock
from trueline.workspaces import access

NOW = day(10)


@pytest.fixture
def accepted(world: World) -> Finding:
    look(world, world.environment, 9, [seen("a", observed="one")])
    with clock.settled(NOW):
        approved(world, asked(world, found(world)))
    return found(world)


def test_opening_it_again_by_hand_ends_the_decision_and_the_pause(world: World, accepted: Finding) -> None:
    before = accepted.due_at
    with clock.settled(NOW + timedelta(days=2)), world.scope(world.operator) as scope:
        opened = move_findings(scope, [accepted.pk], Step(Verb.REOPEN), actor=scope.actor)[0]
        assert [one.status for one in queries.exceptions(scope)] == ["revoked"]
        assert not FindingPause.objects.filter(ended_at=None).exists()
    assert (opened.state, opened.due_at) == ("reopened", before + timedelta(days=2))


def test_a_value_that_comes_back_was_not_decided_on_again(world: World, accepted: Finding) -> None:
    with clock.settled(NOW + timedelta(days=1)):
        look(world, world.environment, 11, [seen("a", observed="two")])
        look(world, world.environment, 12, [seen("a", observed="one")])
        assert open_now(world) == ["reopened"]
        with world.scope() as scope:
            assert list(queries.ending_exceptions(scope, timedelta(days=90))) == []


def test_what_has_ended_meanwhile_is_not_accepted_any_more(world: World) -> None:
    look(world, world.environment, 9, [seen("a")])
    with clock.settled(NOW):
        request = asked(world, found(world))
        with world.scope(world.operator) as scope:
            move_findings(scope, [found(world).pk], Step(Verb.CLOSE, "duplicate"), actor=scope.actor)
        with pytest.raises(MoveRefused):
            approved(world, request)
    with world.inside():
        assert FindingException.objects.get().status == "pending"


def test_a_renewal_after_the_end_lets_the_time_between_count(world: World, accepted: Finding) -> None:
    before = accepted.due_at
    with clock.settled(NOW + timedelta(days=25)):
        approved(world, asked(world, accepted))
        with world.inside():
            ended, goes_on = FindingPause.objects.order_by("started_at")
    assert (ended.ended_at, goes_on.started_at) == (NOW + timedelta(days=20), NOW + timedelta(days=25))
    assert found(world).due_at == before + timedelta(days=20)


def history(world: World) -> list[tuple[str, str]]:
    with world.inside():
        steps = FindingExceptionDecision.objects.order_by("decided_at", "id")
        return [(one.decision, one.actor_label) for one in steps][2:]


def test_the_sweep_writes_once_into_the_history_that_it_expired(world: World, accepted: Finding) -> None:
    with clock.settled(NOW + timedelta(days=21)), world.inside():
        scope = access.system(world.workspace.pk)
        write_down_ends(scope, actor=scope.actor)
        write_down_ends(scope, actor=scope.actor)
        settle_lapsed(scope, world.environment.pk, actor=scope.actor)
    assert history(world) == [("expired", scope.actor.label)]


def test_another_value_is_written_once_into_the_history_as_stale(world: World, accepted: Finding) -> None:
    with clock.settled(NOW + timedelta(days=1)):
        look(world, world.environment, 11, [seen("a", observed="two")])
        look(world, world.environment, 12, [seen("a", observed="three")])
    with clock.settled(NOW + timedelta(days=40)), world.inside():
        scope = access.system(world.workspace.pk)
        write_down_ends(scope, actor=scope.actor)
    assert [step for step, _by in history(world)] == ["stale"]


def test_a_finding_that_ended_before_its_decision_did_leaves_the_decision_a_history(
    world: World, accepted: Finding
) -> None:
    with world.inside():
        Finding.objects.update(state="reopened")
        Finding.objects.update(state="resolved", resolved_reason="verified_cleared", resolved_at=NOW)
    with clock.settled(NOW + timedelta(days=21)), world.inside():
        scope = access.system(world.workspace.pk)
        assert write_down_ends(scope, actor=scope.actor) == 0
    assert [step for step, _by in history(world)] == ["expired"]
