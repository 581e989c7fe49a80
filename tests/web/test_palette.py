"""Going anywhere by a few letters: what is found, and that nothing is that one may not see."""

from __future__ import annotations

import pytest

from tests.samples import Captured
from trueline.workspaces.actions import narrow
from trueline.workspaces.models import Membership
from trueline.workspaces.rules import GrantEffect

SEARCH = "/w/acme/search"


@pytest.fixture
def find(world, signed_in):
    def finding(who, letters, **headers):
        return signed_in(who).get(SEARCH, {"q": letters}, headers=headers).content.decode()

    return finding


def test_letters_find_environments_standards_findings_and_runs(world, captured: Captured, find):
    found = find(world.owner, "north", hx_request="true")
    assert '<a role="option"' in found
    assert "/w/acme/environments/north/" in found
    assert "/w/acme/runs/" in found
    finding = captured.findings[0]
    assert f"/w/acme/findings/{finding.pk}" in find(world.owner, finding.subject_name[:6])
    assert f"/w/acme/findings/{finding.pk}" in find(world.owner, str(finding.pk))
    assert f"/w/acme/standards/{captured.standard.pk}" in find(world.owner, captured.standard.name[:4])


def test_no_letters_offer_places_and_actions_and_no_record(world, captured, find):
    found = find(world.owner, "", hx_request="true")
    assert "/w/acme/audit/" in found
    assert "/w/acme/new-environment" in found
    assert "/w/acme/findings/0" not in found
    assert "/w/acme/environments/north/" not in found


def test_actions_and_places_are_offered_to_those_who_may(world, captured, find):
    found = find(world.viewer, "")
    assert "/w/acme/new-environment" not in found
    assert "/w/acme/audit/" not in found


def test_a_customer_finds_no_finding_and_no_run(world, captured: Captured, signed_in):
    answer = signed_in(world.customer).get(SEARCH, {"q": captured.findings[0].subject_name[:6]})
    assert answer.status_code == 403


def test_who_is_narrowed_finds_nothing_of_the_rest(world, captured: Captured, find):
    with world.scope() as scope:
        member = Membership.objects.get(user=world.viewer)
        narrow(scope, member.pk, captured.findings[0].environment_id, GrantEffect.EXCLUDE, actor=scope.actor)
    name = captured.findings[0].subject_name[:6]
    assert str(captured.findings[0].pk) not in find(world.viewer, name)
    assert f"/findings/{captured.findings[0].pk}" not in find(world.viewer, str(captured.findings[0].pk))


def test_nothing_found_says_so_and_an_odd_question_is_no_error(world, find):
    assert "Nothing that you may see has this in its name" in find(world.owner, "zzzz")
    for odd in ("%", "_", "\\", "'", "a" * 500, "<b>"):
        assert "<b>" not in find(world.owner, odd, hx_request="true")
    assert "&lt;b&gt;" in find(world.owner, "<b>")


def test_the_whole_page_works_without_a_script(world, captured, find):
    assert "<html" in find(world.owner, "north")
    assert "<html" not in find(world.owner, "north", hx_request="true")
