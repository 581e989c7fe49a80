"""Labels: put on and taken off, several at once, all or none; found by them; never of another's findings."""

from __future__ import annotations

import pytest

from tests.findings.looks import look, seen
from tests.worlds import World
from trueline.audit.models import AuditEvent
from trueline.findings import queries
from trueline.findings.actions import labelling
from trueline.findings.actions.labelling import Relabel, label_findings
from trueline.findings.errors import LabelRefused
from trueline.findings.labels import label_of
from trueline.findings.models import Finding
from trueline.kit import ids
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.workspaces import access
from trueline.workspaces.models import EnvironmentGrant, Membership


@pytest.fixture
def two(world: World) -> list[Finding]:
    look(world, world.environment, 1, [seen("a"), seen("b")])
    with world.inside():
        return list(Finding.objects.order_by("subject_name"))


def change(world: World, findings: list[Finding], add: list[str], remove: list[str] | None = None) -> None:
    with world.scope(world.operator) as scope:
        label_findings(scope, [one.pk for one in findings], Relabel(add, remove or []), actor=scope.actor)


def borne(world: World, finding: Finding) -> list[str]:
    with world.scope() as scope:
        return queries.labels_of(scope, [finding.pk]).get(finding.pk, [])


@pytest.mark.parametrize("text", ["", "  ", "a,b", "a" * 41, "a\x00b", "a\u200bb"])
def test_what_is_no_label(text: str) -> None:
    assert label_of(text) == ""


def test_labels_are_put_on_and_taken_off_whatever_their_capitals(world: World, two: list[Finding]) -> None:
    change(world, two, ["Pilot", " wave   2 "])
    change(world, two[:1], ["PILOT"], ["WAVE 2"])
    assert borne(world, two[0]) == ["Pilot"]
    assert borne(world, two[1]) == ["Pilot", "wave 2"]
    with world.scope() as scope:
        assert [str(one) for one in queries.labels(scope)] == ["Pilot", "wave 2"]
        assert queries.labelled(scope, queries.findings(scope), "pilot").count() == 2
        assert queries.labelled(scope, queries.findings(scope), "wave 2").count() == 1


def test_a_label_that_nothing_bears_is_offered_no_more(world: World, two: list[Finding]) -> None:
    change(world, two, ["pilot"])
    change(world, two, [], ["pilot"])
    with world.scope() as scope:
        assert list(queries.labels(scope)) == []


def test_each_finding_that_changed_has_its_own_event(world: World, two: list[Finding]) -> None:
    change(world, two[:1], ["pilot"])
    change(world, two, ["pilot"])
    with world.inside():
        events = AuditEvent.objects.filter(action="findings:finding:label").order_by("sequence")
        assert [(one.subject_label, one.before, one.after) for one in events] == [
            (name, {"labels": ""}, {"labels": "pilot"}) for name in ("a", "b")
        ]


def test_with_one_finding_out_of_reach_nothing_is_done(world: World, two: list[Finding]) -> None:
    with world.scope(world.operator) as scope, pytest.raises(NotVisible):
        label_findings(scope, [two[0].pk, ids.new()], Relabel(["pilot"]), actor=scope.actor)
    with world.scope(world.viewer) as scope, pytest.raises(NotAllowed):
        label_findings(scope, [two[0].pk], Relabel(["pilot"]), actor=scope.actor)
    assert borne(world, two[0]) == []


def test_more_labels_than_anybody_reads_are_refused(world: World, two: list[Finding], monkeypatch) -> None:
    with pytest.raises(LabelRefused):
        change(world, two, ["a,b"])
    with pytest.raises(LabelRefused):
        change(world, two, [f"label {number}" for number in range(21)])
    monkeypatch.setattr(labelling, "MOST_LABELS", 2)
    with pytest.raises(LabelRefused):
        change(world, two, ["one", "two", "three"])
    change(world, two, ["one", "two"])


def test_a_label_out_of_reach_is_not_offered(world: World, two: list[Finding]) -> None:
    change(world, two, ["secret project"])
    with world.inside():
        narrowed = Membership.objects.get(user=world.viewer)
        EnvironmentGrant.objects.create(
            workspace=world.workspace, membership=narrowed, environment=world.environment, effect="exclude"
        )
        scope = access.enter(world.viewer, world.workspace.pk)
        assert list(queries.labels(scope)) == []
        assert queries.labels_of(scope, [two[0].pk]) == {}
