"""Reviews on their pages: prepared by those who may, read by customers, of whom nothing else is seen."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.urls import reverse

from tests.reviews.prepared import published, ready, seeded
from trueline.findings.models import Finding
from trueline.reviews.models import Acknowledgement, Pack, Review


def at(world, name, *parts):
    return reverse(name, args=[world.workspace.slug, *parts])


@pytest.fixture
def review(world):
    with world.scope() as scope:
        seeded(world)
        return published(world, scope)


def test_a_review_is_begun_written_made_ready_and_published_on_its_pages(world, signed_in):
    with world.inside():
        seeded(world)
    browser = signed_in(world.owner)
    begun = browser.post(at(world, "review_begin"), {"environment": world.environment.slug, "title": "November"})
    with world.inside():
        found = Review.objects.get()
    assert begun.url == at(world, "review", found.pk)
    assert "The summary is empty" in browser.get(begun.url).text
    browser.post(at(world, "review_write", found.pk), {"title": "November", "summary": "Two things matter."})
    browser.post(at(world, "review_ready", found.pk))
    browser.post(at(world, "review_publish", found.pk))
    with world.inside():
        assert Review.objects.get().state == "published"
    shown = browser.get(begun.url).text
    assert "Two things matter." in shown
    assert "published the review" in browser.get(f"{at(world, 'audit')}?record=review:{found.pk}").text
    assert f"record=review:{found.pk}" in shown
    assert "Signed packs" in shown


def test_a_form_without_a_title_says_so_and_keeps_what_was_typed(world, signed_in):
    with world.scope() as scope:
        seeded(world)
        found = ready(world, scope)
    answer = signed_in(world.owner).post(at(world, "review_write", found), {"title": "", "summary": "Typed text"})
    assert answer.status_code == 422
    assert "Typed text" in answer.text


def test_an_operator_prepares_and_an_approver_publishes(world, signed_in):
    with world.scope() as scope:
        seeded(world)
        found = ready(world, scope)
    assert signed_in(world.operator).post(at(world, "review_publish", found)).status_code == 403
    assert signed_in(world.viewer).post(at(world, "review_write", found), {"title": "x"}).status_code == 403
    assert signed_in(world.approver).post(at(world, "review_publish", found)).status_code == 302


def test_a_pack_is_handed_out_as_a_file_in_the_edition_asked_for(world, signed_in, review):
    browser = signed_in(world.viewer)
    for audience, language in (("internal", "en"), ("customer", "de")):
        answer = browser.post(at(world, "review_pack", review.pk), {"audience": audience, "language": language})
        assert answer["Content-Disposition"].endswith(f'-{audience}-{language}.zip"')
        with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
            assert {"review.pdf", "review.html", "attestation.dsse.json"} <= set(opened.namelist())
    with world.inside():
        assert Pack.objects.count() == 2


def test_a_customer_reads_takes_along_and_says_so_and_nothing_of_the_work_is_there(world, signed_in, review):
    browser = signed_in(world.customer)
    first = browser.get(at(world, "workspace_home"))
    page = browser.get(at(world, "released_review", review.pk))
    for answer in (first, page):
        assert review.title in answer.text
        for name in ("Olga Owner", "Anna Approver", "Otto Operator", "/findings/", "/runs/", "/members/", "/reviews/"):
            assert name not in answer.text
    assert "The old printer needs it until March." in page.text
    pack = browser.post(at(world, "released_pack", review.pk), {"language": "en"})
    assert pack["Content-Type"] == "application/zip"
    browser.post(at(world, "released_acknowledge", review.pk))
    browser.post(at(world, "released_acknowledge", review.pk))
    with world.inside():
        assert [one.role for one in Acknowledgement.objects.all()] == ["customer"]
    assert "I have read it" not in browser.get(at(world, "released_review", review.pk)).text


def test_a_customer_finds_only_what_was_released(world, signed_in):
    with world.scope() as scope:
        seeded(world)
        found = ready(world, scope)
    browser = signed_in(world.customer)
    assert "Nothing was released yet" in browser.get(at(world, "released")).text
    assert browser.get(at(world, "released_review", found)).status_code == 404
    assert browser.get(at(world, "review", found)).status_code in (403, 404)
    assert browser.get(at(world, "reviews")).status_code == 403


def test_a_stranger_finds_nothing(world, signed_in, review):
    browser = signed_in(world.stranger)
    for name in ("review", "released_review"):
        assert browser.get(at(world, name, review.pk)).status_code == 404


def test_reviews_are_in_german_for_a_german_reader(world, signed_in, review):
    browser = signed_in(world.customer)
    browser.cookies["trueline_language"] = "de"
    page = browser.get(at(world, "released_review", review.pk)).text
    assert "Blinde Flecken" in page
    assert "Kontrollen" in page
    assert "Blind spots" not in page


def test_a_customers_first_page_says_how_all_stands_and_wears_no_rail(world, signed_in):
    with world.scope() as scope:
        seeds = seeded(world)
        published(world, scope)
        seeds.draft(Finding).save(force_insert=True)
        newest = published(world, scope)
    browser = signed_in(world.customer)
    first = browser.get(at(world, "workspace_home")).text
    for text in (
        "are open",
        "Open findings, review by review",
        "Accepted risks that end soon",
        "The old printer needs",
    ):
        assert text in first
    assert "You have not said yet that you read it." in first
    assert 'class="rail"' not in first
    assert "data-palette" not in first
    browser.post(at(world, "released_acknowledge", newest.pk))
    assert "You have read it." in browser.get(at(world, "released")).text
    assert 'class="rail"' in signed_in(world.viewer).get(at(world, "released")).text
