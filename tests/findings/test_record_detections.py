"""What becomes of findings when an environment is looked at again."""

from __future__ import annotations

import threading
from itertools import permutations

import pytest
from django.db import DatabaseError, connections, transaction

from tests.findings.looks import AREAS, day, decide, look, seen, snapshot_at, states, table
from tests.worlds import World, small_world
from trueline.audit.models import AuditEvent
from trueline.findings.actions.detections import Recorded, Sighting, record_detections
from trueline.findings.models import Finding
from trueline.findings.queries import daily_changes
from trueline.findings.rules import MOVES, OPEN, FindingState, Severity
from trueline.kit import clock
from trueline.kit.scope import Scope
from trueline.operations.errors import LeaseLost
from trueline.workspaces.actions import create_environment
from trueline.workspaces.models import Environment


def test_what_was_never_seen_is_new_and_due_by_its_severity(world: World) -> None:
    assert look(world, world.environment, 1, [seen("a")]) == Recorded(detected=1, opened=1)
    with world.inside():
        (found,) = Finding.objects.all()
    assert (found.state, found.first_seen_at, found.last_seen_at, found.times_seen) == ("new", day(1), day(1), 1)
    assert found.due_at == day(15)


def test_the_same_import_any_number_of_times_is_one_import(world: World) -> None:
    snapshot = None
    with world.inside():
        snapshot = snapshot_at(world.environment, day(1))
    detections = [seen(name) for name in "abc"]
    look(world, world.environment, 1, detections, snapshot=snapshot)
    once = table(world, world.environment)
    for _ in range(3):
        assert look(world, world.environment, 1, detections, snapshot=snapshot) == Recorded(detected=3)
    assert table(world, world.environment) == once


def test_the_order_of_detections_means_nothing(world: World) -> None:
    detections = [seen("a"), seen("b", observed={"x": [1, 2]}), seen("c", severity=Severity.LOW)]
    results = []
    for ordered in permutations(detections):
        with world.scope() as scope:
            environment = _another(scope, len(results))
        look(world, environment, 1, ordered)
        results.append(table(world, environment))
    assert all(result == results[0] for result in results)


def _another(scope: Scope, number: int) -> Environment:
    return create_environment(scope, f"Place {number}", actor=scope.actor)


def test_keys_in_another_order_are_the_same_observation(world: World) -> None:
    assert (
        seen("a", observed={"x": 1, "y": 2}).observed_digest() == seen("a", observed={"y": 2, "x": 1}).observed_digest()
    )


def test_seen_again_counts_and_takes_the_newest_value(world: World) -> None:
    look(world, world.environment, 1, [seen("a", observed=1)])
    assert look(world, world.environment, 2, [seen("a", observed=2)]) == Recorded(detected=1, seen_again=1)
    observed, state, times_seen, _, first, last, *_ = table(world, world.environment)["a"]
    assert (observed, state, times_seen, first, last) == (2, "new", 2, day(1), day(2))


def test_one_cause_given_twice_is_one_finding_and_the_worst_counts(world: World) -> None:
    both = [seen("a", severity=Severity.LOW), seen("a", severity=Severity.CRITICAL)]
    look(world, world.environment, 1, both)
    look(world, world.other_environment, 1, reversed(both))
    assert table(world, world.environment)["a"][-1] == table(world, world.other_environment)["a"][-1] == "critical"
    assert len(table(world, world.environment)) == 1


def test_gone_from_a_completely_read_area_is_verified_cleared(world: World) -> None:
    look(world, world.environment, 1, [seen("a"), seen("b")])
    assert look(world, world.environment, 2, [seen("b")]) == Recorded(detected=1, seen_again=1, cleared=1)
    with world.inside():
        cleared = Finding.objects.get(subject_key="policy:a")
    assert (cleared.state, cleared.resolved_reason, cleared.resolved_at) == ("resolved", "verified_cleared", day(2))


def test_absence_from_an_area_that_was_not_read_completely_clears_nothing(world: World) -> None:
    look(world, world.environment, 1, [seen("a", area=AREAS[0]), seen("b", area=AREAS[1])])
    assert look(world, world.environment, 2, [], covered=[AREAS[1]]) == Recorded(cleared=1)
    assert states(world, world.environment) == {"a": "new", "b": "resolved"}
    assert look(world, world.environment, 3, [], covered=[]) == Recorded()
    assert states(world, world.environment) == {"a": "new", "b": "resolved"}


def test_another_environment_is_never_touched(world: World) -> None:
    look(world, world.environment, 1, [seen("a")])
    look(world, world.other_environment, 2, [])
    assert states(world, world.environment) == {"a": "new"}


