"""Findings of assertions: opened, kept open while nobody can tell, cleared, closed when not asked for any more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.findings.looks import day, snapshot_at
from tests.inventory.assertions.samples import asks, assigned, baseline, record, where
from tests.samples import TAKEN_AT, capture, compliance, perform_all, write_export
from trueline.connections.contract import Coverage
from trueline.findings import detectors
from trueline.findings.actions.detections import Recorded, Sighting, record_detections
from trueline.findings.models import Finding
from trueline.findings.starting import judge_again, judge_by
from trueline.inventory import queries_standards
from trueline.inventory.actions import add_baseline_version, assign_baseline, make_baseline, unassign_baseline
from trueline.inventory.assertions.evaluation import ResultState, evaluate
from trueline.inventory.assertions.layers import effective
from trueline.inventory.models import BaselineCheck

STANDARD = "standard"
ON, OFF = {"settings": {"home": "on"}}, {"settings": {"home": "off"}}
HOME, LOCK = asks("home"), asks("lock")


def look(world, number, place, *demands, of=(detectors.UNMET,), standard=STANDARD):
    """Judge what a place shows on a day."""
    results = evaluate(effective([baseline(*demands)]), place) if demands else ()
    detected = [detectors.unmet(results, standard, place)] if demands else []
    with world.scope() as scope:
        snapshot = snapshot_at(world.environment, day(number))
        sighting = Sighting(world.environment, snapshot.pk, snapshot.observed_at)
        return record_detections(scope, sighting, detected, actor=scope.actor, hold=lambda: None, of=of)


def states(world):
    with world.inside():
        return {one.subject_key: (one.state, one.resolved_reason or one.closed_reason) for one in Finding.objects.all()}


def test_what_is_not_met_is_found_and_what_is_met_again_is_verified(world):
    look(world, 1, where(record("A", **OFF)), HOME, LOCK)
    assert states(world) == {"home": ("new", ""), "lock": ("new", "")}
    look(world, 2, where(record("A", **ON)), HOME, LOCK)
    assert states(world) == {"home": ("resolved", "verified_cleared"), "lock": ("new", "")}
    assert look(world, 3, where(record("A", **OFF)), HOME, LOCK).reopened == 1


@pytest.mark.parametrize(
    "place",
    [
        where(coverage=Coverage.DENIED),
        where(coverage=Coverage.NOT_LICENSED),
        where(coverage=Coverage.PARTIAL),
        where(record("A", **ON), coverage=Coverage.PARTIAL),
        where(record("B", settings={}, expected_settings=3)),
    ],
    ids=["denied", "not licensed", "nothing in a part", "met in a part", "truncated"],
)
def test_what_nobody_can_tell_stays_open(place, world):
    look(world, 1, where(record("A", **OFF)), HOME)
    look(world, 2, place, HOME)
    assert states(world) == {"home": ("new", "")}


def test_a_demand_that_was_dropped_is_closed_and_opens_again_with_it(world):
    look(world, 1, where(record("A", **OFF)), HOME, LOCK)
    assert look(world, 2, where(record("A", **OFF)), LOCK).released == 1
    assert states(world) == {"home": ("closed", "not_asked"), "lock": ("new", "")}
    look(world, 3, where(record("A", **OFF)), HOME, LOCK)
    assert states(world)["home"] == ("reopened", "")


def test_an_environment_that_is_held_no_more_has_nothing_open_of_it(world):
    look(world, 1, where(record("A", **OFF)), HOME, standard="other")
    look(world, 2, where(record("A", **OFF)), LOCK)
    assert states(world) == {"home": ("closed", "not_asked"), "lock": ("new", "")}
    assert look(world, 3, where(), of=()) == Recorded()
    assert look(world, 0.5, where()).released == 0, "an old capture that comes late closes nothing"


def test_a_decision_is_pinned_to_what_was_seen_and_whom_it_reaches():
    elsewhere = record("C", settings={}, **assigned("x"))
    places = [where(record("A", **ON, **assigned(*groups)), elsewhere) for groups in (("some",), ())]
    part, nobody = (
        detectors.unmet(evaluate(effective([baseline(HOME)]), place), STANDARD, place).detections[0] for place in places
    )
    assert (part.kind, nobody.kind) == ("met_partly", "met_partly")
    assert part.fingerprint(STANDARD) == nobody.fingerprint(STANDARD)
    assert part.observed_digest() != nobody.observed_digest()


def test_a_capture_is_held_against_what_its_standards_ask_for(world, tmp_path):
    """The whole way: assigned, captured, found, asked for no more, held no more."""
    about = {"type": "deviceCompliancePolicies", "area": "compliance"}
    long = asks("passwordMinimumLength", "at_least", 6, id="length", **about)
    wanted = replace(baseline(long), provider="microsoft365")
    with world.scope() as scope:
        house = make_baseline(scope, "House", None, actor=scope.actor, asks=wanted)
        assign_baseline(scope, house.pk, world.environment, actor=scope.actor)
    shown = capture(
        world, world.environment, write_export(tmp_path, [compliance(1, passwordMinimumLength=4)]), TAKEN_AT
    )
    with world.scope() as scope:
        check = BaselineCheck.objects.get(snapshot_id=shown.pk)
        kept = queries_standards.results(scope, check)
        finding = Finding.objects.get()
        assert check.states == {"length": "not_met"}
        assert (kept["length"].state, kept["length"].said.code) == (ResultState.NOT_MET, "other_value")
        assert (finding.subject_key, finding.observed) == ("length", {"values": [["4", "unknown"]]})
        easier = replace(wanted, version="2", assertions=(replace(long, id="short"),))
        version = add_baseline_version(scope, house.pk, None, actor=scope.actor, asks=easier)
        judging = judge_by(scope, version, actor=scope.actor)
        assert ([one.run.environment_id for one in judging.runs], judging.waiting) == ([world.environment.pk], 0)
    perform_all(world)
    assert states(world) == {"length": ("closed", "not_asked"), "short": ("new", "")}
    with world.scope() as scope:
        unassign_baseline(scope, house.pk, world.environment, actor=scope.actor)
        judge_again(scope, world.environment, actor=scope.actor)
    perform_all(world)
    assert states(world)["short"] == ("closed", "not_asked")
