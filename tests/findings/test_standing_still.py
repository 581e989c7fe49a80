"""Work that stopped is marked and waits for its owner; what was only asked for is a hint and never a pass."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.findings.looks import day, look, seen
from tests.worlds import World
from trueline.casework.queries import inbox
from trueline.findings import queries
from trueline.findings.actions.accepting import Terms, request_exception
from trueline.findings.actions.workflow import Step, assign_finding, comment_finding, move_findings
from trueline.findings.models import Finding
from trueline.findings.rules import FindingState, Severity
from trueline.findings.workflow import Verb, stands_still
from trueline.kit import clock
from trueline.workspaces.models import User

LATER = day(1) + timedelta(days=14)


@pytest.mark.parametrize("state", list(FindingState))
def test_only_work_that_has_begun_stands_still_after_two_weeks(state: str) -> None:
    assert stands_still(state, day(1), LATER) is (state == "in_progress")
    assert not stands_still(state, day(1), LATER - timedelta(seconds=1))


@pytest.fixture
def begun(world: World) -> Finding:
    """Owned by the owner, and the operator has begun to work on it."""
    look(world, world.environment, 0, [seen("a")])
    with clock.settled(day(1)):
        with world.scope() as scope:
            found = move_findings(scope, [Finding.objects.get().pk], Step(Verb.TAKE), actor=scope.actor)[0]
            assign_finding(scope, found.pk, world.operator, actor=scope.actor)
        with world.scope(world.operator) as scope:
            return move_findings(scope, [found.pk], Step(Verb.START), actor=scope.actor)[0]


def waiting(world: World, person: User) -> list[str]:
    with world.scope(person) as scope:
        return [one.kind for one in inbox(scope).items if one.source == "mine"]


def shown(world: World) -> bool:
    with world.scope() as scope:
        found = queries.open_findings(scope)
        assert queries.standing_still(scope, found).exists() is found.get().stands_still
        return found.get().stands_still


def test_it_waits_for_who_works_on_it_and_for_its_owner_whatever_captures_show(world: World, begun: Finding) -> None:
    with clock.settled(LATER - timedelta(hours=1)):
        look(world, world.environment, 13, [seen("a")])
        assert (shown(world), waiting(world, world.operator), waiting(world, world.owner)) == (
            False,
            ["in_progress"],
            [],
        )
    with clock.settled(LATER):
        assert shown(world)
        assert waiting(world, world.operator) == waiting(world, world.owner) == ["standing_still"]
        assert waiting(world, world.viewer) == []


def test_a_word_about_it_lets_it_go_on(world: World, begun: Finding) -> None:
    with clock.settled(LATER), world.scope(world.operator) as scope:
        comment_finding(scope, begun.pk, "Waits for the vendor.", actor=scope.actor)
        assert not shown(world)
        assert waiting(world, world.owner) == []


def test_the_list_and_the_page_mark_it(world: World, begun: Finding, signed_in: Any) -> None:
    with world.inside():
        Finding.objects.update(standard_id="")  # the one of the looks is none
    browser = signed_in(world.viewer)  # and they are of long ago
    for address in ("/w/acme/findings/", f"/w/acme/findings/{begun.pk}"):
        assert "Stands still" in browser.get(address).content.decode()


def ask(world: World, name: str) -> None:
    with world.scope(world.operator) as scope:
        terms = Terms("Known.", world.operator, clock.now() + timedelta(days=20))
        found = Finding.objects.get(subject_name=name)
        request_exception(scope, found.pk, terms, actor=scope.actor, requester=world.operator)


def hinted(world: World) -> tuple[int, int]:
    with world.scope() as scope:
        counted = queries.open_counts(scope, [world.environment.pk])[world.environment.pk]
        return queries.would_pass(scope, world.environment.pk), sum(counted.values())


def test_it_would_pass_only_when_each_open_finding_was_asked_for_as_it_is(world: World, signed_in: Any) -> None:
    look(world, world.environment, 0, [seen("a"), seen("b")])
    assert hinted(world) == (0, 2)
    ask(world, "a")
    assert hinted(world) == (0, 2)
    ask(world, "b")
    assert hinted(world) == (2, 2)
    page = signed_in(world.viewer).get("/w/acme/environments/north/").content.decode()
    assert "Would pass if these were accepted" in page
    assert "Until then each counts as open." in page
    look(world, world.environment, 1, [seen("a", severity=Severity.CRITICAL), seen("b")])
    assert hinted(world) == (0, 2)
    assert "Would pass" not in signed_in(world.viewer).get("/w/acme/environments/south/").content.decode()
