"""Standards of assertions on pages: taken from a file or ready-made, and given back as a file."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.inventory.assertions.samples import asks, baseline
from trueline.inventory import queries as inventory
from trueline.inventory.assertions.reading import parse_baseline
from trueline.inventory.assertions.writing import baseline_text
from trueline.inventory.models import BaselineAssignment

SMALL = baseline(asks("home", value="on"), asks("lock", "at_most", 15))


def address(world, name, *parts):
    return reverse(name, args=[world.workspace.slug, *parts])


def text(answer):
    return html.unescape(answer.content.decode())


def upload(name="small.yaml", content=None):
    return SimpleUploadedFile(name, (content or baseline_text(SMALL)).encode())


@pytest.fixture
def taken(world, signed_in):
    """A standard made of a file, through the page."""
    answer = signed_in(world.owner).post(address(world, "standard_new"), {"file": upload(), "name": "House"})
    assert answer.status_code == 302
    with world.scope() as scope:
        return inventory.baselines(scope).get(name="House")


def test_a_file_becomes_a_standard_and_comes_back_the_same(world, taken, signed_in):
    browser = signed_in(world.viewer)
    page = text(browser.get(address(world, "standard", taken.pk)))
    assert "2 assertions" in page
    with world.scope() as scope:
        version = inventory.versions(scope, taken.pk).get()
    given = browser.get(address(world, "standard_file", version.pk))
    assert given.headers["Content-Disposition"] == 'attachment; filename="small-1.yaml"'
    assert parse_baseline(given.content.decode()) == SMALL


def test_a_file_becomes_the_next_version_of_a_capture_that_stays_part_of_it(world, captured, signed_in):
    here = address(world, "standard_version", captured.standard.pk)
    page = text(signed_in(world.owner).post(here, {"file": upload()}, follow=True))
    assert "Version 2" in page
    assert "release 1" in page
    with world.scope() as scope:
        assert inventory.versions(scope, captured.standard.pk)[0].snapshot_id == captured.standard_snapshot.pk


def test_what_is_shipped_is_taken_with_one_click(world, signed_in):
    browser, here = signed_in(world.owner), address(world, "standard_new")
    assert "Conditional access essentials" in text(browser.get(here))
    page = text(browser.post(here, {"shipped": "windows-essentials"}, follow=True))
    assert "Windows essentials" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Choose a file."),
        ({"file": ("x.yaml", "a: [")}, "x.yaml, line 2: this is no YAML"),
        ({"file": ("x.yaml", "baseline: {id: x, version: '1', title: X}")}, "x asks for nothing"),
        ({"shipped": "never-shipped"}, "Choose a file."),
    ],
)
def test_what_is_no_standard_is_told_and_kept_nowhere(given, said, world, signed_in):
    sent = {name: upload(*one) if name == "file" else one for name, one in given.items()}
    answer = signed_in(world.owner).post(address(world, "standard_new"), sent)
    assert answer.status_code == 422
    assert said in text(answer)
    with world.scope() as scope:
        assert not inventory.baselines(scope).exists()


def test_a_capture_gives_its_settings_to_a_standard(world, captured, signed_in):
    here = address(world, "baseline_make", "north", captured.snapshot.pk)
    page = text(signed_in(world.owner).post(here, {"name": "Of north", "content": "both"}, follow=True))
    assert "3 assertions" in page
    assert "3 objects" in page


def test_an_environment_is_held_to_it_no_more(world, captured, signed_in):
    here = address(world, "standard_unassign", captured.standard.pk)
    page = text(signed_in(world.owner).post(here, {"environment": "north"}, follow=True))
    assert "North is not held to House standard any more." in page
    with world.inside():
        assert not BaselineAssignment.objects.exists()
