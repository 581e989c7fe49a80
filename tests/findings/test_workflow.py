"""People work on findings: through one function, held by the table of moves, and by the database itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from tests.samples import TAKEN_AT, Captured, capture, compliance, write_export
from tests.worlds import World
from trueline.audit.models import AuditEvent
from trueline.casework.queries import inbox
from trueline.casework.rules import Lane
from trueline.findings import queries
from trueline.findings.actions.workflow import Step, assign_finding, comment_finding, move_findings
from trueline.findings.errors import MoveRefused, NotAMember, ReasonMissing
from trueline.findings.models import Finding
from trueline.findings.rules import MOVES, FindingState
from trueline.findings.workflow import LEADS_TO, Verb, verbs
from trueline.kit import clock, ids
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.workspaces.actions import change_role, narrow, remove_member
from trueline.workspaces.models import Membership
from trueline.workspaces.rules import GrantEffect


def do(world: World, finding: Finding, verb: Verb, reason: str = "") -> Finding:
    with world.scope(world.operator) as scope:
        return move_findings(scope, [finding.pk], Step(verb, reason), actor=scope.actor)[0]


@pytest.mark.parametrize("state", list(FindingState))
def test_every_suggested_step_is_in_the_table_of_moves(state: FindingState) -> None:
    assert verbs(state), "a finding is never without a next step"
    assert {LEADS_TO[verb] for verb in verbs(state)} <= MOVES[state]


def test_taking_a_finding_makes_it_mine(world: World, captured: Captured) -> None:
    taken = do(world, captured.findings[0], Verb.TAKE)

    assert (taken.state, taken.assignee, taken.owner) == ("triaged", world.operator, world.operator)


def test_each_move_is_one_event_with_before_and_after(world: World, captured: Captured) -> None:
    with world.scope(world.operator) as scope:
        move_findings(scope, [one.pk for one in captured.findings], Step(Verb.TAKE), actor=scope.actor)
        events = AuditEvent.objects.filter(workspace_id=world.workspace.pk, action="findings:finding:move")

        assert {event.subject_id for event in events} == {str(one.pk) for one in captured.findings}
        assert all(event.before == {"state": "new"} and event.after["state"] == "triaged" for event in events)


def test_a_mixed_selection_is_refused_as_a_whole(world: World, captured: Captured) -> None:
    with world.scope(world.operator) as scope, pytest.raises(NotVisible):
        move_findings(scope, [captured.findings[0].pk, ids.new()], Step(Verb.TAKE), actor=scope.actor)
    with world.scope() as scope:
        assert queries.finding(scope, captured.findings[0].pk).state == "new"


def test_a_step_that_the_state_does_not_allow_changes_nothing(world: World, captured: Captured) -> None:
    with pytest.raises(MoveRefused):
        do(world, captured.findings[0], Verb.START)


def test_closing_needs_a_known_reason(world: World, captured: Captured) -> None:
    with pytest.raises(ReasonMissing):
        do(world, captured.findings[0], Verb.CLOSE, "because")
    assert do(world, captured.findings[0], Verb.CLOSE, "duplicate").closed_reason == "duplicate"


def test_opening_again_clears_the_end_and_sets_a_new_term(world: World, captured: Captured) -> None:
    do(world, captured.findings[0], Verb.CLOSE, "out_of_scope")
    later = clock.now() + timedelta(days=400)
    with clock.settled(later):
        opened = do(world, captured.findings[0], Verb.REOPEN)

    assert (opened.state, opened.closed_at, opened.closed_reason) == ("reopened", None, "")
    assert opened.due_at > later
    assert opened.times_reopened == 1


def test_a_viewer_may_not_work(world: World, captured: Captured) -> None:
    with world.scope(world.viewer) as scope, pytest.raises(NotAllowed):
        move_findings(scope, [captured.findings[0].pk], Step(Verb.TAKE), actor=scope.actor)


def test_only_somebody_who_may_work_there_is_handed_a_finding(world: World, captured: Captured) -> None:
    with world.scope() as scope:
        for person in (world.viewer, world.stranger):
            with pytest.raises(NotAMember):
                assign_finding(scope, captured.findings[0].pk, person, actor=scope.actor)
        assert (
            assign_finding(scope, captured.findings[0].pk, world.operator, actor=scope.actor).assignee == world.operator
        )


@pytest.mark.parametrize("how", ["removed", "narrowed", "viewer"])
def test_what_somebody_may_not_work_on_any_more_waits_for_triage_again(world: World, captured: Captured, how) -> None:
    """Ended or open: left in their name it would be in nobody's inbox, also when it comes back."""
    ended, open_one = captured.findings[:2]
    do(world, ended, Verb.TAKE)
    do(world, ended, Verb.REMEDIATE)
    do(world, open_one, Verb.TAKE)
    with world.scope() as scope:
        member = Membership.objects.get(user=world.operator)
        if how == "removed":
            remove_member(scope, member.pk, actor=scope.actor)
        elif how == "viewer":
            change_role(scope, member.pk, "viewer", actor=scope.actor)
        else:
            narrow(scope, member.pk, world.environment.pk, GrantEffect.EXCLUDE, actor=scope.actor)
        for one in (ended, open_one):
            found = queries.finding(scope, one.pk)
            assert (found.assignee, found.owner) == (None, None)
            event = AuditEvent.objects.filter(subject_id=str(one.pk)).latest("sequence")
            name = str(world.operator)
            assert (event.action, event.before) == ("findings:finding:assign", {"assignee": name, "owner": name})
        triage = {item.id for item in inbox(scope).items if item.lane is Lane.NEEDS_TRIAGE}
    assert open_one.pk in triage
    assert ended.pk not in triage


