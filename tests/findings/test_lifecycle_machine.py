"""Findings against a model of a dozen lines, over any course of observations and decisions."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db.models import Count, Sum, Value
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.findings.looks import AREAS, decide, look, seen, table
from tests.worlds import World
from trueline.findings.models import Finding, FindingCount, FindingDay
from trueline.findings.rules import MOVES, OPEN
from trueline.workspaces.actions import create_environment
from trueline.workspaces.models import Environment

NAMES = ("a", "b", "c", "d")
AREA_OF = {"a": AREAS[0], "b": AREAS[0], "c": AREAS[1], "d": AREAS[1]}
COURSES = int(os.environ.get("SOAK_COURSES", "25"))
"""A handful in the suite; `python -m benchmarks soak` takes thousands."""
DAYS = st.integers(1, 30)


@dataclass
class Expected:
    """One finding as it should be."""

    last_seen: int
    observed: int
    state: str = "new"
    times_seen: int = 1
    times_reopened: int = 0
    resolved: int = 0
    accepted: int | None = None


class Course(RuleBasedStateMachine):
    """One environment's findings, and what should have become of them."""

    world: ClassVar[World]
    number: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).number += 1
        with self.world.scope() as scope:
            self.environment: Environment = create_environment(scope, f"Course {self.number}", actor=scope.actor)
        self.expected: dict[str, Expected] = {}
        self.newest = 0

    @rule(
        at=DAYS,
        shown=st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3)),
        covered=st.sets(st.sampled_from(AREAS)),
    )
    def observe(self, at: int, shown: dict[str, int], covered: set[str]) -> None:
        detections = [seen(name, area=AREA_OF[name], observed=value) for name, value in shown.items()]
        look(self.world, self.environment, at, detections, covered)
        if at < self.newest:
            return
        self.newest = at
        for name, value in shown.items():
            self._see(name, value, at)
        for name, one in self.expected.items():
            if name not in shown and AREA_OF[name] in covered and one.state in OPEN and one.last_seen < at:
                one.state, one.resolved = "resolved", at

    def _see(self, name: str, value: int, at: int) -> None:
        one = self.expected.get(name)
        if one is None:
            self.expected[name] = Expected(at, value)
            return
        if one.last_seen >= at or (one.state == "resolved" and one.resolved >= at):
            return
        one.last_seen, one.observed, one.times_seen = at, value, one.times_seen + 1
        if one.state == "resolved" or (one.state == "risk_accepted" and value != one.accepted):
            one.state, one.resolved, one.times_reopened = "reopened", 0, one.times_reopened + 1

    @precondition(lambda self: self.expected)
    @rule(choice=st.sampled_from(NAMES), wanted=st.sampled_from(["triaged", "in_progress", "closed", "risk_accepted"]))
    def person_decides(self, choice: str, wanted: str) -> None:
        one = self.expected.get(choice)
        if one is not None and wanted in MOVES[one.state]:  # type: ignore[index]  # a word of the same set
            decide(self.world, self.environment, choice, wanted)
            one.state = wanted
            one.accepted = one.observed if wanted == "risk_accepted" else None

    @invariant()
    def findings_are_what_the_model_says(self) -> None:
        found = {name: (row[0], row[1], row[2], row[3]) for name, row in table(self.world, self.environment).items()}
        assert found == {
            name: (one.observed, one.state, one.times_seen, one.times_reopened) for name, one in self.expected.items()
        }

    @invariant()
    def the_database_has_counted_every_finding(self) -> None:
        with self.world.inside():
            stored = FindingCount.objects.filter(environment_id=self.environment.pk, number__gt=0)
            kept = set(stored.values_list("area", "severity_rank", "state", "number"))
            rows = Finding.objects.filter(environment_id=self.environment.pk).values("severity_rank", "state")
            by_area = set(rows.annotate(many=Count("id")).values_list("area", "severity_rank", "state", "many"))
            summed = set(rows.annotate(many=Count("id")).values_list(Value(""), "severity_rank", "state", "many"))
            changes = FindingDay.objects.filter(environment_id=self.environment.pk).aggregate(total=Sum("opened"))
            is_open = Finding.objects.filter(environment_id=self.environment.pk, state__in=OPEN).count()
        assert kept == by_area | summed
        assert (changes["total"] or 0) == is_open


@pytest.mark.slow
def test_findings_follow_their_model(world: World) -> None:
    Course.world = world
    health = [HealthCheck.too_slow, HealthCheck.data_too_large]
    wished = settings(max_examples=COURSES, stateful_step_count=15, deadline=None, suppress_health_check=health)
    run_state_machine_as_test(Course, settings=wished)
