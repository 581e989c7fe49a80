"""Scans: what is kept, what becomes a finding, what a decision is pinned to, and when a cause is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from tests.evaluations.models import imported, rule
from tests.evaluations.runs import agents_of, body, day, run, runs, scanned
from trueline.audit.models import AuditEvent
from trueline.connections.models import UploadChunk
from trueline.engine.traces.reader import read_bytes
from trueline.evaluations import queries
from trueline.evaluations.actions.publishing import publish_version
from trueline.evaluations.models import FailureCluster, Scan
from trueline.evaluations.scanning import Readiness, Safety, scan
from trueline.evaluations.starting import scan_file
from trueline.findings import queries as findings
from trueline.findings.actions.accepting import Terms, approve_exception, request_exception
from trueline.findings.models import Finding
from trueline.kit import clock
from trueline.kit.scope import NotAllowed
from trueline.notices.happenings import happenings
from trueline.notices.rules import EventType
from trueline.operations.actions.execution import execute
from trueline.operations.queries import run as find_run


@pytest.fixture
def place(world):
    with world.inside():
        return agents_of(world)


def version_of(world, *rules):
    with world.scope() as scope:
        model_id = imported(scope, *rules)
        return publish_version(scope, model_id, "", actor=scope.actor, is_unsigned_known=True).pk


def finding_of(world, place, detector="failure"):
    with world.scope() as scope:
        return findings.findings(scope).get(environment_id=place.pk, detector=detector)


def accepted(world, place, at):
    """The cause is accepted for twenty days by another person than the one who asked."""
    with clock.settled(at):
        with world.scope(world.operator) as scope:
            terms = Terms("It may stay.", world.owner, at + timedelta(days=20))
            asked = request_exception(
                scope, finding_of(world, place).pk, terms, actor=scope.actor, requester=world.operator
            )
        with world.scope(world.approver) as scope:
            approve_exception(scope, asked.pk, actor=scope.actor, approver=world.approver)


def test_nothing_to_read_is_not_ready_and_never_good():
    found = scan(read_bytes(b"not json"), None)
    assert (found.readiness, found.safety, found.blended, found.is_complete) == (
        Readiness.NOT_READY, Safety.NOT_MEASURED, None, False,
    )  # fmt: skip


@pytest.mark.parametrize(("number", "expected"), [(29, Readiness.SYNTHETIC_ONLY), (30, Readiness.FULL)])
def test_how_many_runs_make_a_scan_full(number, expected, world):
    version_id = version_of(world, rule("a", hard=True))
    with world.scope() as scope:
        model = queries.as_published(scope, version_id)
    found = scan(read_bytes(body(runs(number, "tool_a"))), model)
    assert (found.readiness, found.scored, found.safety) == (expected, number, Safety.KEPT)


def test_a_hard_rule_that_never_came_up_is_not_called_kept(world):
    version_id = version_of(world, rule("a", hard=True), rule("b"))
    with world.scope() as scope:
        model = queries.as_published(scope, version_id)
    found = scan(read_bytes(body(runs(3, "tool_b"))), model)
    assert (found.safety, found.scored) == (Safety.NOT_MEASURED, 3)


def test_what_agents_said_is_not_in_a_scan():
    secret = "sk-live-0123456789abcdefghijklmnop"
    said = run("a", "look", error=f"Denied for canary-customer with key {secret}")
    found = scan(read_bytes(body([said])), None)
    assert found.report["attribution"]
    assert secret not in repr(found)
    assert "Please." not in repr(found)


def test_a_cause_becomes_a_finding_and_stays_the_same_one(world, place):
    first, done = scanned(world, place, day(1), runs(20, failing=5))
    assert (done.opened, finding_of(world, place).severity) == (1, "high")
    again, done = scanned(world, place, day(2), runs(20, failing=1, seconds=5))
    assert (done.opened, done.seen_again) == (0, 1)
    found = finding_of(world, place)
    assert (found.scan_id, found.snapshot_id, found.times_seen) == (again.pk, None, 2)
    assert found.observed["hit"] == 1
    with world.scope() as scope:
        cause = queries.clusters(scope, place.pk).get()
        assert (cause.first_seen_at, cause.times_seen) == (first.observed_at, 2)
        assert [one.hit_count for one in queries.sightings_of(scope, cause.pk)] == [1, 5]


def test_a_broken_rule_is_a_finding_and_a_hard_one_weighs_more(world, place):
    version_id = version_of(world, rule("a", hard=True), rule("b"))
    made, _ = scanned(world, place, day(1), runs(10, "tool_a+look", "tool_b"), version_id)
    found = finding_of(world, place, "broken_rule")
    assert (found.severity, found.subject_name, found.kind) == ("critical", "What a asks for.", "broken")
    assert made.safety == Safety.BREACHED
    assert made.blended is not None
    assert made.blended == pytest.approx(0.49)
    with world.scope() as scope:
        counts = queries.rule_counts(scope, queries.version(scope, version_id).world_model_id)
    assert (counts["a"]["failed"], counts["b"]["passed"]) == (10, 10)


def test_a_cause_is_gone_only_after_enough_runs_without_it(world, place):
    scanned(world, place, day(1), runs(10, failing=3))
    _, done = scanned(world, place, day(2), runs(4, prefix="later"))
    assert done.cleared == 0
    _, done = scanned(world, place, day(3), runs(20, prefix="latest"))
    assert done.cleared == 1
    assert finding_of(world, place).resolved_reason == "verified_cleared"
    _, done = scanned(world, place, day(4), runs(10, failing=3))
    assert done.reopened == 1


def test_a_scan_that_could_not_read_everything_clears_nothing(world, place):
    scanned(world, place, day(1), runs(10, failing=3))
    lines = b"\n".join([*(body([one])[1:-1] for one in runs(60, prefix="later")), b"{broken"])
    made, done = scanned(world, place, day(2), lines)
    assert (made.is_complete, done.cleared) == (False, 0)


def test_a_late_older_look_changes_no_finding(world, place):
    scanned(world, place, day(5), runs(50))
    _, done = scanned(world, place, day(1), runs(10, failing=5))
    assert done.opened == 0
    with world.scope() as scope:
        assert queries.clusters(scope, place.pk).count() == 1
        assert not findings.findings(scope).filter(environment_id=place.pk).exists()


@pytest.mark.parametrize(("failing", "state"), [(8, "risk_accepted"), (3, "risk_accepted"), (25, "reopened")])
def test_accepted_risk_holds_until_the_rate_rises_beyond_chance(failing, state, world, place):
    scanned(world, place, day(1), runs(50, failing=5))
    accepted(world, place, day(2))
    with clock.settled(day(3)):
        scanned(world, place, day(3), runs(50, failing=failing, prefix="later"))
        found = finding_of(world, place)
        assert found.shown_state == state
        assert found.observed["hit"] == failing


def test_slow_creep_is_held_against_the_rate_that_was_decided_on(world, place):
    scanned(world, place, day(1), runs(50, failing=5))
    accepted(world, place, day(2))
    states = []
    for step, failing in enumerate((8, 12, 16)):
        with clock.settled(day(3 + step)):
            scanned(world, place, day(3 + step), runs(50, failing=failing, prefix=f"s{step}"))
            states.append(finding_of(world, place).shown_state)
    assert states[0] == "risk_accepted"
    assert states[-1] == "reopened"


def test_the_same_runs_judged_again_by_a_newer_version_open_what_is_new_and_count_no_silence(world, place):
    found = runs(10, "tool_a+look", failing=2)
    scanned(world, place, day(1), found)
    scanned(world, place, day(1), found, version_of(world, rule("a")))
    assert finding_of(world, place, "broken_rule").severity == "high"
    with world.scope() as scope:
        assert {one.unseen_count for one in queries.clusters(scope, place.pk)} == {0}
        assert {one.times_seen for one in queries.clusters(scope, place.pk)} == {1}


def test_a_new_cause_is_told_to_the_outside_like_every_new_finding(world, place):
    scanned(world, place, day(1), runs(10, failing=4))
    with world.scope() as scope:
        event = AuditEvent.objects.get(action="findings:finding:detect")
        (told,) = happenings(scope, event)
    assert (told.type, told.number, told.few[0].severity) == (EventType.FINDING_OPENED, 1, "high")


def test_a_scan_is_kept_once_for_its_run_and_never_changed(world, place):
    made, _ = scanned(world, place, day(1), runs(3, failing=1))
    with world.inside():
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Scan.objects.filter(id=made.pk).update(blended=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            Finding.objects.filter(scan_id=made.pk).update(scan_id=None)
        with pytest.raises(IntegrityError), transaction.atomic():
            FailureCluster.objects.update(hit_count=9_999)


def test_a_file_is_scanned_by_a_run_and_its_bytes_go(world, place):
    at = day(1)
    found = [*runs(9, failing=3), run("timed", at=at)]
    with world.scope(world.operator) as scope, pytest.raises(NotAllowed):
        scan_file(scope, world.environment, "x.json", [body(found)], None, actor=scope.actor)
    version_id = version_of(world, rule("a"))
    with world.scope() as scope:
        started = scan_file(scope, place, "runs.json", [body(found)], version_id, actor=scope.actor)
        execute(scope.workspace_id, started.run.pk)
        done = find_run(scope, started.run.pk)
        made = queries.scans(scope, place.pk).get()
    assert (done.outcome, done.counts["traces"], done.counts["opened"]) == ("succeeded", 10, 1)
    assert (made.observed_at, made.version_id, made.source_label) == (at, version_id, "runs.json")
    with world.inside():
        assert not UploadChunk.objects.exists()
