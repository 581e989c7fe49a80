"""Letters of a review cycle: to those who may publish, and to its recipients once somebody has; each once, and seen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.notices.post import send, trueline
from tests.reviews.prepared import SUMMARY, seeded
from tests.reviews.test_cycles import DUE, NOW, cycle, turned
from trueline.audit.models import AuditEvent
from trueline.kit import clock
from trueline.notices import registry
from trueline.notices.actions import delivering
from trueline.notices.actions.evaluating import evaluate
from trueline.notices.actions.releasing import send_release_again
from trueline.notices.errors import NotSendable
from trueline.notices.models import Delivery
from trueline.reviews import actions
from trueline.reviews.actions_sharing import revoke_share
from trueline.reviews.models import Review, ShareLink
from trueline.workspaces.models import Membership


def look(world, at=NOW):
    """What the worker does every few seconds, at a moment."""
    with clock.settled(at), trueline(world) as scope:
        evaluate(scope)
        for make in registry.makers():
            make(scope)
        return send(scope)


@pytest.fixture
def waiting(world):
    """A review that a cycle has brought and that nobody has published."""
    with world.inside():
        seeded(world)
    cycle(world)
    turned(world)
    with world.inside():
        return Review.objects.get()


def publish(world, review, at=NOW):
    with clock.settled(at), world.scope() as scope:
        actions.write_review(scope, review.pk, review.title, SUMMARY, actor=scope.actor)
        actions.ready_review(scope, review.pk, actor=scope.actor)
        return actions.publish_review(scope, review.pk, actor=scope.actor)


def text(mail):
    return mail.get_body(("plain",)).get_content()


def letters(world, event="review.released"):
    with world.inside():
        return list(Delivery.objects.filter(event_type=event).order_by("address", "id"))


def test_those_who_may_publish_are_told_when_it_was_prepared_and_on_the_day_it_is_due(world, mailbox, waiting):
    assert look(world) == {"sent": 2}
    assert look(world, NOW + timedelta(hours=5)) == {}
    assert {mail["To"] for mail in mailbox.mails} == {"owner@example.org", "approver@example.org"}
    assert "It is a draft on fresh evidence" in text(mailbox.mails[0])
    assert look(world, NOW + timedelta(days=3)) == {"sent": 2}
    publish(world, waiting, NOW + timedelta(days=3))
    assert look(world, NOW + timedelta(days=3))["sent"] == 2  # its recipients
    assert look(world, NOW + timedelta(days=4)) == {}


def test_its_recipients_get_one_letter_each_with_a_link_that_opens_what_was_released(world, mailbox, waiting):
    look(world)
    mailbox.mails.clear()
    review = publish(world, waiting)
    assert look(world) == {"sent": 2}
    assert look(world, NOW + timedelta(hours=1)) == {}
    board, customer = sorted(mailbox.mails, key=lambda mail: mail["To"])
    assert (board["To"], customer["To"]) == ("board@example.org", "customer@example.org")
    assert reverse("released_review", args=[world.workspace.slug, review.pk]) in text(customer)
    assert "Sie können das signierte Paket mitnehmen" in text(board)
    path = re.search(r"/shared/\S+", text(board))[0]
    with clock.settled(NOW):
        assert review.title in Client().post(path).text
    with world.inside():
        link = ShareLink.objects.get()
        assert (link.label, link.uses) == ("board@example.org", 1)
        event = AuditEvent.objects.get(action="reviews:share:create")
        assert (event.actor_label, event.on_behalf_of) == ("Trueline", "Olga Owner")
    told = letters(world)[-1]
    assert (told.address, bytes(told.sealed)) == ("board@example.org", b"")
    assert path.rsplit("/", 1)[-1] not in str(told.payload)


def test_a_letter_that_is_tried_again_carries_the_same_link(world, mailbox, waiting):
    publish(world, waiting)
    mailbox.refuses = True
    assert look(world) == {"unsent": 2}
    assert bytes(letters(world)[-1].sealed)
    mailbox.refuses = False
    look(world, NOW + timedelta(minutes=2))
    with world.inside():
        assert ShareLink.objects.count() == 1
    assert [one.status for one in letters(world)] == ["sent", "sent"]


def test_who_is_no_member_any_more_and_a_link_that_was_withdrawn_get_nothing(world, mailbox, waiting):
    publish(world, waiting)
    mailbox.refuses = True
    look(world)
    mailbox.refuses = False
    with clock.settled(NOW), world.scope() as scope:
        Membership.objects.filter(user=world.customer).update(suspended_at=NOW)
        revoke_share(scope, ShareLink.objects.get().pk, actor=scope.actor)
    look(world, NOW + timedelta(minutes=2))
    assert [(one.status, one.last_error_code) for one in letters(world)] == [
        ("canceled", "not_in_reach"),
        ("canceled", "link_ended"),
    ]
    assert mailbox.mails == []


def test_what_did_not_arrive_is_seen_on_the_page_and_sent_again(world, mailbox, waiting, signed_in):
    publish(world, waiting)
    with clock.settled(NOW), trueline(world) as scope:
        evaluate(scope)
        while (claimed := delivering.claim(scope)) is not None:
            delivering.not_sent(claimed, "mail_refused", "", for_good=True, actor=scope.actor)
    inbox = reverse("inbox", args=[world.workspace.slug])
    browser, page = signed_in(world.approver), reverse("review", args=[world.workspace.slug, waiting.pk])
    shown = browser.get(page).text
    assert "board@example.org" in shown
    assert "The mail server did not take the message." in shown
    assert "board@example.org" not in signed_in(world.viewer).get(page).text
    browser = signed_in(world.approver)
    with clock.settled(NOW):
        assert f"Letters about {waiting.title} did not arrive" in browser.get(inbox).text
        assert "did not arrive" not in signed_in(world.operator).get(inbox).text
    browser = signed_in(world.approver)
    browser.post(page + "deliver")
    assert {one.status for one in letters(world)} == {"queued"}
    with world.scope() as scope, pytest.raises(NotSendable):
        send_release_again(scope, waiting.pk, actor=scope.actor)


def test_without_a_mail_server_it_is_seen_that_nobody_was_told(world, settings, waiting):
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = "", "django.core.mail.backends.filebased.EmailBackend"
    publish(world, waiting)
    assert look(world) == {"unsent": 2}
    assert {one.last_error_code for one in letters(world)} == {"mail_not_set_up"}
    assert letters(world, "review.waiting") == []


def test_a_review_that_somebody_began_is_sent_to_nobody(world, mailbox):
    with clock.settled(DUE), world.scope() as scope:
        seeded(world)
        review = actions.begin_review(scope, world.environment, "By hand", actor=scope.actor)
    publish(world, review)
    assert look(world) == {}
