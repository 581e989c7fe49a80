"""Pages of notices and destinations: happy path, wrong method, whoever may not, stranger, empty state, secrets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.notices.post import ALL, look
from trueline.findings.actions.workflow import assign_finding
from trueline.findings.models import Finding
from trueline.kit import clock
from trueline.kit.sealing import KeyFile
from trueline.notices.actions.destinations import create_destination
from trueline.notices.models import Delivery, Destination, NoticeWish
from trueline.notices.queries import notices

NEW = {
    "name": "On-call", "kind": "webhook", "address": "https://hooks.example.org/canary-path",
    "events": ["finding.opened"], "minimum_severity": "high", "cooldown": "0", "time_zone": "UTC",
}  # fmt: skip
WISHES = {"causes": ["overdue"], "digest": "weekly", "hour": "7", "weekday": "4", "time_zone": "Europe/Berlin"}


@pytest.fixture(autouse=True)
def _keys(tmp_path, settings):
    settings.KEY_ENCRYPTION = KeyFile(tmp_path / "sealing.keys")


@pytest.fixture
def made(world):
    with world.scope() as scope:
        return create_destination(scope, "Ops", "webhook", "https://example.org/x", ALL, actor=scope.actor)[0]


def to(world, name, *parts):
    return reverse(name, args=[world.workspace.slug, *parts])


def count(world, model):
    with world.inside():
        return model.objects.count()


def test_a_webhook_is_made_and_its_secret_shown_once(world, signed_in):
    browser = signed_in(world.owner)
    assert "Nobody outside" in browser.get(to(world, "destinations")).content.decode()
    answer = browser.post(to(world, "destination_make"), NEW, follow=True)
    shown = answer.content.decode()
    assert "whsec_" in shown
    assert "hooks.example.org" in shown
    assert "canary-path" not in shown
    again = browser.get(answer.redirect_chain[-1][0]).content.decode()
    assert "whsec_" not in again
    assert "On-call" in browser.get(to(world, "destinations")).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "odd"},
        {"events": []},
        {"name": ""},
        {"quiet_start": "22:00"},
        {"kind": "pigeon"},
        {"time_zone": "Mars/Base"},
    ],
)
def test_what_cannot_be_is_told_on_the_form_and_nothing_is_made(world, signed_in, wrong):
    answer = signed_in(world.owner).post(to(world, "destination_make"), NEW | wrong)
    assert answer.status_code == 422
    assert NEW["name"] in answer.content.decode() or "name" in wrong
    assert count(world, Destination) == 0


def test_a_rule_is_changed_and_a_test_is_queued_and_shown(world, signed_in, made):
    browser = signed_in(world.owner)
    here = to(world, "destination", made.pk)
    rule = {**NEW, "quiet_start": "22:00", "quiet_end": "06:00", "time_zone": "Europe/Berlin"}
    assert browser.post(to(world, "destination_rule", made.pk), rule).status_code == 302
    assert 'value="22:00"' in browser.get(here).content.decode()
    assert browser.post(to(world, "destination_rule", made.pk), rule | {"events": []}).status_code == 422
    browser.post(to(world, "destination_test", made.pk))
    shown = browser.get(here).content.decode()
    assert "Test message" in shown
    assert "Waiting to be sent" in shown
    browser.post(to(world, "destination_switch", made.pk), {"state": "off"})
    assert "Canceled" in browser.get(here).content.decode()
    browser.post(to(world, "destination_switch", made.pk), {"state": "on"})
    with world.inside():
        one = Delivery.objects.get()
    browser.post(to(world, "delivery_again", one.pk))
    with world.inside():
        assert Delivery.objects.get().status == "queued"
    assert "whsec_" in browser.post(to(world, "destination_rotate", made.pk), follow=True).content.decode()
    browser.post(to(world, "destination_remove", made.pk))
    assert browser.get(here).status_code == 404


def test_a_viewer_and_a_stranger_reach_no_destination(world, signed_in, made):
    assert signed_in(world.viewer).get(to(world, "destinations")).status_code == 403
    assert signed_in(world.viewer).get(to(world, "destination", made.pk)).status_code == 403
    assert signed_in(world.stranger).get(to(world, "destinations")).status_code == 404
    assert signed_in(world.owner).get(to(world, "destination_make")).status_code == 405


def test_wishes_are_kept_and_without_a_mail_server_the_page_says_so(world, signed_in, settings):
    browser = signed_in(world.viewer)
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = "", "django.core.mail.backends.filebased.EmailBackend"
    assert "No mail leaves this installation" in browser.get(to(world, "notice_wishes")).content.decode()
    assert browser.post(to(world, "notice_wishes"), WISHES).status_code == 302
    with world.inside():
        kept = NoticeWish.objects.get()
    assert (kept.user, kept.mail_causes) == (world.viewer, ["overdue"])
    assert (kept.digest, kept.digest_hour, kept.digest_weekday, kept.time_zone) == ("weekly", 7, 4, "Europe/Berlin")
    for wrong in ({"causes": ["odd"]}, {"digest": "hourly"}, {"hour": "24"}, {"time_zone": "Mars/Base"}):
        assert browser.post(to(world, "notice_wishes"), WISHES | wrong).status_code == 422


def test_a_notice_is_unread_until_it_was_opened(world, signed_in, captured):
    with world.scope() as scope:
        Finding.objects.update(due_at=clock.now() + timedelta(days=30))  # so that only the assignment is told
        assign_finding(scope, captured.findings[0].pk, world.operator, actor=scope.actor)
    look(world)
    browser = signed_in(world.operator)
    shown = browser.get(to(world, "notices")).content.decode()
    assert "Assigned to you" in shown
    assert "Nothing was told" in signed_in(world.viewer).get(to(world, "notices")).content.decode()
    with world.scope(world.operator) as scope:
        one = notices(scope).get()
    for named in (one.pk, "odd"):
        answer = signed_in(world.viewer).post(to(world, "notices_read"), {"notice": named})
        assert answer.url == to(world, "notices")
    assert browser.post(to(world, "notices_read"), {"notice": one.pk}).url == to(world, "finding", one.finding_id)
    assert "Mark everything" not in browser.get(to(world, "notices")).content.decode()
    assert browser.post(to(world, "notices_read")).status_code == 302
