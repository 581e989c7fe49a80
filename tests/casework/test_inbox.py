"""The inbox: every item in one lane, in order, never of what the reader may not see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.samples import Captured
from tests.worlds import World
from trueline.casework import queries
from trueline.casework.actions import see_items, snooze_item, wake_items
from trueline.casework.errors import NotAnItem
from trueline.casework.models import InboxMark
from trueline.casework.queries import Wish, inbox, is_waiting, waiting_count
from trueline.casework.rules import Lane, SnoozeFor, Source
from trueline.connections.models import Connection
from trueline.findings.actions.workflow import Step, move_findings
from trueline.findings.models import Finding, FindingException
from trueline.findings.workflow import Verb
from trueline.inventory.models import Snapshot
from trueline.kit import clock, ids
from trueline.kit.scope import ActorKind, NotVisible
from trueline.operations.models import OperationRun
from trueline.workspaces import access
from trueline.workspaces.models import EnvironmentGrant, Membership


def kinds(world: World, user: Any = None, **wish: Any) -> list[tuple[str, str, str]]:
    with world.scope(user) as scope:
        return [(str(one.source), str(one.lane), one.kind) for one in inbox(scope, Wish(**wish)).items]


def failed_run(world: World, *, outcome: str = "failed", minutes: int = 0, **columns: Any) -> OperationRun:
    at = clock.now() + timedelta(minutes=minutes)
    facts = {"state": "completed", "outcome": outcome, "completed_at": at, **columns}
    return OperationRun.objects.create(
        workspace_id=world.workspace.pk,
        environment_id=world.environment.pk,
        run_type="inventory.capture",
        capability="operations.start",
        initiator_kind="system",
        initiator_id="tests",
        initiator_label="tests",
        identity_digest=str(ids.new()),
        queued_at=at,
        **facts,
    )


def test_a_new_workspace_asks_for_captures_and_nothing_else(world):
    assert kinds(world) == [("environment", "evidence_required", "never_captured")] * 2


def test_findings_nobody_works_on_wait_for_triage(world, captured):
    found = kinds(world)
    assert found.count(("finding", "needs_triage", "new")) == len(captured.findings) == 3
    assert ("environment", "requires_decision", "no_standard") in found  # south is the standard and held to none


def test_a_finding_that_somebody_takes_is_in_their_inbox_alone(world, captured):
    with world.scope(world.operator) as scope:
        move_findings(scope, [captured.findings[0].pk], Step(Verb.TAKE), actor=scope.actor)
    assert ("mine", "requires_decision", "triaged") in kinds(world, world.operator)
    assert [one for one in kinds(world) if one[0] == "mine"] == []
    assert kinds(world).count(("finding", "needs_triage", "new")) == 2


def poorer_capture(world: World, captured: Captured) -> Snapshot:
    """A newer capture of north that read nothing of what the one before has read."""
    newer = captured.snapshot
    with world.scope():
        newer.pk, newer.run_id, newer.coverage = ids.new(), failed_run(world, outcome="succeeded").pk, "partial"
        newer.observed_at += timedelta(days=1)
        newer.save(force_insert=True)
    return newer


def test_an_assigned_finding_whose_area_is_not_read_any_more_asks_for_evidence(world, captured):
    with world.scope(world.operator) as scope:
        move_findings(scope, [captured.findings[0].pk], Step(Verb.TAKE), actor=scope.actor)
    poorer_capture(world, captured)
    assert ("mine", "evidence_required", "triaged") in kinds(world, world.operator)


def test_coverage_that_was_there_before_is_told_as_lost(world, captured):
    newer = poorer_capture(world, captured)
    with world.scope() as scope:
        lost = [one for one in inbox(scope).items if one.source is Source.COVERAGE]
    assert [(one.lane, one.areas, one.id) for one in lost] == [(Lane.EVIDENCE_REQUIRED, ("compliance",), newer.pk)]


def test_a_run_that_failed_waits_until_a_later_one_of_its_kind_has_ended(world):
    with world.scope():
        failed_run(world)
    assert ("run", "blocked", "failed") in kinds(world)
    with world.scope():
        failed_run(world, minutes=1, outcome="cancelled")
    assert ("run", "blocked", "failed") in kinds(world)
    with world.scope():
        failed_run(world, minutes=2, outcome="succeeded")
    assert [one for one in kinds(world) if one[0] == "run"] == []


def test_a_silent_run_and_a_switched_off_connection_stand_in_the_way(world):
    with world.scope():
        past = clock.now() - timedelta(hours=1)
        facts = {"state": "running", "outcome": "", "completed_at": None, "lease_until": past, "started_at": past}
        failed_run(world, **facts)
        Connection.objects.create(
            workspace_id=world.workspace.pk,
            environment_id=world.environment.pk,
            provider_key="microsoft365",
            disabled_at=past,
        )
    assert {("run", "blocked", "stalled"), ("connection", "blocked", "off")} <= set(kinds(world))


def accepted(world: World, captured: Captured, **columns: Any) -> None:
    """The first finding as accepted, by a decision with these columns."""
    finding = captured.findings[0]
    now = clock.now()
    facts = {
        "status": "active",
        "decided_at": now,
        "effective_from": now - timedelta(days=60),
        "expires_at": now + timedelta(days=60),
        "pinned_digest": finding.observed_digest,
        "pinned_rank": finding.severity_rank,
        **columns,
    }
    with world.scope():
        FindingException.objects.create(
            workspace_id=world.workspace.pk,
            finding=finding,
            owner=world.owner,
            requested_by=world.operator,
            requested_by_label="Operator",
            reason="Old printer.",
            review_due_at=now,
            **facts,
        )
        if facts["status"] == "active":
            Finding.objects.filter(pk=finding.pk).update(state="risk_accepted")


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"status": "pending", "decided_at": None, "effective_from": None}, "pending"),
        ({"expires_at": clock.now() + timedelta(days=3)}, "expiring"),
        ({"expires_at": clock.now() - timedelta(days=3)}, "expired"),
        ({"pinned_digest": "another"}, "stale"),
        ({"pinned_rank": 9}, "stale"),
        ({}, ""),
    ],
)
def test_a_decision_waits_when_it_is_asked_for_ends_or_no_longer_holds(world, captured, columns, kind):
    accepted(world, captured, **columns)
    found = [one for one in kinds(world) if one[0] == "exception"]
    assert found == ([("exception", "risk_exception_review", kind)] if kind else [])


def test_accepting_without_a_decision_is_told(world, captured):
    with world.scope():
        Finding.objects.filter(pk=captured.findings[0].pk).update(state="risk_accepted")
    assert ("exception", "risk_exception_review", "missing") in kinds(world)


def test_each_item_is_in_exactly_one_lane_and_the_counts_are_those_of_the_list(world, captured):
    with world.scope():
        failed_run(world)
    accepted(world, captured, expires_at=clock.now() - timedelta(days=1))
    with world.scope() as scope:
        found = inbox(scope)
    assert len({one.key for one in found.items}) == len(found.items)
    for lane in Lane:
        shown = sum(one.lane is lane for one in found.items)
        assert sum(one.number for one in found.counts if one.lane is lane) == shown
        assert len(kinds(world, lane=lane)) == shown


def test_pages_show_everything_once_in_order_forwards_and_backwards(world, captured):
    with world.scope() as scope:
        for few in (1, 100):  # place by place, and over all of them
            every = inbox(scope, Wish(environments=few)).items
            assert [one.place for one in every] == sorted(
                [one.place for one in every], key=lambda place: (place.priority, place.at, place.id)
            )
            walked, start = [], None
            while True:
                shown = inbox(scope, Wish(start=start, rows=2, environments=few))
                walked += shown.items
                if not shown.has_next:
                    break
                start = shown.items[-1].place
            assert walked == list(every)
            back = inbox(scope, Wish(start=every[3].place, is_backwards=True, rows=2, environments=few))
            assert back.items == every[1:3]
            assert back.has_previous


def test_what_is_out_of_reach_is_neither_shown_nor_counted(world, captured):
    with world.inside():
        member = Membership.objects.get(user=world.viewer, workspace_id=world.workspace.pk)
        EnvironmentGrant.objects.create(
            workspace=world.workspace, membership=member, environment=world.environment, effect="exclude"
        )
    with world.scope(world.viewer) as scope:
        found = inbox(scope)
        assert {one.environment_id for one in found.items} == {world.other_environment.pk}
        assert {one.environment_id for one in found.counts} == {world.other_environment.pk}
        assert waiting_count(scope) == len(found.items) == 1
        assert not is_waiting(scope, f"finding:{captured.findings[0].pk}")


def test_a_smaller_role_in_an_environment_hides_what_it_may_not_see_there(world, captured):
    with world.inside():
        member = Membership.objects.get(user=world.viewer, workspace_id=world.workspace.pk)
        for place, role in ((world.environment, "customer"), (world.other_environment, "")):
            EnvironmentGrant.objects.create(
                workspace=world.workspace, membership=member, environment=place, effect="include", role=role
            )
    with world.scope(world.viewer) as scope:
        assert {one.environment_id for one in inbox(scope).items} == {world.other_environment.pk}


def test_a_neighbour_sees_nothing_of_it(world, captured):
    with world.inside(world.other_workspace):
        scope = access.enter(world.stranger, world.other_workspace.pk)
        assert inbox(scope).items == ()
        assert waiting_count(scope) == 0


def test_what_is_put_off_is_gone_for_that_person_until_the_day(world, captured):
    key = f"finding:{captured.findings[0].pk}"
    with world.scope() as scope:
        before = waiting_count(scope)
        snooze_item(scope, key, SnoozeFor.DAY, actor=scope.actor)
        assert waiting_count(scope) == before - 1
        assert sum(one.number for one in inbox(scope).counts) == len(inbox(scope).items) == before - 1
        with clock.settled(clock.now() + timedelta(days=1, minutes=1)):
            assert waiting_count(scope) == before
        assert wake_items(scope, actor=scope.actor) == 1
        assert waiting_count(scope) == before
    with world.scope(world.viewer) as scope:
        assert waiting_count(scope) == before


def test_what_was_seen_stays_and_is_told_as_seen(world, captured):
    with world.scope() as scope:
        keys = [one.key for one in inbox(scope).items]
        assert see_items(scope, keys[:2], actor=scope.actor) == 2
        assert see_items(scope, keys[:2], actor=scope.actor) == 0
        assert [one.is_seen for one in inbox(scope).items[:3]] == [True, True, False]


@pytest.mark.parametrize("key", ["finding:nothing", "", "run:00000000-0000-7000-8000-000000000000"])
def test_what_does_not_wait_is_not_put_off(world, captured, key):
    with world.scope() as scope:
        with pytest.raises(NotAnItem):
            snooze_item(scope, key, SnoozeFor.WEEK, actor=scope.actor)
        with pytest.raises(NotAnItem):
            see_items(scope, [key], actor=scope.actor)
        assert not InboxMark.objects.exists()


def test_a_program_has_no_inbox(world):
    with world.inside():
        scope = access.system(world.workspace.pk)
        assert scope.actor.kind is ActorKind.SYSTEM
        assert list(queries.marks(scope)) == []
        with pytest.raises(NotVisible):
            wake_items(scope, actor=scope.actor)


def test_the_inbox_is_one_statement_whatever_waits(world, captured):
    with (
        world.scope() as scope,
        CaptureQueriesContext(
            connection,
        ) as told,
    ):
        inbox(scope)
    assert len([one for one in told.captured_queries if "with" in one["sql"]]) == 1
