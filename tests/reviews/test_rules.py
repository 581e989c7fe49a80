"""What evidence is worth, what stands in the way of publishing, and when output is fit for a customer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trueline.reviews.rules import (
    Blocker,
    Completeness,
    Dimension,
    Measured,
    OutputRefusal,
    blockers,
    output_refusals,
    overall,
    whole_evidence,
)

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
C = Completeness


def measured(dimension: Dimension, state: Completeness = C.COMPLETE, days_ago: float = 1) -> Measured:
    at = None if state is C.MISSING else NOW - timedelta(days=days_ago)
    return Measured(dimension, state, "capture", at, "0" * 64)


D = Dimension
OF_SYSTEM = (D.FINDINGS, D.ACCEPTED_RISK, D.SCAN, D.WORLD_MODEL, D.SCORE, D.OPERATIONS)
OF_TENANT = (D.FINDINGS, D.ACCEPTED_RISK, D.BASELINE, D.COVERAGE, D.PERMISSIONS, D.OPERATIONS)


def all_of(*, dimensions: tuple[Dimension, ...] = OF_TENANT, **states: Completeness) -> list[Measured]:
    return [measured(one, states.get(one.value, C.COMPLETE)) for one in dimensions]


def test_of_nothing_evidence_is_missing():
    assert overall([]) is C.MISSING
    assert whole_evidence([], NOW) is C.MISSING


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ([C.COMPLETE, C.PARTIAL], C.PARTIAL),
        ([C.PARTIAL, C.STALE], C.STALE),
        ([C.STALE, C.MISSING, C.COMPLETE], C.MISSING),
        ([C.COMPLETE, C.COMPLETE], C.COMPLETE),
    ],
)
def test_the_worst_state_counts(states, whole):
    assert overall(states) is whole
    assert overall(reversed(states)) is whole


def test_time_makes_evidence_stale_and_nothing_makes_missing_evidence_good():
    assert measured(Dimension.COVERAGE, days_ago=6.9).state_at(NOW) is C.COMPLETE
    assert measured(Dimension.COVERAGE, days_ago=7.1).state_at(NOW) is C.STALE
    assert measured(Dimension.OPERATIONS, days_ago=29).state_at(NOW) is C.COMPLETE
    assert measured(Dimension.OPERATIONS, days_ago=31).state_at(NOW) is C.STALE
    assert measured(Dimension.COVERAGE, C.MISSING).state_at(NOW) is C.MISSING


def test_permissions_and_operations_are_told_and_not_required():
    assert whole_evidence(all_of(permissions=C.MISSING, operations=C.MISSING), NOW) is C.COMPLETE
    assert whole_evidence(all_of(baseline=C.MISSING), NOW) is C.MISSING


def test_each_thing_that_is_missing_blocks_by_its_own_name():
    assert blockers(all_of(), "Text.", NOW) == ()
    assert blockers(all_of(coverage=C.MISSING), "Text.", NOW) == (Blocker.NEVER_CAPTURED,)
    assert blockers(all_of(baseline=C.MISSING), "Text.", NOW) == (Blocker.NO_STANDARD,)
    assert blockers(all_of(), "  \n", NOW) == (Blocker.NO_SUMMARY,)
    old = [measured(one, days_ago=8) for one in OF_TENANT]
    assert blockers(old, "Text.", NOW) == (Blocker.EVIDENCE_STALE,)
    assert blockers([], "", NOW) == (Blocker.NEVER_CAPTURED, Blocker.NO_STANDARD, Blocker.NO_SUMMARY)


def test_a_system_of_agents_needs_a_scan_and_a_world_model_and_no_capture():
    whole = all_of(dimensions=OF_SYSTEM)
    assert (blockers(whole, "Text.", NOW), whole_evidence(whole, NOW)) == ((), C.COMPLETE)
    assert blockers(all_of(dimensions=OF_SYSTEM, scan=C.MISSING), "Text.", NOW) == (Blocker.NEVER_SCANNED,)
    assert blockers(all_of(dimensions=OF_SYSTEM, world_model=C.MISSING), "Text.", NOW) == (Blocker.NO_WORLD_MODEL,)
    assert blockers(all_of(dimensions=OF_SYSTEM, score=C.MISSING), "Text.", NOW) == ()


def safe(**changes):
    dimensions = [{"dimension": "permissions", "state": "missing"}, {"dimension": "findings", "state": "complete"}]
    document = {
        "audience": "customer",
        "is_no_certification": True,
        "evidence": {"dimensions": dimensions},
        "blind_spots": [{"kind": "dimension", "dimension": "permissions"}],
        "redaction": {"method": "allow_list_and_pseudonyms", "personal_data": "left_out"},
    }
    return {**document, **changes}


def refused(document, *, is_released=True, is_current=True):
    return output_refusals(document, is_released=is_released, is_current=is_current)


def test_output_that_meets_all_eight_conditions_is_fit():
    assert refused(safe()) == ()


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (safe(blind_spots=[]), OutputRefusal.HIDES_GAPS),
        (safe(audience="internal"), OutputRefusal.SHOWS_INTERNALS),
        (safe(redaction={"method": "x", "personal_data": "included"}), OutputRefusal.PERSONAL_DATA),
        (safe(redaction={"personal_data": "left_out"}), OutputRefusal.REDACTION_UNKNOWN),
        (safe(is_no_certification=False), OutputRefusal.CLAIMS_TOO_MUCH),
    ],
)
def test_each_condition_that_fails_refuses_by_its_own_name(document, reason):
    assert refused(document) == (reason,)


def test_what_is_not_released_or_not_current_is_refused():
    assert refused(safe(), is_released=False) == (OutputRefusal.NOT_RELEASED,)
    assert refused(safe(), is_current=False) == (OutputRefusal.NOT_CURRENT,)


def test_a_document_without_any_of_it_is_refused_for_all_of_it():
    found = refused({"evidence": {"dimensions": [{"dimension": "findings", "state": "partial"}]}}, is_released=False)
    assert set(OutputRefusal) - set(found) == {OutputRefusal.NOT_CURRENT}
