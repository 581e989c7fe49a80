"""By when a finding is to be done: its clock stands still while a risk is accepted; ends are written down once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.findings.looks import look, seen
from tests.worlds import World, small_world
from trueline.audit.models import AuditEvent
from trueline.findings.actions.accepting import Terms, approve_exception, request_exception, revoke_exception
from trueline.findings.actions.sweeping import sweep_exceptions
from trueline.findings.models import Finding, FindingException, FindingPause
from trueline.findings.queries import finding as finding_of
from trueline.findings.sla import Due, Pause, due, elapsed, lead, paused
from trueline.kit import clock

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("severity", "expected"),
    [("critical", timedelta(hours=14, minutes=24)), ("high", timedelta(days=2.8)), ("low", timedelta(days=3))],
)
def test_due_soon_is_the_last_fifth_and_three_days_at_most(severity: str, expected: timedelta) -> None:
    assert lead(severity) == expected
    assert due(NOON, severity, NOON) is Due.OVERDUE
    assert due(NOON, severity, NOON - timedelta(microseconds=1)) is Due.SOON
    assert due(NOON, severity, NOON - expected) is Due.SOON
    assert due(NOON, severity, NOON - expected - timedelta(microseconds=1)) is Due.ON_TIME


@given(st.lists(st.integers(0, 5000), max_size=8, unique=True), st.integers(0, 2500), st.integers(2501, 5000))
def test_what_ran_and_what_stood_still_are_the_whole_time(marks: list[int], since: int, until: int) -> None:
    at = [NOON + timedelta(minutes=one) for one in sorted(marks)]
    pauses = [Pause(start, end) for start, end in zip(at[::2], [*at[1::2], None], strict=False)]
    first, last = NOON + timedelta(minutes=since), NOON + timedelta(minutes=until)
    assert elapsed(pauses, first, last) + paused(pauses, first, last) == last - first
    assert timedelta() <= paused(pauses, first, last) <= last - first


@pytest.fixture
def shared(committed: None) -> World:
    """A world whose rows the sweep's own connection sees."""
    return small_world()


def _accepted(world: World, days: int) -> tuple[Finding, FindingException]:
    look(world, world.environment, 1, [seen("a")])
    with world.scope(world.operator) as scope:
        found = Finding.objects.get()
        terms = Terms("Known.", world.operator, clock.now() + timedelta(days=days))
        asked = request_exception(scope, found.pk, terms, actor=scope.actor, requester=world.operator)
    with world.scope(world.approver) as scope:
        approve_exception(scope, asked.pk, actor=scope.actor, approver=world.approver)
    return found, asked


def _at(monkeypatch: Any, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def _told(world: World, action: str) -> int:
    with world.inside():
        return AuditEvent.objects.filter(action=action).count()


def test_the_clock_stands_still_while_the_risk_is_accepted(world: World, monkeypatch: Any) -> None:
    found, asked = _accepted(world, 60)
    began = clock.now()
    _at(monkeypatch, began + timedelta(days=10))
    with world.scope(world.approver) as scope:
        revoke_exception(scope, asked.pk, "Not any more.", actor=scope.actor, approver=world.approver)
        back = finding_of(scope, found.pk)
        (pause,) = FindingPause.objects.all()
    assert abs(back.due_at - found.due_at - timedelta(days=10)) < timedelta(minutes=1)
    assert pause.ended_at == began + timedelta(days=10)


def test_an_end_is_written_down_once_whatever_number_of_sweeps(shared: World, monkeypatch: Any) -> None:
    found, asked = _accepted(shared, 20)
    assert sweep_exceptions() == 0
    _at(monkeypatch, asked.expires_at - timedelta(days=13))
    assert [sweep_exceptions() for _ in range(3)] == [1, 0, 0]
    assert _told(shared, "findings:exception:warn") == 1
    _at(monkeypatch, asked.expires_at)
    with shared.scope() as scope:
        assert finding_of(scope, found.pk).shown_state == "reopened"
    _at(monkeypatch, asked.expires_at + timedelta(days=5))
    assert [sweep_exceptions() for _ in range(3)] == [1, 0, 0]
    assert _told(shared, "findings:exception:lapse") == 1
    with shared.scope() as scope:
        back, (pause,) = finding_of(scope, found.pk), FindingPause.objects.all()
    assert (back.state, back.times_reopened) == ("reopened", 1)
    assert pause.ended_at == asked.expires_at


def test_a_sweep_that_finds_nothing_tells_nothing(shared: World) -> None:
    _accepted(shared, 60)
    assert sweep_exceptions() == 0
    assert _told(shared, "findings:exception:lapse") == 0


def test_a_renewal_keeps_the_clock_standing(shared: World, monkeypatch: Any) -> None:
    found, asked = _accepted(shared, 20)
    _at(monkeypatch, asked.expires_at - timedelta(days=1))
    with shared.scope(shared.operator) as scope:
        terms = Terms("Still known.", shared.operator, clock.now() + timedelta(days=30))
        again = request_exception(scope, found.pk, terms, actor=scope.actor, requester=shared.operator)
    with shared.scope(shared.approver) as scope:
        approve_exception(scope, again.pk, actor=scope.actor, approver=shared.approver)
        assert FindingPause.objects.filter(ended_at=None).count() == 1
    _at(monkeypatch, asked.expires_at + timedelta(days=1))
    assert sweep_exceptions() == 0
    with shared.scope() as scope:
        assert finding_of(scope, found.pk).shown_state == "risk_accepted"
