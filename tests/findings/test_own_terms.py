"""A workspace's own days: for what opens or comes back from then on, in order, and what is near is near by them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.findings.looks import day, look, seen
from tests.worlds import World
from trueline.findings import queries
from trueline.findings.actions.terms import set_terms
from trueline.findings.actions.workflow import Step, move_findings
from trueline.findings.errors import TermsRefused
from trueline.findings.models import Finding, FindingTerm
from trueline.findings.rules import SLA_DAYS, Severity
from trueline.findings.sla import Due, due
from trueline.findings.workflow import Verb
from trueline.kit import clock
from trueline.kit.scope import NotAllowed


def change(world: World, **days: int) -> None:
    with world.scope() as scope:
        set_terms(scope, {Severity(severity): number for severity, number in days.items()}, actor=scope.actor)


def due_of(world: World, name: str) -> object:
    with world.inside():
        return Finding.objects.get(subject_name=name).due_at


def test_they_hold_for_what_opens_from_then_on_and_dates_that_stand_stay(world: World) -> None:
    look(world, world.environment, 1, [seen("a")])
    change(world, high=5)
    look(world, world.environment, 2, [seen("a"), seen("b")])
    assert due_of(world, "a") == day(1) + timedelta(days=14)
    assert due_of(world, "b") == day(2) + timedelta(days=5)
    with world.scope() as scope:
        assert queries.terms(scope) == {**SLA_DAYS, Severity.HIGH: 5}


def test_what_comes_back_gets_a_day_by_them(world: World) -> None:
    look(world, world.environment, 1, [seen("a"), seen("b")])
    change(world, high=5)
    with clock.settled(day(3)), world.scope() as scope:
        found = Finding.objects.get(subject_name="a").pk
        move_findings(scope, [found], Step(Verb.CLOSE, "duplicate"), actor=scope.actor)
        move_findings(scope, [found], Step(Verb.REOPEN), actor=scope.actor)
    look(world, world.environment, 4, [])
    look(world, world.environment, 5, [seen("b")])
    assert due_of(world, "a") == day(3) + timedelta(days=5)
    assert due_of(world, "b") == day(5) + timedelta(days=5)


def test_due_soon_is_the_last_fifth_of_their_own_term(world: World) -> None:
    change(world, high=5)
    look(world, world.environment, 0, [seen("a")])
    for hours, near in ((-1, Due.ON_TIME), (1, Due.SOON), (25, Due.OVERDUE)):
        with clock.settled(day(4) + timedelta(hours=hours)), world.scope() as scope:
            (finding,) = queries.open_findings(scope)
            assert due(finding.due_at, finding.severity, clock.now(), queries.terms(scope)) is near
            assert list(queries.due(scope, queries.open_findings(scope), near)) == [finding]


@pytest.mark.parametrize("days", [{"high": 2}, {"high": 31}, {"critical": 0}, {"info": 1096}])
def test_what_matters_more_never_has_more_time(days: dict[str, int], world: World) -> None:
    with pytest.raises(TermsRefused):
        change(world, **days)


def test_the_usual_days_are_no_rows(world: World) -> None:
    change(world, high=5)
    change(world, high=14)
    with world.inside():
        assert FindingTerm.objects.count() == 0


def test_only_who_manages_the_workspace_sets_them(world: World) -> None:
    with world.scope(world.operator) as scope, pytest.raises(NotAllowed):
        set_terms(scope, {Severity.HIGH: 5}, actor=scope.actor)


PLACE = "/w/acme/findings/terms"
DAYS = {"critical": "2", "high": "7", "medium": "30", "low": "90", "info": "365"}


def test_the_page_shows_and_keeps_them(world: World, signed_in) -> None:
    browser = signed_in(world.owner)
    assert 'value="14"' in browser.get(PLACE).content.decode()
    assert "The days are kept" in browser.post(PLACE, DAYS, follow=True).content.decode()
    assert 'value="7"' in browser.get(PLACE).content.decode()
    refused = browser.post(PLACE, DAYS | {"high": "1"})
    assert refused.status_code == 422
    assert "What matters more has at most as much time" in refused.content.decode()
    assert browser.post(PLACE, DAYS | {"low": "soon"}).status_code == 422
    assert PLACE in browser.get("/w/acme/findings/").content.decode()


def test_who_may_open_the_page(world: World, signed_in) -> None:
    assert signed_in(world.viewer).get(PLACE).status_code == 403
    assert signed_in(world.stranger).get(PLACE).status_code == 404
    assert PLACE not in signed_in(world.viewer).get("/w/acme/findings/").content.decode()
