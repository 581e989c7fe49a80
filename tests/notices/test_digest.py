"""The digest: once in a period, in the reader's language, out of what that reader may see when it is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.findings.looks import look as detect
from tests.findings.looks import seen
from tests.notices.post import send, statuses, trueline
from trueline.casework.queries import inbox
from trueline.findings.rules import Severity
from trueline.kit import clock
from trueline.notices import registry
from trueline.notices.actions.telling import Wished, wish_for
from trueline.workspaces.actions import narrow
from trueline.workspaces.models import Membership
from trueline.workspaces.rules import GrantEffect

MONDAY = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


def wish(world, person, digest="daily", **more):
    with world.scope(person) as scope:
        wish_for(scope, Wished([], digest, **({"hour": 8, "weekday": 0} | more)), actor=scope.actor)


def look(world, **later):
    """What the worker does every few seconds, at that time after half past seven on Monday."""
    with clock.settled(MONDAY + timedelta(**later)), trueline(world) as scope:
        for make in registry.makers():
            make(scope)
        return send(scope)


@pytest.fixture
def waiting(world):
    """Seven findings in the north, one of them critical; nothing was ever captured in the south."""
    names = [seen(f"Lock {number}") for number in range(6)]
    with clock.settled(MONDAY - timedelta(days=1)):
        detect(world, world.environment, 0, [*names, seen("Open door", severity=Severity.CRITICAL)])


def test_it_comes_once_a_day_from_its_hour_on(world, mailbox, waiting):
    wish(world, world.operator)
    assert look(world) == {}
    assert look(world, hours=1) == {"sent": 1}
    assert look(world, hours=1, minutes=5) == {}
    assert look(world, hours=17) == {}
    assert look(world, days=1) == {}
    assert look(world, days=1, hours=2) == {"sent": 1}
    assert [mail["To"] for mail in mailbox.mails] == ["operator@example.org"] * 2


def test_it_comes_once_a_week_from_its_day_on(world, mailbox, waiting):
    wish(world, world.operator, "weekly", weekday=2)
    sent = [look(world, days=day, hours=1) for day in range(10)]
    assert [number for number, done in enumerate(sent) if done] == [2, 9]


def test_its_hour_is_that_of_the_reader(world, mailbox, waiting):
    wish(world, world.operator, time_zone="Europe/Berlin")
    assert look(world, minutes=-31) == {}
    assert look(world, minutes=-30) == {"sent": 1}


def test_it_counts_by_lane_and_names_the_most_urgent_few_with_their_ways(world, mailbox, waiting):
    world.operator.locale = "de"
    world.operator.save()
    wish(world, world.operator)
    look(world, hours=1)
    (mail,) = mailbox.mails
    text = mail.get_body(("plain",)).get_content()
    with clock.settled(MONDAY), world.scope(world.operator) as scope:
        number = sum(one.number for one in inbox(scope).counts)
    assert mail["Subject"] == f"Acme: {number} warten auf Sie"
    assert "Zu sichten: 7" in text
    assert "/w/acme/inbox/?lane=needs_triage" in text
    assert text.index("Open door (North)") < text.index("Lock")
    assert text.count("/w/acme/findings/") == 5
    assert "/w/acme/notices/wishes" in text


def test_what_the_reader_does_not_reach_is_neither_named_nor_counted(world, mailbox, waiting):
    wish(world, world.operator)
    with world.scope() as scope:
        member = Membership.objects.get(user=world.operator)
        narrow(scope, member.pk, world.environment.pk, GrantEffect.EXCLUDE, actor=scope.actor)
    assert look(world, hours=1) == {"sent": 1}
    (mail,) = mailbox.mails
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "Acme: 1 waits for you"
    assert "South: never captured" in text
    assert "North" not in text
    assert "Lock" not in text


def test_whoever_left_gets_none(world, mailbox, waiting):
    wish(world, world.operator)
    with world.inside():
        Membership.objects.filter(user=world.operator).update(suspended_at=MONDAY)
    assert look(world, hours=1) == {}
    assert statuses(world) == []


@pytest.mark.parametrize(("wants", "done"), [(False, {"canceled": 1}), (True, {"sent": 1})])
def test_when_nothing_waits_it_comes_only_to_who_wants_that(wants, done, world, mailbox):
    wish(world, world.viewer, tells_when_nothing=wants)
    with world.scope() as scope:
        member = Membership.objects.get(user=world.viewer)
        for place in (world.environment, world.other_environment):
            narrow(scope, member.pk, place.pk, GrantEffect.EXCLUDE, actor=scope.actor)
    assert look(world, hours=1) == done
    assert look(world, hours=2) == {}
    assert ["not counted as good" in str(mail.get_body(("plain",)).get_content()) for mail in mailbox.mails] == (
        [True] if wants else []
    )


def test_without_a_mail_server_none_waits_for_one(world, settings, waiting):
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = "", "django.core.mail.backends.filebased.EmailBackend"
    wish(world, world.operator)
    assert look(world, hours=1) == {}
    assert statuses(world) == []