def test_whoever_reaches_as_much_as_before_keeps_their_work(world: World, captured: Captured) -> None:
    do(world, captured.findings[0], Verb.TAKE)
    with world.scope() as scope:
        change_role(scope, Membership.objects.get(user=world.operator).pk, "manager", actor=scope.actor)
        assert queries.finding(scope, captured.findings[0].pk).assignee == world.operator


def test_an_empty_comment_is_none(world: World, captured: Captured) -> None:
    with world.scope(world.operator) as scope:
        assert comment_finding(scope, captured.findings[0].pk, "  \n", actor=scope.actor) is None
        comment_finding(scope, captured.findings[0].pk, "Asked the customer.", actor=scope.actor)
        assert [one.body for one in queries.comments(scope, captured.findings[0])] == ["Asked the customer."]


def test_somebodys_word_becomes_knowledge_by_a_complete_capture(
    world: World, captured: Captured, tmp_path: Path
) -> None:
    for one in captured.findings:
        with clock.settled(TAKEN_AT + timedelta(days=2)):
            do(world, one, Verb.REMEDIATE)
    repaired = write_export(tmp_path / "repaired", [compliance(1), compliance(2), compliance(3)])
    capture(world, world.environment, repaired, TAKEN_AT + timedelta(days=3))

    with world.scope() as scope:
        ended = [queries.finding(scope, one.pk) for one in captured.findings]
    assert {(one.state, one.resolved_reason) for one in ended} == {("resolved", "verified_cleared")}


def test_somebodys_word_is_taken_back_when_it_is_still_there(world: World, captured: Captured, tmp_path: Path) -> None:
    changed = next(one for one in captured.findings if one.path)
    with clock.settled(TAKEN_AT + timedelta(days=2)):
        do(world, changed, Verb.REMEDIATE)
    same = write_export(tmp_path / "same", [compliance(1, passwordMinimumLength=4), compliance(2), compliance(3)])
    capture(world, world.environment, same, TAKEN_AT + timedelta(days=3))

    with world.scope() as scope:
        assert queries.finding(scope, changed.pk).state == "reopened"


@pytest.mark.parametrize(
    "attack",
    [
        "update findings_finding set state = 'in_progress'",
        "update findings_finding set state = 'resolved'",
        "update findings_finding set state = 'closed', closed_at = now(), closed_reason = 'tired'",
        "update findings_finding set state = 'resolved', resolved_at = now(), resolved_reason = 'because'",
        "update findings_finding set closed_at = now()",
        "update findings_finding set state = 'gone'",
    ],
)
def test_the_database_refuses_by_itself(world: World, captured: Captured, attack: str) -> None:
    with world.inside(), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert captured.findings
