"""One finding, its accepted risk and its clock, against a small model: over any course of looks, decisions and time."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.findings.looks import day, look, seen
from tests.worlds import World
from trueline.findings import queries
from trueline.findings.actions.accepting import (
    Terms,
    approve_exception,
    request_exception,
    revoke_exception,
    settle_lapsed,
)
from trueline.findings.actions.workflow import Step, move_findings
from trueline.findings.exceptions import HOLDS, Pin, validity
from trueline.findings.models import Finding, FindingException, FindingPause
from trueline.findings.rules import RANK, SLA_DAYS, Severity
from trueline.findings.sla import elapsed, paused
from trueline.findings.workflow import Verb
from trueline.kit import clock
from trueline.workspaces.actions import create_environment

COURSES = int(os.environ.get("SOAK_COURSES", "12"))
STEPS = 15
SEVERITIES = st.sampled_from([Severity.CRITICAL, Severity.HIGH, Severity.LOW])


class Accepting(RuleBasedStateMachine):
    """What should have become of the finding: its state, what holds it, and when it is due."""

    world: ClassVar[World]
    number: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).number += 1
        with self.world.scope() as scope:
            self.place = create_environment(scope, f"Place {self.number}", actor=scope.actor)
        self.looks, self.now = 1, day(40)
        self.value, self.rank = 0, RANK[Severity.HIGH]
        self.state, self.reopened = "new", 0
        self.due = day(1) + timedelta(days=SLA_DAYS[Severity.HIGH])
        self.held: tuple[object, int, object] | None = None  # value, rank, end
        self.stopped = self.now
        self._do(lambda: look(self.world, self.place, 1, [seen("a", observed=0)]))
        with self.world.inside():
            self.id = Finding.objects.get(environment_id=self.place.pk).pk

    def _do(self, deed: Callable[[], object]) -> None:
        with clock.settled(self.now):
            deed()

    @property
    def holds(self) -> bool:
        if self.held is None:
            return False
        value, rank, end = self.held
        return self.value == value and self.rank >= rank and self.now < end  # type: ignore[operator]  # a time

    def _settle(self) -> None:
        if self.state == "risk_accepted" and not self.holds:
            assert self.held is not None
            self._open_again(min(self.now, self.held[2]))  # type: ignore[type-var]  # a time

    def _open_again(self, at: object) -> None:
        self.due += at - self.stopped  # type: ignore[operator]  # a time
        self.state, self.reopened, self.held = "reopened", self.reopened + 1, None

    @rule(hours=st.integers(1, 900))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(value=st.integers(0, 2), severity=SEVERITIES)
    def a_capture_shows_it(self, value: int, severity: Severity) -> None:
        self.looks += 1
        shown = [seen("a", observed=value, severity=severity)]
        self._do(lambda: look(self.world, self.place, self.looks / 100 + 1, shown))
        self.value, self.rank = value, RANK[severity]
        self._settle()

    @precondition(lambda self: self.state != "closed")
    @rule(days=st.integers(1, 30))
    def a_risk_is_accepted(self, days: int) -> None:
        self._do(lambda: self._accept(days))
        self._settle()
        self.stopped = self.stopped if self.state == "risk_accepted" else self.now
        self.state, self.held = "risk_accepted", (self.value, self.rank, self.now + timedelta(days=days))

    def _accept(self, days: int) -> None:
        world = self.world
        with world.scope(world.operator) as scope:
            terms = Terms("Known.", world.owner, clock.now() + timedelta(days=days))
            asked = request_exception(scope, self.id, terms, actor=scope.actor, requester=world.operator)
        with world.scope(world.approver) as scope:
            approve_exception(scope, asked.pk, actor=scope.actor, approver=world.approver)

    @precondition(lambda self: self.state == "risk_accepted")
    @rule()
    def it_is_taken_back(self) -> None:
        with self.world.scope(self.world.approver) as scope:
            held = FindingException.objects.get(finding_id=self.id, status="active")
            by = self.world.approver
            self._do(lambda: revoke_exception(scope, held.pk, "No.", actor=scope.actor, approver=by))
        self._settle()
        if self.state == "risk_accepted":
            self._open_again(self.now)

    @rule(verb=st.sampled_from([Verb.TAKE, Verb.CLOSE, Verb.REOPEN]))
    def somebody_moves_it(self, verb: Verb) -> None:
        shown = "reopened" if self.state == "risk_accepted" and not self.holds else self.state
        froms = {Verb.TAKE: {"new", "reopened"}, Verb.REOPEN: {"closed", "risk_accepted"}}
        if shown not in froms.get(verb, {"new", "triaged", "reopened"}):
            return
        with self.world.scope(self.world.operator) as scope:
            step = Step(verb, "duplicate" if verb is Verb.CLOSE else "")
            self._do(lambda: move_findings(scope, [self.id], step, actor=scope.actor))
        self._settle()
        if verb is not Verb.REOPEN:
            self.state = {Verb.TAKE: "triaged", Verb.CLOSE: "closed"}[verb]
        elif self.state == "risk_accepted":
            self._open_again(self.now)
        else:
            severity = next(one for one in Severity if RANK[one] == self.rank)
            self.state, self.reopened = "reopened", self.reopened + 1
            self.due = self.now + timedelta(days=SLA_DAYS[severity])

    @rule()
    def a_sweep_writes_down(self) -> None:
        with self.world.scope() as scope:
            self._do(lambda: settle_lapsed(scope, self.place.pk, actor=scope.actor))
        self._settle()

    @invariant()
    def the_finding_is_what_the_model_says(self) -> None:
        with clock.settled(self.now), self.world.scope() as scope:
            found = queries.finding(scope, self.id)
            is_listed = queries.open_findings(scope).filter(id=self.id).exists()
        is_accepted = self.state == "risk_accepted" and self.holds
        assert found.shown_state == ("reopened" if self.state == "risk_accepted" and not is_accepted else self.state)
        assert (found.state, found.times_reopened, found.due_at) == (self.state, self.reopened, self.due)
        assert is_listed == (found.shown_state in {"new", "triaged", "reopened"})

    @invariant()
    def a_decision_holds_exactly_while_the_finding_is_accepted(self) -> None:
        with self.world.inside():
            found = Finding.objects.get(id=self.id)
            worth = [
                validity(
                    one.status,
                    one.expires_at,
                    Pin(one.pinned_digest, one.pinned_rank),
                    Pin(found.observed_digest, found.severity_rank),
                    self.now,
                    has_lapsed=one.lapsed_at is not None,
                )
                for one in FindingException.objects.filter(finding_id=self.id)
            ]
        assert sum(one in HOLDS for one in worth) == int(self.state == "risk_accepted" and self.holds)

    @invariant()
    def what_ran_and_what_stood_still_are_the_whole_time(self) -> None:
        with self.world.scope() as scope:
            pauses = queries.pauses(scope, Finding.objects.get(id=self.id))
            still = FindingPause.objects.filter(finding_id=self.id, ended_at=None).count()
        assert still == int(self.state == "risk_accepted")
        assert elapsed(pauses, day(1), self.now) + paused(pauses, day(1), self.now) == self.now - day(1)


@pytest.mark.slow
def test_accepted_risk_follows_its_model(world: World) -> None:
    Accepting.world = world
    health = [HealthCheck.too_slow, HealthCheck.data_too_large]
    wished = settings(max_examples=COURSES, stateful_step_count=STEPS, deadline=None, suppress_health_check=health)
    run_state_machine_as_test(Accepting, settings=wished)