def test_back_again_reopens_with_a_new_time_limit_and_keeps_when_it_began(world: World) -> None:
    look(world, world.environment, 1, [seen("a")])
    look(world, world.environment, 2, [])
    assert look(world, world.environment, 9, [seen("a")]) == Recorded(detected=1, reopened=1)
    with world.inside():
        found = Finding.objects.get()
    assert (found.state, found.times_reopened, found.first_seen_at) == ("reopened", 1, day(1))
    assert (found.resolved_at, found.resolved_reason, found.due_at) == (None, "", day(23))


def test_seen_again_after_it_reopened_is_not_counted_as_reopened_even_in_one_moment(world: World) -> None:
    with clock.settled(day(20)):
        look(world, world.environment, 1, [seen("a")])
        look(world, world.environment, 2, [])
        look(world, world.environment, 3, [seen("a")])
        assert look(world, world.environment, 4, [seen("a")]) == Recorded(detected=1, seen_again=1)


@pytest.mark.parametrize("state", ["closed", "risk_accepted"])
def test_what_people_decided_stays_while_it_is_seen_and_when_it_is_gone(state: str, world: World) -> None:
    look(world, world.environment, 1, [seen("a")])
    decide(world, world.environment, "a", state)
    assert look(world, world.environment, 2, [seen("a")]).seen_again == 1
    assert look(world, world.environment, 3, []).cleared == 0
    assert states(world, world.environment) == {"a": state}
    assert table(world, world.environment)["a"][2] == 2


def test_an_older_observation_that_arrives_late_changes_nothing(world: World) -> None:
    look(world, world.environment, 1, [seen("a"), seen("b")])
    look(world, world.environment, 5, [seen("b")])
    before = table(world, world.environment)
    assert look(world, world.environment, 3, [seen("a"), seen("b"), seen("never")]) == Recorded(detected=3)
    assert look(world, world.environment, 4, []) == Recorded()
    assert table(world, world.environment) == before


def test_every_look_is_one_event_that_says_what_became_of_it(world: World) -> None:
    look(world, world.environment, 1, [seen("a"), seen("b")])
    with world.inside():
        events = AuditEvent.objects.filter(action="findings:finding:detect")
        assert [event.after for event in events] == [
            {"detected": 2, "opened": 2, "seen_again": 0, "reopened": 0, "cleared": 0, "released": 0}
        ]


def test_a_late_writer_is_refused_before_it_writes(world: World) -> None:
    def refuse() -> None:
        raise LeaseLost

    with world.scope() as scope:
        sighting = Sighting(world.environment, snapshot_at(world.environment, day(1)).pk, day(1))
        with pytest.raises(LeaseLost):
            record_detections(scope, sighting, [], actor=scope.actor, hold=refuse)
        assert not AuditEvent.objects.filter(action="findings:finding:detect").exists()


@pytest.mark.parametrize("start", sorted(FindingState))
def test_the_database_refuses_every_move_that_the_table_does_not_list(start: str, world: World) -> None:
    look(world, world.environment, 1, [seen("a")])
    fields = {
        "resolved": {"resolved_at": clock.now(), "resolved_reason": "remediated"},
        "closed": {"closed_at": clock.now(), "closed_reason": "not_applicable"},
    }
    blank = {"resolved_at": None, "resolved_reason": "", "closed_at": None, "closed_reason": ""}
    path = {"in_progress": ["triaged", "in_progress"], "reopened": ["resolved", "reopened"], "new": []}
    with world.inside():
        mine = Finding.objects.filter(environment_id=world.environment.pk)
        for state in path.get(start, [start]):
            mine.update(state=state, **(blank | fields.get(state, {})))
        for wanted in sorted(set(FindingState) - MOVES[FindingState(start)] - {start}):
            with pytest.raises(DatabaseError, match="illegal move"), transaction.atomic():
                mine.update(state=wanted, **(blank | fields.get(wanted, {})))


def test_a_contradictory_state_is_refused(world: World) -> None:
    look(world, world.environment, 1, [seen("a")])
    with world.inside(), pytest.raises(DatabaseError, match="finding_resolved_says_why"):
        Finding.objects.update(state="resolved")


def test_two_that_judge_one_environment_at_once_do_not_stand_in_each_others_way(committed: None) -> None:
    world = small_world()
    names = [f"n{number:03}" for number in range(60)]
    look(world, world.environment, 0, map(seen, names))
    failures: list[BaseException] = []

    def judge(at: float, order: list[str]) -> None:
        try:
            for step in range(4):
                look(world, world.environment, at + step, map(seen, order))
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=judge, args=pair) for pair in ((1, names), (1.5, names[::-1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = table(world, world.environment)
    assert {row[1] for row in found.values()} <= set(OPEN)
    assert {row[5] for row in found.values()} == {day(4.5)}


def test_what_changed_belongs_to_the_day_on_which_it_was_observed(world: World) -> None:
    look(world, world.environment, 1, [seen("a"), seen("b")])
    look(world, world.environment, 5, [seen("a")])
    with world.scope() as scope:
        changed = daily_changes(scope, day(0).date())
    assert changed == {(day(1).date(), 2): 2, (day(5).date(), 2): -1}
