"""A decision is pinned to what was decided, and ends by itself."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tests.findings.looks import day, look, seen
from tests.worlds import World, small_world
from trueline.findings import queries
from trueline.findings.actions.accepting import (
    Terms,
    approve_exception,
    reject_exception,
    request_exception,
    revoke_exception,
    settle_lapsed,
)
from trueline.findings.actions.workflow import Step, move_findings
from trueline.findings.errors import DecisionTaken, OwnRequest, ReasonMissing, TermTooLong, ValueChanged
from trueline.findings.exceptions import ExceptionStatus, Pin, Validity, validity
from trueline.findings.models import Finding, FindingException, FindingExceptionDecision
from trueline.findings.rules import Severity
from trueline.findings.workflow import Verb
from trueline.kit import clock
from trueline.kit.scope import NotAllowed
from trueline.workspaces import access
from trueline.workspaces.models import User

NOW = day(10)


def found(world: World) -> Finding:
    with world.scope() as scope:
        return queries.findings(scope).filter(environment_id=world.environment.pk).get()


def asked(world: World, finding: Finding, by: User | None = None, days: int = 20) -> FindingException:
    person = by or world.operator
    with world.scope(person) as scope:
        terms = Terms("The scanner cannot do better.", world.owner, clock.now() + timedelta(days=days), "Own network")
        return request_exception(scope, finding.pk, terms, actor=scope.actor, requester=person)


def approved(world: World, exception: FindingException, by: User | None = None) -> FindingException:
    person = by or world.approver
    with world.scope(person) as scope:
        return approve_exception(scope, exception.pk, actor=scope.actor, approver=person)


@pytest.fixture
def accepted(world: World) -> Finding:
    """A high finding, accepted at day ten for twenty days."""
    look(world, world.environment, 9, [seen("a", observed="one")])
    with clock.settled(NOW):
        approved(world, asked(world, found(world)))
    return found(world)


def open_now(world: World) -> list[str]:
    with world.scope() as scope:
        return [one.shown_state for one in queries.open_findings(scope)]


def test_an_accepted_risk_is_not_open(world: World, accepted: Finding) -> None:
    with clock.settled(NOW + timedelta(days=1)):
        assert open_now(world) == []
        assert found(world).shown_state == "risk_accepted"


def test_the_date_opens_it_again_with_no_job_running(world: World, accepted: Finding) -> None:
    with clock.settled(NOW + timedelta(days=20) - timedelta(milliseconds=1)):
        assert open_now(world) == []
    with clock.settled(NOW + timedelta(days=20)):
        assert open_now(world) == ["reopened"]
        with world.scope() as scope:
            assert queries.open_counts(scope, [world.environment.pk]) == {world.environment.pk: {"high": 1}}


def test_another_value_opens_it_again(world: World, accepted: Finding) -> None:
    look(world, world.environment, 11, [seen("a", observed="two")])

    with clock.settled(NOW + timedelta(days=1)):
        assert open_now(world) == ["reopened"]


def test_the_same_value_seen_again_changes_nothing(world: World, accepted: Finding) -> None:
    with clock.settled(NOW + timedelta(days=1)):
        look(world, world.environment, 11, [seen("a", observed="one")])

        assert open_now(world) == []


def test_a_higher_severity_opens_it_again_and_a_lower_one_does_not(world: World, accepted: Finding) -> None:
    with clock.settled(NOW + timedelta(days=1)):
        look(world, world.environment, 11, [seen("a", observed="one", severity=Severity.LOW)])
        assert open_now(world) == []
        look(world, world.environment, 12, [seen("a", observed="one", severity=Severity.CRITICAL)])
        assert open_now(world) == ["reopened"]


def test_a_lapse_is_written_down_once(world: World, accepted: Finding) -> None:
    with clock.settled(NOW + timedelta(days=21)), world.scope() as scope:
        assert settle_lapsed(scope, world.environment.pk, actor=scope.actor) == 1
        assert settle_lapsed(scope, world.environment.pk, actor=scope.actor) == 0


def test_a_lapsed_finding_can_be_taken_at_once(world: World, accepted: Finding) -> None:
    with clock.settled(NOW + timedelta(days=21)), world.scope(world.operator) as scope:
        taken = move_findings(scope, [accepted.pk], Step(Verb.TAKE), actor=scope.actor)[0]

    assert taken.state == "triaged"


def test_nobody_decides_on_their_own_request(world: World) -> None:
    look(world, world.environment, 9, [seen("a")])
    with clock.settled(NOW):
        mine = asked(world, found(world), by=world.owner)
        with pytest.raises(OwnRequest):
            approved(world, mine, by=world.owner)
        with pytest.raises(NotAllowed):
            approved(world, mine, by=world.operator)
        assert approved(world, mine).status == ExceptionStatus.ACTIVE


def test_a_value_that_changed_after_the_request_is_not_accepted(world: World) -> None:
    look(world, world.environment, 9, [seen("a", observed="one")])
    with clock.settled(NOW):
        request = asked(world, found(world))
        look(world, world.environment, 11, [seen("a", observed="two")])
        with pytest.raises(ValueChanged):
            approved(world, request)


@pytest.mark.parametrize(("severity", "most"), [(Severity.CRITICAL, 30), (Severity.HIGH, 90), (Severity.LOW, 365)])
def test_the_longest_term_depends_on_the_severity(world: World, severity: Severity, most: int) -> None:
    look(world, world.environment, 9, [seen("a", severity=severity)])
    with clock.settled(NOW):
        for days in (most + 2, -1):
            with pytest.raises(TermTooLong):
                asked(world, found(world), days=days)
        assert asked(world, found(world), days=most)


def test_a_renewal_is_a_new_decision_and_the_old_one_is_superseded(world: World, accepted: Finding) -> None:
    with clock.settled(NOW + timedelta(days=15)):
        approved(world, asked(world, accepted, days=60))
        with world.scope() as scope:
            statuses = [one.status for one in queries.exceptions_of(scope, accepted)]
        assert statuses == ["active", "superseded"]
    with clock.settled(NOW + timedelta(days=40)):
        assert open_now(world) == []


def test_only_one_request_waits_at_a_time(world: World) -> None:
    look(world, world.environment, 9, [seen("a")])
    with clock.settled(NOW):
        asked(world, found(world))
        with pytest.raises(DecisionTaken):
            asked(world, found(world))


def test_refusing_and_taking_back_need_a_reason(world: World, accepted: Finding) -> None:
    with clock.settled(NOW + timedelta(days=1)), world.scope(world.approver) as scope:
        held = queries.exceptions(scope).get()
        with pytest.raises(ReasonMissing):
            revoke_exception(scope, held.pk, " ", actor=scope.actor, approver=world.approver)
        revoke_exception(scope, held.pk, "The scanner is gone.", actor=scope.actor, approver=world.approver)
        assert open_now(world) == ["reopened"]
        with pytest.raises(DecisionTaken):
            reject_exception(scope, held.pk, "late", actor=scope.actor, approver=world.approver)


def test_every_step_is_kept(world: World, accepted: Finding) -> None:
    with world.inside():
        steps = list(FindingExceptionDecision.objects.order_by("decided_at", "id").values_list("decision", flat=True))
    assert steps == ["requested", "approved"]


@pytest.mark.parametrize(
    ("status", "digest", "rank", "days", "expected"),
    [
        ("active", "x", 2, 60, Validity.VALID),
        ("active", "x", 3, 60, Validity.VALID),
        ("active", "x", 2, 14, Validity.EXPIRING),
        ("active", "x", 2, 0, Validity.EXPIRED),
        ("active", "y", 2, 60, Validity.STALE),
        ("active", "x", 1, 60, Validity.STALE),
        ("pending", "y", 1, 0, Validity.PENDING),
        ("revoked", "x", 2, 60, Validity.REVOKED),
    ],
)
def test_what_a_decision_is_worth(status: str, digest: str, rank: int, days: int, expected: Validity) -> None:
    assert validity(status, NOW + timedelta(days=days), Pin("x", 2), Pin(digest, rank), NOW) == expected


@pytest.mark.parametrize(
    "attack",
    [
        "update findings_findingexception set status = 'pending', decided_at = null",
        "update findings_findingexception set decided_by_id = requested_by_id",
        "update findings_findingexception set reason = ''",
        "update findings_findingexception set expires_at = effective_from",
        "update findings_findingexceptiondecision set reason = 'other'",
        "delete from findings_findingexceptiondecision",
        "delete from findings_findingexception",
    ],
)
def test_the_database_refuses_by_itself(world: World, accepted: Finding, attack: str) -> None:
    with world.inside(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert accepted


def test_of_twenty_approvals_at_once_one_counts(committed: None) -> None:
    world = small_world()
    look(world, world.environment, 9, [seen("a")])
    request = asked(world, found(world), days=20)
    outcomes: list[str] = []

    def approve() -> None:
        try:
            with transaction.atomic(), world.inside():
                scope = access.enter(world.approver, world.workspace.pk)
                approve_exception(scope, request.pk, actor=scope.actor, approver=world.approver)
            outcomes.append("done")
        except DecisionTaken:
            outcomes.append("taken")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=approve) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", *["taken"] * 19]
    with world.inside():
        assert FindingException.objects.filter(status="active").count() == 1
