"""A released review for somebody with a link: it ends, is counted, may ask a pass phrase, and leads nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.reviews.prepared import published, ready, seeded
from trueline.audit.models import AuditEvent
from trueline.kit import clock
from trueline.kit.errors import Refused
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.reviews import actions
from trueline.reviews.actions_sharing import MOST_FAILURES, revoke_share, share_review
from trueline.reviews.models import ShareLink


@pytest.fixture
def review(world):
    with world.scope() as scope:
        seeded(world)
        return published(world, scope)


def shared(world, review, **terms):
    with world.scope() as scope:
        link, token = share_review(scope, review.pk, "Board", terms.pop("days", 7), actor=scope.actor, **terms)
    return link, reverse("shared", args=[world.workspace.pk, token])


def test_following_the_link_counts_nothing_and_opening_it_shows_the_customers_edition(world, review):
    _link, address = shared(world, review)
    visitor = Client()
    asked = visitor.get(address)
    assert asked.status_code == 200
    assert review.title not in asked.text
    assert asked["Referrer-Policy"] == "same-origin"
    opened = visitor.post(address)
    assert "The old printer needs it until March." in opened.text
    for name in ("Olga Owner", "Anna Approver", "Otto Operator", "/w/acme"):
        assert name not in opened.text
    pack = visitor.post(address, {"language": "de"})
    assert pack["Content-Type"] == "application/zip"
    with world.inside():
        assert ShareLink.objects.get().uses == 2
        assert AuditEvent.objects.filter(action="reviews:share:use").count() == 2


def test_a_token_is_kept_only_as_a_digest_and_holds_128_bits(world, review):
    link, address = shared(world, review)
    token = address.rsplit("/", 1)[-1]
    assert len(token) >= 22
    assert token not in str(ShareLink.objects.none()) + str(vars(link))


def test_a_pass_phrase_is_asked_for_and_ten_wrong_ones_end_the_link(world, review):
    _link, address = shared(world, review, pass_phrase="correct horse")
    visitor = Client()
    assert "Pass phrase" in visitor.post(address).text
    assert visitor.post(address, {"pass_phrase": "wrong"}).status_code == 403
    assert review.title in visitor.post(address, {"pass_phrase": "correct horse"}).text
    with world.inside():
        ShareLink.objects.update(failures=MOST_FAILURES)
    assert visitor.post(address, {"pass_phrase": "correct horse"}).status_code == 410


def test_a_link_that_has_ended_looks_like_one_that_never_was(world, review):
    link, address = shared(world, review)
    unknown = reverse("shared", args=[world.workspace.pk, "x" * 22])
    never = Client().post(unknown)
    with clock.settled(clock.now() + timedelta(days=8)):
        late = Client().post(address)
    with world.scope() as scope:
        revoke_share(scope, link.pk, actor=scope.actor)
    withdrawn = Client().post(address)
    assert {answer.status_code for answer in (never, late, withdrawn)} == {410}
    assert review.title not in never.text + late.text + withdrawn.text


def test_a_link_to_a_review_that_was_put_away_opens_nothing(world, review):
    _link, address = shared(world, review)
    with world.scope() as scope:
        actions.archive_review(scope, review.pk, actor=scope.actor)
    assert Client().post(address).status_code == 410


def test_a_link_opens_nothing_in_another_workspace(world, review):
    _link, address = shared(world, review)
    elsewhere = address.replace(str(world.workspace.pk), str(world.other_workspace.pk))
    assert Client().post(elsewhere).status_code == 410


def test_only_released_reviews_are_shared_by_those_who_may_publish(world):
    with world.scope() as scope:
        seeded(world)
        found = ready(world, scope)
        with pytest.raises(NotVisible):
            share_review(scope, found, "Board", 7, actor=scope.actor)
        review = actions.publish_review(scope, found, actor=scope.actor)
        for days, phrase in ((0, ""), (91, ""), (7, "short")):
            with pytest.raises(Refused):
                share_review(scope, review.pk, "Board", days, actor=scope.actor, pass_phrase=phrase)
    with world.scope(world.operator) as operator, pytest.raises(NotAllowed):
        share_review(operator, review.pk, "Board", 7, actor=operator.actor)


def test_an_address_is_shown_once_and_the_link_is_withdrawn_on_the_page(world, signed_in, review):
    browser, page = signed_in(world.owner), reverse("review", args=[world.workspace.slug, review.pk])
    answer = browser.post(page + "share", {"label": "Board", "days": "14"})
    assert answer.url == page
    assert "/shared/" in browser.get(page).text
    assert "/shared/" not in browser.get(page).text
    with world.inside():
        link = ShareLink.objects.get()
    browser.post(reverse("share_withdraw", args=[world.workspace.slug, link.pk]))
    with world.inside():
        assert ShareLink.objects.get().revoked_at
