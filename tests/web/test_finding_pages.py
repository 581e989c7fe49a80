"""Findings, runs and the audit log on pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.worlds import World
from trueline.findings.models import Finding
from trueline.kit import clock
from trueline.operations.models import OperationRun
from trueline.workspaces.actions import narrow
from trueline.workspaces.models import Membership
from trueline.workspaces.rules import GrantEffect


def address(world: World, name, *parts):
    return reverse(name, args=[world.workspace.slug, *parts])


def text(answer):
    return " ".join(answer.content.decode().split())


def rows(answer):
    return text(answer).count("<tr data-row>")


@pytest.fixture
def narrowed(world: World):
    """The viewer sees only the south, the operator everything but the north."""
    with world.scope() as scope:
        viewer = Membership.objects.get(user=world.viewer).pk
        operator = Membership.objects.get(user=world.operator).pk
        narrow(scope, viewer, world.other_environment.pk, GrantEffect.INCLUDE, actor=scope.actor)
        narrow(scope, operator, world.environment.pk, GrantEffect.EXCLUDE, actor=scope.actor)
    return world


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({}, 3),
        ({"state": "all"}, 3),
        ({"state": "resolved"}, 0),
        ({"environment": "north"}, 3),
        ({"environment": "south"}, 0),
        ({"environment": "nowhere"}, 0),
        ({"area": "compliance"}, 3),
        ({"q": "passwordmin"}, 1),
        ({"q": "extra"}, 1),
        ({"severity": "critical", "q": "zzz"}, 0),
        ({"severity": "no such", "state": "no such", "after": "no such"}, 3),
    ],
)
def test_findings_are_filtered_by_the_address(query, number, world, captured, signed_in):
    assert rows(signed_in(world.owner).get(address(world, "findings"), query)) == number


@pytest.mark.parametrize("name", ["findings", "runs", "audit"])
@pytest.mark.parametrize("key", ["q", "area", "actor", "type", "environment", "state", "after"])
def test_a_filter_with_a_nul_is_a_broken_request(name, key, world, signed_in):
    answer = signed_in(world.owner).get(address(world, name), {key: "a\x00b"})
    assert answer.status_code == 400
    assert "psycopg" not in text(answer)


def test_a_finding_shows_what_was_decided_and_what_is(world, captured, signed_in):
    changed = next(one for one in captured.findings if one.kind == "modified")
    page = text(signed_in(world.owner).get(address(world, "finding", changed.pk)))
    for said in (
        "Password minimum length is 4 instead of 8",
        "<pre>8</pre>",
        "<pre>4</pre>",
        "House standard",
        "Found first",
    ):
        assert said in page


def test_a_missing_object_reads_as_not_set_on_the_right(world, captured, signed_in):
    missing = next(one for one in captured.findings if one.kind == "missing")
    page = text(signed_in(world.owner).get(address(world, "finding", missing.pk)))
    assert "Compliance 3 is missing" in page
    assert page.count("Not set") == 1


def test_only_who_may_read_the_audit_log_sees_its_events_on_a_finding(world, captured, signed_in):
    here = address(world, "finding", captured.findings[0].pk)
    assert "What was done with this capture" in text(signed_in(world.owner).get(here))
    assert "What was done with this capture" not in text(signed_in(world.viewer).get(here))


def test_a_narrowed_member_sees_nothing_of_what_is_out_of_reach(narrowed, captured, signed_in):
    world = narrowed
    for user in (world.viewer, world.operator):
        browser = signed_in(user)
        assert rows(browser.get(address(world, "findings"))) == 0
        for name, parts in (
            ("finding", [captured.findings[0].pk]),
            ("environment", ["north"]),
            ("environment_objects", ["north"]),
            ("snapshot", ["north", captured.snapshot.pk]),
            ("run", [captured.snapshot.run_id]),
            ("run_progress", [captured.snapshot.run_id]),
        ):
            assert browser.get(address(world, name, *parts)).status_code == 404, name
        for name in ("workspace_home", "environments", "standards", "runs", "members"):
            assert "North" not in text(browser.get(address(world, name))), name
        assert browser.post(address(world, "run_cancel", captured.snapshot.run_id)).status_code == 404


def test_the_number_of_statements_does_not_grow_with_the_rows(world, captured, signed_in, django_assert_num_queries):
    browser, here = signed_in(world.owner), address(world, "findings")
    with django_assert_num_queries(_statements(browser, here)):
        _multiply(world, captured.findings[0])
        browser.get(here)


def _statements(browser, here):
    browser.get(here)
    with CaptureQueriesContext(connection) as counted:
        browser.get(here)
    # One more: the insert of the test itself, which the outer count sees.
    return len(counted) + 1


def _multiply(world, like):
    fields = {field.attname: getattr(like, field.attname) for field in Finding._meta.fields if field.attname != "id"}
    with world.inside():
        Finding.objects.bulk_create(Finding(**{**fields, "fingerprint": f"{number:064}"}) for number in range(40))


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({}, 4),
        ({"state": "active"}, 0),
        ({"state": "succeeded"}, 2),
        ({"state": "partially_succeeded"}, 2),
        ({"state": "attention"}, 0),
        ({"type": "findings.detect"}, 2),
        ({"environment": "north"}, 2),
        ({"environment": "nowhere"}, 0),
    ],
)
def test_runs_are_filtered_by_the_address(query, number, world, captured, signed_in):
    assert rows(signed_in(world.owner).get(address(world, "runs"), query)) == number


def test_a_waiting_run_is_stopped_once(world, captured, signed_in):
    with world.inside():
        run = OperationRun.objects.create(
            workspace_id=world.workspace.pk,
            environment_id=world.environment.pk,
            run_type="inventory.capture",
            capability="operations.start",
            initiator_kind="human",
            initiator_id=str(world.owner.pk),
            initiator_label="Olga",
            identity_digest="x",
        )
    browser, here = signed_in(world.owner), address(world, "run_cancel", run.pk)
    assert "The run was asked to stop." in text(browser.post(here, follow=True))
    assert "This run has already ended." in text(browser.post(here, follow=True))
    assert "Cancelled" in text(browser.get(address(world, "run", run.pk)))


def test_what_is_due_soon_and_overdue_is_marked_and_found(world, captured, signed_in):
    now = clock.now()
    with world.inside():
        late, soon = Finding.objects.order_by("id")[:2]
        Finding.objects.update(due_at=now + timedelta(days=300))
        Finding.objects.filter(pk=late.pk).update(due_at=now - timedelta(days=1))
        Finding.objects.filter(pk=soon.pk).update(due_at=now + timedelta(hours=1))
    browser = signed_in(world.owner)
    for wanted, shown, other in (("overdue", late, soon), ("due_soon", soon, late)):
        page = browser.get("/w/acme/findings/", {"due": wanted}).content.decode()
        assert f"/w/acme/findings/{shown.pk}" in page
        assert f"/w/acme/findings/{other.pk}" not in page
        assert "1 entry" in page
    assert "No finding matches" in browser.get("/w/acme/findings/", {"due": "standing_still"}).content.decode()
    assert "Overdue" in browser.get(f"/w/acme/findings/{late.pk}").content.decode()
    assert "Due soon" in browser.get(f"/w/acme/findings/{soon.pk}").content.decode()
