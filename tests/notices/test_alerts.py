"""From an event of the trail to a mail, a webhook or a chat, with real receivers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests.findings.looks import AREAS, seen
from tests.findings.looks import look as detect
from tests.notices.post import ALL, deliveries, destination, look, send, statuses, trueline
from trueline.audit.models import AuditEvent
from trueline.findings.rules import Severity
from trueline.kit import clock
from trueline.kit.errors import Conflict
from trueline.kit.http import Outgoing
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.notices import queries
from trueline.notices.actions import delivering
from trueline.notices.actions.destinations import (
    change_rule,
    create_destination,
    remove_destination,
    rotate_secret,
    send_test,
    switch_destination,
)
from trueline.notices.actions.evaluating import evaluate
from trueline.notices.errors import NotSendable, SettingRefused, TargetRefused
from trueline.notices.models import Delivery
from trueline.workspaces.actions import narrow
from trueline.workspaces.models import Membership
from trueline.workspaces.rules import GrantEffect

NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon():
    with clock.settled(NOON):
        yield


def later(**parts):
    return clock.settled(NOON + timedelta(**parts))


def drift(world, at=0, *names, severity=Severity.HIGH):
    """A capture that shows these findings."""
    detect(world, world.environment, at, [seen(name, severity=severity) for name in names or ("Lock",)])


def test_new_findings_reach_a_webhook_signed_by_its_secret(world, receiver):
    _made, secret = destination(world, address=receiver.url)
    drift(world, 0, "Lock", "Door")
    assert look(world) == {"sent": 1}
    ((headers, body),) = receiver.requests
    said = json.loads(body)
    assert (said["type"], said["count"], said["severity"]) == ("finding.opened", 2, "high")
    assert {one["name"] for one in said["findings"]} == {"Lock", "Door"}
    assert headers["webhook-id"] == said["id"] == str(deliveries(world)[0].pk)
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert (
        headers["webhook-signature"]
        == "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    )
    assert abs(int(headers["webhook-timestamp"]) - NOON.timestamp()) < 1


def test_looking_again_tells_nothing_twice(world, receiver):
    destination(world, address=receiver.url)
    drift(world)
    assert look(world) == {"sent": 1}
    assert look(world) == {}
    assert len(receiver.requests) == 1


def test_a_mail_destination_gets_text_and_html_in_the_language_of_the_workspace(world, mailbox):
    with world.inside():
        world.workspace.locale = "de"
        world.workspace.save()
    destination(world, "mail", "ops@example.org")
    drift(world, 0, "Lock\r\nBcc: thief@example.org", "<b>Door</b>")
    assert look(world) == {"sent": 1}
    (mail,) = mailbox.mails
    assert mail["To"] == "ops@example.org"
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Neue Befunde in North: 2"
    assert mail["Message-ID"] == f"<{deliveries(world)[0].pk}@trueline>"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "In Trueline öffnen" in text
    assert "http://testserver/w/acme/findings/" in text
    assert "&lt;b&gt;Door&lt;/b&gt;" in html
    assert "<b>" not in html


@pytest.mark.parametrize("kind", ["slack", "teams"])
def test_a_chat_gets_text_that_cannot_call_everybody(world, receiver, kind):
    destination(world, kind, receiver.url)
    drift(world, 0, "<!channel> [x](http://evil.example) |*")
    assert look(world) == {"sent": 1}
    said = receiver.requests[0][1].decode()
    assert "<!channel>" not in said
    assert kind == "slack" or "](http://evil.example)" not in said  # Slack takes no such link
    assert "New findings in North: 1" in json.dumps(json.loads(said)).replace("\\\\", "")
    assert "webhook-signature" not in receiver.requests[0][0]


def test_a_rule_tells_only_its_events_its_severity_and_its_environments(world, receiver):
    with world.scope() as scope:
        elsewhere = replace(ALL, environment_ids=[world.other_environment.pk])
        for number, terms in enumerate(
            [replace(ALL, event_types=["run.failed"]), replace(ALL, minimum_severity="critical"), elsewhere]
        ):
            create_destination(scope, f"D{number}", "webhook", receiver.url, terms, actor=scope.actor)
    drift(world)
    assert look(world) == {}
    assert deliveries(world) == []


def test_the_same_again_within_the_pause_is_left_out_and_seen(world, receiver):
    destination(world, address=receiver.url)
    drift(world, 0, "Lock")
    look(world)
    with later(hours=5):
        drift(world, 1, "Lock", "Door")
        look(world)
    with later(hours=7):
        drift(world, 2, "Lock", "Door", "Gate")
        look(world)
    assert statuses(world) == ["sent", "suppressed", "sent"]


def test_reopened_and_resolved_are_told_each_by_its_own_event(world, receiver):
    destination(world, address=receiver.url)
    drift(world, 0, "Lock")
    detect(world, world.environment, 1, [], AREAS)
    drift(world, 2, "Lock")
    look(world)
    assert [json.loads(body)["type"] for _headers, body in receiver.requests] == [
        "finding.opened",
        "finding.resolved",
        "finding.reopened",
    ]


def test_quiet_hours_hold_a_message_back_until_they_end(world, receiver):
    quiet = replace(ALL, quiet=(time(13), time(18)), time_zone="Europe/Berlin")
    destination(world, address=receiver.url, terms=quiet)
    drift(world)
    assert look(world) == {}
    assert statuses(world) == ["deferred"]
    assert deliveries(world)[0].send_after == datetime(2026, 5, 6, 16, tzinfo=UTC)
    with later(hours=4):
        assert look(world) == {"sent": 1}


def test_a_receiver_that_fails_is_asked_again_later_under_the_same_id(world, receiver):
    destination(world, address=receiver.url)
    drift(world)
    receiver.statuses[:] = [503, 500]
    assert look(world) == {"unsent": 1}
    one = deliveries(world)[0]
    assert (one.status, one.last_error_code, one.attempt_count) == ("queued", "http_503", 1)
    assert one.send_after == NOON + timedelta(minutes=1)
    with later(minutes=1):
        look(world)
    with later(minutes=6):
        assert look(world) == {"sent": 1}
    assert {headers["webhook-id"] for headers, _body in receiver.requests} == {str(one.pk)}
    assert len({body for _headers, body in receiver.requests}) == 1


def test_one_receiver_that_fails_keeps_no_other_waiting_and_is_asked_once(world, receiver):
    destination(world, address=receiver.url, name="A")
    destination(world, address=receiver.url, name="B")
    detect(world, world.environment, 0, [seen("Lock")])
    detect(world, world.environment, 1, [], AREAS)
    receiver.statuses[:] = [500]
    done = look(world)
    assert done == {"unsent": 1, "sent": 2}


def test_after_the_last_attempt_it_has_failed_and_can_be_sent_again(world, receiver):
    destination(world, address=receiver.url)
    drift(world)
    receiver.statuses[:] = [500] * 7
    hours = 0.0
    for _ in range(7):
        with later(hours=hours):
            look(world)
        hours += 13
    with later(hours=hours):
        assert statuses(world) == ["failed"]
        with world.scope() as scope:
            assert AuditEvent.objects.filter(action="notices:delivery:fail").count() == 1
            delivering.send_again(scope, deliveries(world)[0].pk, actor=scope.actor)
        assert look(world) == {"sent": 1}
    assert len({headers["webhook-id"] for headers, _body in receiver.requests}) == 1


def test_an_address_inside_is_refused_at_sending_and_its_network_is_not_told(world, receiver, settings):
    settings.OUTGOING = Outgoing()
    destination(world, address=receiver.url)
    drift(world)
    assert look(world) == {"unsent": 1}
    one = deliveries(world)[0]
    assert (one.status, one.last_error_code) == ("failed", "address_refused")
    assert "127" not in one.last_error
    assert receiver.requests == []


def test_without_a_mail_server_a_mail_says_so(world, settings):
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = "", "django.core.mail.backends.filebased.EmailBackend"
    destination(world, "mail", "ops@example.org")
    drift(world)
    assert look(world) == {"unsent": 1}
    assert deliveries(world)[0].last_error_code == "mail_not_set_up"


def test_a_mail_server_that_refuses_is_asked_again(world, mailbox):
    mailbox.refuses = True
    destination(world, "mail", "ops@example.org")
    drift(world)
    assert look(world) == {"unsent": 1}
    mailbox.refuses = False
    with later(minutes=1):
        assert look(world) == {"sent": 1}


def test_a_sender_that_was_overtaken_writes_nothing(world, receiver):
    destination(world, address=receiver.url)
    drift(world)
    with trueline(world) as scope:
        evaluate(scope)
        first = delivering.claim(scope)
        assert delivering.claim(scope) is None
        with later(seconds=61):
            second = delivering.claim(scope)
            assert second.pk == first.pk
            assert not delivering.sent(first)
            assert not delivering.not_sent(first, "late", "Late.", for_good=True, actor=scope.actor)
            assert delivering.sent(second)
    assert statuses(world) == ["sent"]


def test_a_time_can_be_sent_again_as_a_whole(world, receiver):
    made, _secret = destination(world, address=receiver.url, terms=replace(ALL, cooldown_seconds=0))
    for number in range(3):
        with later(hours=number):
            drift(world, number, *[f"Lock {one}" for one in range(number + 1)])
            look(world)
    with world.scope() as scope, later(hours=5):
        since = NOON + timedelta(hours=1)
        assert delivering.send_range_again(scope, made.pk, since, NOON + timedelta(hours=9), actor=scope.actor) == 2
        look(world)
    sent = [headers["webhook-id"] for headers, _body in receiver.requests]
    assert len(sent) == 5
    assert len(set(sent)) == 3


def test_after_a_rotation_two_signatures_stand_beside_each_other(world, receiver):
    made, first = destination(world, address=receiver.url)
    with world.scope() as scope:
        second = rotate_secret(scope, made.pk, actor=scope.actor)
        send_test(scope, made.pk, actor=scope.actor)
    assert first != second
    look(world)
    assert len(receiver.requests[0][0]["webhook-signature"].split()) == 2


def test_tests_are_limited_and_refused_for_one_that_is_off(world, receiver):
    made, _secret = destination(world, address=receiver.url)
    with world.scope() as scope:
        for _ in range(3):
            send_test(scope, made.pk, actor=scope.actor)
        with pytest.raises(NotSendable, match="minute"):
            send_test(scope, made.pk, actor=scope.actor)
        switch_destination(scope, made.pk, on=False, actor=scope.actor)
        with pytest.raises(NotSendable, match="off"), later(minutes=2):
            send_test(scope, made.pk, actor=scope.actor)
    assert statuses(world) == ["canceled"] * 3


def test_a_destination_that_is_removed_keeps_its_deliveries_and_forgets_its_secret(world, receiver):
    made, _secret = destination(world, address=receiver.url)
    drift(world)
    with trueline(world) as scope:
        evaluate(scope)
    with world.scope() as scope:
        remove_destination(scope, made.pk, actor=scope.actor)
        assert list(queries.destinations(scope)) == []
        with pytest.raises(NotVisible):
            queries.destination(scope, made.pk)
    with trueline(world) as scope:
        assert send(scope) == {}
    assert statuses(world) == ["canceled"]
    destination(world, address=receiver.url)  # the name is free again


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("mail", "no address"), ("mail", "a@b.example\r\nBcc: c@d.example"), ("webhook", "ftp://example.org"),
        ("webhook", ""), ("webhook", "https://"), ("webhook", "https://a:b@example.org/"), ("slack", "javascript:1"),
    ],
)  # fmt: skip
def test_an_address_of_the_wrong_form_is_refused_and_nothing_is_kept(world, kind, address):
    with world.scope() as scope, pytest.raises(TargetRefused):
        create_destination(scope, "Ops", kind, address, ALL, actor=scope.actor)
    with world.scope() as scope:
        assert not queries.destinations(scope).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"event_types": []}, {"event_types": ["odd"]}, {"minimum_severity": "odd"}, {"time_zone": "Mars/Base"},
        {"cooldown_seconds": -1}, {"environment_ids": []}, {"quiet": (time(1), time(1))},
    ],
)  # fmt: skip
def test_terms_that_cannot_be_are_refused(world, wrong):
    made, _secret = destination(world)
    with world.scope() as scope:
        with pytest.raises(SettingRefused):
            change_rule(scope, made.pk, replace(ALL, **wrong), actor=scope.actor)
        assert queries.rule_of(scope, made.pk).minimum_severity == "info"


def test_a_name_is_taken_once(world):
    destination(world)
    with pytest.raises(Conflict):
        destination(world)


def test_only_whoever_looks_after_all_of_the_workspace_sees_or_makes_destinations(world):
    made, _secret = destination(world)
    for person in (world.viewer, world.operator, world.approver):
        with world.scope(person) as scope, pytest.raises(NotAllowed):
            create_destination(scope, "Mine", "mail", "me@example.org", ALL, actor=scope.actor)
    with world.scope() as scope:
        second = Membership.objects.create(workspace=world.workspace, user=world.stranger, role="manager")
        narrow(scope, second.pk, world.environment.pk, GrantEffect.INCLUDE, actor=scope.actor)
    with world.scope(world.stranger) as scope:
        with pytest.raises(NotVisible):
            queries.destination(scope, made.pk)
        with pytest.raises(NotAllowed):
            create_destination(scope, "Mine", "mail", "me@example.org", ALL, actor=scope.actor)


def test_secrets_stand_in_no_column_no_event_and_no_log(world, receiver, caplog):
    address = f"{receiver.url}/canary-in-address"
    made, secret = destination(world, address=address)
    drift(world)
    receiver.statuses[:] = [500]
    look(world)
    with world.scope() as scope:
        rotate_secret(scope, made.pk, actor=scope.actor)
    with world.inside(), connection.cursor() as cursor:
        said = caplog.text
        for table in ("notices_destination", "notices_delivery", "notices_alertrule", "audit_auditevent"):
            cursor.execute(f"select row_to_json(t)::text from {table} t")
            said += "".join(row[0] for row in cursor.fetchall())
    for canary in ("canary-in-address", secret, secret.removeprefix("whsec_")):
        assert canary not in said
        assert canary.encode().hex() not in said


def test_the_database_refuses_moves_that_the_table_does_not_list(world, receiver):
    destination(world, address=receiver.url)
    drift(world)
    look(world)
    with world.inside():
        for status in ("sending", "failed", "deferred", "odd"):
            with pytest.raises(DatabaseError), transaction.atomic():
                Delivery.objects.update(status=status)
