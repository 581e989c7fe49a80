"""Review cycles on their pages: set up, changed, paused, and what came of their dates."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.reviews.prepared import seeded
from tests.reviews.test_cycles import NOW, broken_measuring, cycle, turned
from trueline.kit import clock
from trueline.reviews.models import CycleTurn, Review, ReviewCycle

FORM = {
    "title": "Security review",
    "interval": "quarterly",
    "every": "30",
    "day_of_month": "5",
    "starts_on": "2026-03-01",
    "lead_days": "3",
    "hour": "6",
    "time_zone": "Europe/Berlin",
    "language": "en",
    "addresses": "board@example.org\nauditor@example.org",
    "link_days": "30",
}


def at(world, name, *parts):
    return reverse(name, args=[world.workspace.slug, *parts])


def test_a_cycle_is_set_up_changed_and_paused_on_its_pages(world, signed_in):
    browser = signed_in(world.owner)
    assert "None yet. A cycle takes the evidence" in browser.get(at(world, "reviews")).text
    form = FORM | {"environment": world.environment.slug, "members": [str(world.customer.pk)]}
    refused = browser.post(at(world, "review_cycle_make"), form | {"time_zone": "Berlin", "title": "Board"})
    assert refused.status_code == 422
    assert "There is no such time zone." in refused.text
    assert 'value="Board"' in refused.text
    made = browser.post(at(world, "review_cycle_make"), form)
    with world.inside():
        found = ReviewCycle.objects.get()
    assert made.url == at(world, "review_cycle", found.pk)
    shown = browser.get(made.url).text
    for text in ("Due every three months, on day 5.", "board@example.org", "Customer", "No date has come yet"):
        assert text in shown
    again = browser.post(at(world, "review_cycle_make"), form)
    assert "This environment has a review cycle already." in again.text
    assert 'value="30"' in browser.get(at(world, "review_cycle_edit", found.pk)).text
    browser.post(at(world, "review_cycle_change", found.pk), FORM | {"interval": "every_days", "addresses": ""})
    assert "Due every 30 days." in browser.get(made.url).text
    browser.post(at(world, "review_cycle_pause", found.pk))
    assert "Is paused" in browser.get(at(world, "reviews")).text
    browser.post(at(world, "review_cycle_resume", found.pk))
    with world.inside():
        assert ReviewCycle.objects.get().paused_at is None


def test_who_may_only_read_sees_the_dates_and_no_address(world, signed_in):
    with world.inside():
        seeded(world)
    made = cycle(world)
    turned(world)
    browser = signed_in(world.viewer)
    shown = browser.get(at(world, "review_cycle", made.pk)).text
    assert "Waits to be published" in shown
    assert "1 mail address" in shown
    assert "board@example.org" not in shown
    assert "Set up a review cycle" not in browser.get(at(world, "reviews")).text
    for name in ("review_cycle_pause", "review_cycle_change"):
        assert browser.post(at(world, name, made.pk)).status_code == 403
    assert browser.get(at(world, "review_cycle_new")).status_code == 403
    assert signed_in(world.stranger).get(at(world, "review_cycle", made.pk)).status_code == 404
    assert signed_in(world.customer).get(at(world, "review_cycle", made.pk)).status_code in (403, 404)


def test_what_could_not_be_measured_says_so_and_is_tried_again(world, signed_in, monkeypatch):
    with world.inside():
        seeded(world)
    made = cycle(world)
    with broken_measuring(monkeypatch):
        turned(world)
    browser = signed_in(world.owner)
    assert "Could not be prepared" in browser.get(at(world, "review_cycle", made.pk)).text
    with world.inside():
        review = Review.objects.get()
    shown = browser.get(at(world, "review", review.pk)).text
    assert "The environment could not be measured" in shown
    assert "The details are in the log of the worker." in shown
    browser.post(at(world, "review_retry", review.pk))
    assert "What you write" in browser.get(at(world, "review", review.pk)).text


def test_a_date_without_a_review_is_asked_for_again(world, signed_in):
    made = cycle(world)
    turned(world, performs=False)
    with world.inside():
        turn = CycleTurn.objects.get()
    page = at(world, "review_cycle", made.pk)
    browser = signed_in(world.operator)
    assert "Is being prepared" in browser.get(page).text
    assert browser.post(at(world, "cycle_turn_again", turn.pk)).url == page


@pytest.mark.parametrize("name", ["review_cycle", "review_cycle_edit"])
def test_cycles_are_in_german_for_a_german_reader(world, signed_in, name):
    with clock.settled(NOW):
        made = cycle(world)
    browser = signed_in(world.owner)
    browser.cookies["trueline_language"] = "de"
    page = browser.get(at(world, name, made.pk)).text
    assert "Monat" in page
    assert "mail address" not in page
