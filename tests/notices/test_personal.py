"""Notices to a person: once for each cycle, in their language, and only of what they reach when it is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.findings.looks import AREAS, seen
from tests.findings.looks import look as detect
from tests.notices.post import look, send, trueline
from trueline.findings.actions.accepting import Terms, request_exception
from trueline.findings.actions.workflow import assign_finding, comment_finding
from trueline.findings.models import Finding
from trueline.findings.rules import Severity
from trueline.kit import clock
from trueline.kit.scope import NotVisible
from trueline.notices import queries
from trueline.notices.actions.evaluating import evaluate
from trueline.notices.actions.telling import Wished, read_notices, wish_for
from trueline.notices.errors import SettingRefused
from trueline.notices.models import Notice
from trueline.notices.rules import Cause
from trueline.workspaces.actions import narrow
from trueline.workspaces.models import Membership
from trueline.workspaces.rules import GrantEffect

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERY = [str(cause) for cause in Cause]


@pytest.fixture(autouse=True)
def _noon():
    with clock.settled(NOON):
        yield


def later(**parts):
    return clock.settled(NOON + timedelta(**parts))


def assigned(world, to, name="Lock", severity=Severity.HIGH):
    detect(world, world.environment, 0, [seen(name, severity=severity)])
    with world.scope() as scope:
        return assign_finding(scope, Finding.objects.get().pk, to, actor=scope.actor)


def told(world, person):
    with world.scope(person) as scope:
        return [(one.cause, one.read_at is not None) for one in queries.notices(scope).order_by("created_at", "id")]


def test_whoever_gets_a_finding_is_told_once_on_the_page_and_by_mail(world, mailbox):
    world.operator.locale = "de"
    world.operator.save()
    assigned(world, world.operator)
    assert look(world) == {"sent": 1}
    assert look(world) == {}
    assert told(world, world.operator) == [("assigned", False)]
    (mail,) = mailbox.mails
    assert mail["To"] == "operator@example.org"
    assert mail["Subject"] == "Ihnen zugewiesen: Lock"
    assert "/w/acme/notices/wishes" in mail.get_body(("plain",)).get_content()
    assert told(world, world.viewer) == []


def test_nobody_is_told_of_what_they_did_themselves(world, mailbox):
    assigned(world, world.owner)
    assert look(world) == {}
    assert told(world, world.owner) == []


def test_due_soon_and_overdue_are_told_once_each_and_again_for_another_date(world, mailbox):
    assigned(world, world.operator)  # high: due on day 14, soon from day 11.2 on
    look(world)
    for days, causes in ((10, 1), (12, 2), (13, 2), (15, 3), (20, 3)):
        with later(days=days):
            look(world)
            assert len(told(world, world.operator)) == causes, days
    assert [cause for cause, _read in told(world, world.operator)] == ["assigned", "due_soon", "overdue"]
    with world.inside():
        Finding.objects.update(due_at=NOON + timedelta(days=30))
    with later(days=31):
        look(world)
    assert [cause for cause, _read in told(world, world.operator)][-1] == "overdue"
    assert len(mailbox.mails) == 4


def test_a_finding_that_comes_back_is_told_to_who_works_on_it(world, mailbox):
    assigned(world, world.operator)
    look(world)
    for number in (1, 3):
        with later(days=number):
            detect(world, world.environment, number, [], AREAS)
            detect(world, world.environment, number + 0.5, [seen("Lock")])
            look(world)
            look(world)
    assert [cause for cause, _read in told(world, world.operator)] == ["assigned", "reopened", "reopened"]


def test_approval_is_wanted_of_everybody_who_may_decide_but_the_one_who_asks(world, mailbox):
    detect(world, world.environment, 0, [seen("Lock")])
    with world.scope(world.operator) as scope:
        terms = Terms("Known.", world.operator, NOON + timedelta(days=20))
        request_exception(scope, Finding.objects.get().pk, terms, actor=scope.actor, requester=world.operator)
    look(world)
    assert told(world, world.approver) == [("approval_wanted", False)]
    assert told(world, world.owner) == [("approval_wanted", False)]
    assert told(world, world.operator) == told(world, world.viewer) == []


def test_whoever_is_narrowed_away_meanwhile_gets_no_mail_and_sees_no_notice(world, mailbox):
    assigned(world, world.operator)
    with trueline(world) as scope:
        evaluate(scope)
    with world.scope() as scope:
        member = Membership.objects.get(user=world.operator)
        narrow(scope, member.pk, world.environment.pk, GrantEffect.EXCLUDE, actor=scope.actor)
    with trueline(world) as scope:
        assert send(scope) == {"canceled": 1}
    assert mailbox.mails == []
    assert told(world, world.operator) == []


def test_whoever_left_meanwhile_gets_no_mail(world, mailbox):
    assigned(world, world.operator)
    with world.inside():
        Membership.objects.filter(user=world.operator).update(suspended_at=NOON)
    assert look(world) == {"canceled": 1}
    assert mailbox.mails == []


def test_mail_comes_only_for_what_a_person_wants_and_the_page_has_it_all(world, mailbox):
    with world.scope(world.operator) as scope:
        wish_for(scope, Wished([cause for cause in EVERY if cause != "assigned"]), actor=scope.actor)
    assigned(world, world.operator)
    assert look(world) == {}
    assert told(world, world.operator) == [("assigned", False)]


def test_reading_is_each_persons_own(world):
    assigned(world, world.operator)
    look(world)
    with world.scope(world.operator) as scope:
        assert queries.unread_count(scope) == 1
    with world.scope() as scope:
        theirs = Notice.objects.get().pk
        assert read_notices(scope, [theirs], actor=scope.actor) == 0
        with pytest.raises(NotVisible):
            queries.notice(scope, theirs)
    with world.scope(world.operator) as scope:
        assert read_notices(scope, None, actor=scope.actor) == 1
        assert read_notices(scope, None, actor=scope.actor) == 0
        assert queries.unread_count(scope) == 0


@pytest.mark.parametrize(
    "wrong", [{"causes": ["odd"]}, {"digest": "odd"}, {"hour": 24}, {"weekday": 7}, {"time_zone": "Mars/Base"}]
)
def test_a_wish_that_cannot_be_is_refused(world, wrong):
    with world.scope(world.operator) as scope, pytest.raises(SettingRefused):
        wish_for(scope, Wished(**({"causes": EVERY} | wrong)), actor=scope.actor)


def test_whoever_is_named_in_a_comment_is_told_once(world, mailbox):
    detect(world, world.environment, 0, [seen("Lock")])
    with world.scope() as scope:
        comment_finding(scope, Finding.objects.get().pk, "@operator@example.org please look", actor=scope.actor)
        comment_finding(scope, Finding.objects.get().pk, "And again.", actor=scope.actor)
    look(world)
    look(world)
    assert [cause for cause, _read in told(world, world.operator)] == ["mentioned"]
    assert told(world, world.owner) == []
