"""Pages of assertions: over all environments, one of them, and what one environment came to."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest
from django.urls import reverse

from tests.inventory.assertions.samples import asks, baseline
from tests.samples import TAKEN_AT, capture, compliance, write_export
from trueline.findings.models import Finding
from trueline.inventory.actions import add_baseline_version, assign_baseline, make_baseline
from trueline.workspaces import access
from trueline.workspaces.models import EnvironmentGrant, Membership

ABOUT = {"type": "deviceCompliancePolicies", "area": "compliance"}
LENGTH = asks("passwordMinimumLength", "at_least", 6, id="length", title="Long passwords", severity="high", **ABOUT)
LOCK = asks("bitLockerEnabled", "equals", value=True, id="bitlocker", title="Disks are encrypted", **ABOUT)
APPS = asks("x", id="apps", title="Apps are known", area="conditional_access")
WANTED = replace(baseline(LENGTH, LOCK, APPS), provider="microsoft365")


@pytest.fixture
def standard(world, tmp_path):
    """North does not meet one of three, south meets it; of the third nobody can tell."""
    with world.scope() as scope:
        made = make_baseline(scope, "House", None, actor=scope.actor, asks=WANTED)
        for place in (world.environment, world.other_environment):
            assign_baseline(scope, made.pk, place, actor=scope.actor)
    for place, length in ((world.environment, 4), (world.other_environment, 8)):
        export = write_export(tmp_path / place.slug, [compliance(1, passwordMinimumLength=length)])
        capture(world, place, export, TAKEN_AT)
    return made


@pytest.fixture
def see(world, signed_in):
    """What a person reads at an address, and its status."""

    def open_page(name, *parts, query=None, person=None, language="en"):
        here = reverse(name, args=[world.workspace.slug, *parts])
        browser = signed_in(person or world.viewer)
        answer = browser.get(here, query or {}, headers={"accept-language": language})
        return answer.status_code, " ".join(html.unescape(answer.content.decode()).split())

    return open_page


def test_a_standard_shows_how_many_environments_meet_each_assertion(standard, see):
    _status, page = see("standard", standard.pk)
    assert "1 of 2" in page
    assert "2 of 2" in page
    assert page.index("Long passwords") < page.index("Apps are known") < page.index("Disks are encrypted")


def test_the_picture_tells_the_same_in_words(standard, see):
    _status, page = see("standard", standard.pk)
    assert 'title="Compliance policies: Not met 1, Met 1"' in page or "Not met 1, Met 1" in page
    assert "Not measured 1" in page
    assert "1/2" in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ({"q": "long"}, "Long passwords", "Disks are encrypted"),
        ({"state": "not_measured"}, "Apps are known", "Long passwords"),
        ({"q": "nothing like it"}, "No assertion matches", "Long passwords"),
    ],
)
def test_assertions_are_found_by_words_and_state(query, shown, hidden, standard, see):
    _status, page = see("standard", standard.pk, query=query)
    assert shown in page
    assert hidden not in page


def test_one_assertion_shows_each_environment_with_its_policies(standard, see):
    _status, page = see("standard_assertion", standard.pk, query={"id": "length"})
    assert "Compliance 1 sets it to 4; at least 6 is asked for." in page
    assert "Met by Compliance 1" in page
    assert page.index("North") < page.index("South")


@pytest.mark.parametrize("key", ["", "never"])
def test_an_assertion_that_is_not_asked_is_not_found(key, standard, see):
    assert see("standard_assertion", standard.pk, query={"id": key})[0] == 404


def test_an_environment_shows_what_is_not_met_first_and_unknown_never_as_good(standard, see):
    _status, page = see("environment_assertions", "north")
    assert "Long passwords" in page
    assert "Disks are encrypted" not in page
    _status, unknown = see("environment_assertions", "north", query={"state": "not_measured"})
    assert "Apps are known" in unknown
    assert "was not read." in unknown


def test_an_environment_in_german(standard, see):
    _status, page = see("environment_assertions", "north", language="de")
    assert "Compliance 1 setzt es auf 4; verlangt ist: mindestens 6." in page


def test_nothing_held_is_told_apart_from_nothing_captured(world, captured, see):
    assert "Not held against assertions" in see("environment_assertions", "north")[1]


def test_a_newer_version_counts_nothing_that_an_older_one_said(world, standard, see):
    with world.scope() as scope:
        newer = replace(WANTED, version="2", assertions=(LENGTH,))
        add_baseline_version(scope, standard.pk, None, actor=scope.actor, asks=newer)
    _status, page = see("standard", standard.pk)
    assert "not judged yet" in page
    assert "1 of 2" not in page
    assert "There is a newer version" in see("environment_assertions", "north")[1]


def test_an_environment_out_of_reach_is_in_no_count(world, standard, see):
    with world.inside():
        membership = Membership.objects.get(user=world.viewer)
        EnvironmentGrant.objects.create(
            workspace=world.workspace, membership=membership, environment=world.environment, effect="exclude"
        )
        assert access.enter(world.viewer, world.workspace.pk).excluded_ids
    page = see("standard", standard.pk)[1] + see("standard_assertion", standard.pk, query={"id": "length"})[1]
    assert "1 of 1" in page
    assert "North" not in page


def test_a_finding_leads_to_its_assertion(world, standard, see):
    with world.inside():
        found = Finding.objects.get(subject_key="length")
    _status, page = see("finding", found.pk)
    assert "Not met: Long passwords" in page
    assert "at least 6" in page
    assert f"/standards/{standard.pk}/assertion?id=length" in page


def test_two_thousand_assertions_are_paged(world, see):
    many = baseline(*(asks(f"s{number}") for number in range(2_000)))
    with world.scope() as scope:
        made = make_baseline(scope, "Large", None, actor=scope.actor, asks=many)
    _status, page = see("standard", made.pk, query={"from": "100"})
    assert "101 to 200 of 2000" in page
