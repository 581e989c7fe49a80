"""Environments on pages: adding, archiving, uploading, objects, captures, differences, standards."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse

from tests.samples import TAKEN_AT, capture, compliance, perform_all, write_export
from tests.worlds import World
from trueline.connections.models import Upload
from trueline.findings.models import Finding
from trueline.inventory import queries as inventory
from trueline.inventory.models import BaselineAssignment, BaselineVersion
from trueline.operations.models import OperationRun
from trueline.web import uploads
from trueline.workspaces.models import Environment, Workspace


def zipped(*policies):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for policy in policies:
            archive.writestr(f"CompliancePolicies/{policy['displayName']}.json", json.dumps(policy))
    return SimpleUploadedFile("export.zip", held.getvalue(), "application/zip")


def address(world: World, name, *parts):
    return reverse(name, args=[world.workspace.slug, *parts])


def text(answer):
    return " ".join(answer.content.decode().split())


def test_a_workspace_without_captures_says_what_to_do_first(world, signed_in):
    page = text(signed_in(world.owner).get(address(world, "workspace_home")))
    assert "Nothing was captured yet" in page
    assert address(world, "upload", "north") in page


def test_many_environments_are_shown_a_page_at_a_time_and_found_by_name(world, signed_in):
    with world.inside():
        made = [Environment(workspace=world.workspace, slug=f"p{n:03}", name=f"Place {n:03}") for n in range(120)]
        Environment.objects.bulk_create(made)
    browser = signed_in(world.owner)
    first = text(browser.get(address(world, "environments")))
    assert "Place 010" in first
    assert "Place 110" not in first
    assert "Next" in first
    found = text(browser.get(address(world, "environments"), {"q": "ace 11"}))
    assert "Place 110" in found
    assert "Place 010" not in found
    assert "No environment has this in its name" in text(browser.get(address(world, "environments"), {"q": "zzz"}))


def test_a_person_without_environments_is_offered_to_add_one(world, signed_in):
    page = text(signed_in(world.stranger).get("/w/elsewhere/"))
    assert "/w/elsewhere/new-environment" in page
    assert "No environment yet" in page


@pytest.mark.parametrize(
    "name", ["environment", "environment_objects", "environment_captures", "environment_differences"]
)
def test_before_a_capture_every_tab_says_that_nothing_is_known(name, world, signed_in):
    assert "Not looked yet" in text(signed_in(world.owner).get(address(world, name, "north")))


@pytest.mark.parametrize("name", ["findings", "runs", "standards"])
def test_an_empty_list_says_why_it_is_empty(name, world, signed_in):
    page = text(signed_in(world.owner).get(address(world, name)))
    assert 'class="empty' in page


def test_an_environment_is_added_and_shown(world, signed_in):
    answer = signed_in(world.owner).post(address(world, "environment_new"), {"name": "West"}, follow=True)
    assert answer.redirect_chain == [(address(world, "environment", "west"), 302)]
    assert "The environment West was added." in text(answer)


@pytest.mark.parametrize("name", ["", "   ", "North", "x" * 121])
def test_a_bad_name_is_refused_beside_its_field(name, world, signed_in):
    answer = signed_in(world.owner).post(address(world, "environment_new"), {"name": name})
    assert 'class="field-errors"' in text(answer)
    with world.inside():
        assert Environment.objects.count() == 2


def test_an_archived_environment_is_read_and_taken_up_again(world, captured, signed_in):
    browser = signed_in(world.owner)
    assert "Archive this environment?" in text(browser.get(address(world, "environment_archive", "north")))
    browser.post(address(world, "environment_archive", "north"))
    assert "This environment is archived" in text(browser.get(address(world, "environment", "north")))
    assert browser.get(address(world, "upload", "north")).status_code == 404
    assert (
        "North" not in text(browser.get(address(world, "workspace_home"))).partition("<main")[2].partition("Lately")[0]
    )
    browser.post(address(world, "environment_restore", "north"))
    assert "This environment is archived" not in text(browser.get(address(world, "environment", "north")))


def test_an_environment_that_never_began_cannot_be_archived(world, signed_in):
    answer = signed_in(world.owner).post(address(world, "environment_archive", "north"), follow=True)
    assert "Only an active environment can be archived." in text(answer)


def test_an_upload_becomes_a_run_and_then_a_capture(world, signed_in):
    browser = signed_in(world.owner)
    answer = browser.post(address(world, "upload", "north"), {"export": zipped(compliance(1), compliance(2))})
    with world.inside():
        run = OperationRun.objects.get()
    assert (answer.status_code, answer.url) == (302, address(world, "run", run.pk))
    assert "hx-get" in text(browser.get(answer.url))
    assert "<noscript>" in text(browser.get(answer.url))
    perform_all(world)
    done = browser.get(address(world, "run_progress", run.pk))
    assert done.headers["HX-Refresh"] == "true"
    assert "hx-get" not in text(done)
    assert "2 objects were read" in text(browser.get(address(world, "environment", "north")))


def test_an_observation_time_is_kept(world, signed_in):
    signed_in(world.owner).post(
        address(world, "upload", "north"), {"export": zipped(compliance(1)), "observed_at": "2026-11-02T10:30"}
    )
    perform_all(world)
    with world.scope() as scope:
        assert (
            inventory.snapshots(scope, world.environment.pk).get().observed_at.isoformat()
            == "2026-11-02T10:30:00+00:00"
        )


def test_an_upload_without_a_file_is_refused_in_a_sentence(world, signed_in):
    answer = signed_in(world.owner).post(address(world, "upload", "north"), {})
    assert answer.status_code == 422
    assert "field-errors" in text(answer)


def test_an_upload_beyond_the_limit_is_refused_in_a_sentence_and_kept_nowhere(world, signed_in, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD_BYTES", 100)
    for size in (300, 200_000):
        body = SimpleUploadedFile("export.zip", b"x" * size)
        answer = signed_in(world.owner).post(address(world, "upload", "north"), {"export": body})
        assert answer.status_code == 413
        assert "The file is larger than 200 MB." in text(answer)
    with world.inside():
        assert not Upload.objects.exists()
        assert not OperationRun.objects.exists()


def test_a_file_that_cannot_be_read_is_named_and_not_passed_over(world, signed_in):
    browser = signed_in(world.owner)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("CompliancePolicies/good.json", json.dumps(compliance(1)))
        archive.writestr("CompliancePolicies/cut.json", "{ not json")
    browser.post(address(world, "upload", "north"), {"export": SimpleUploadedFile("export.zip", packed.getvalue())})
    perform_all(world)
    page = text(browser.get(address(world, "environment", "north")))
    assert "Could not be read" in page
    assert "cut.json" in page


def test_a_file_that_holds_nothing_readable_fails_as_a_run_that_says_so(world, signed_in):
    browser = signed_in(world.owner)
    browser.post(address(world, "upload", "north"), {"export": SimpleUploadedFile("export.json", b"{ not json")})
    perform_all(world)
    with world.inside():
        run = OperationRun.objects.get(run_type="inventory.capture")
    assert run.outcome == "failed"
    assert "export.json" in run.message


def test_a_hostile_archive_fails_as_a_run_that_says_so(world, signed_in):
    browser = signed_in(world.owner)
    browser.post(address(world, "upload", "north"), {"export": zipped({"displayName": "../../../etc/evil"})})
    perform_all(world)
    with world.inside():
        run = OperationRun.objects.get(run_type="inventory.capture")
    assert run.outcome == "failed"
    page = text(browser.get(address(world, "run", run.pk)))
    assert "Capture did not come to its end" in page
    assert "nothing of it was kept" in page.lower()


def test_a_workspace_that_is_read_only_says_so_and_keeps_no_file(world, signed_in):
    with world.inside():
        Workspace.objects.filter(id=world.workspace.pk).update(commercial_state="suspended_read_only")
    answer = signed_in(world.owner).post(address(world, "upload", "north"), {"export": zipped(compliance(1))})
    assert answer.status_code == 422
    assert "read-only at present" in text(answer)
    with world.inside():
        assert not Upload.objects.exists()


def test_an_operator_may_upload_only_once_somebody_has_connected_the_environment(world, captured, signed_in):
    browser = signed_in(world.operator)
    assert browser.post(address(world, "upload", "north"), {"export": zipped(compliance(1))}).status_code == 302
    west = signed_in(world.owner).post(address(world, "environment_new"), {"name": "West"}).url
    assert "The first export of an environment connects it" in text(browser.get(west))
    assert browser.post(address(world, "upload", "west"), {"export": zipped(compliance(1))}).status_code == 403


def test_a_viewer_sees_disabled_controls_with_their_reason(world, captured, signed_in):
    browser = signed_in(world.viewer)
    for name, parts in (
        ("environment", ["north"]),
        ("environments", []),
        ("standard", [captured.standard.pk]),
        ("members", []),
    ):
        page = text(browser.get(address(world, name, *parts)))
        assert 'aria-disabled="true"' in page, name
        assert "Your role (Viewer) does not allow this." in page, name


def test_objects_are_found_by_area_and_name(world, captured, signed_in):
    browser, here = signed_in(world.owner), address(world, "environment_objects", "north")
    assert text(browser.get(here)).count("<tr data-row>") == 3
    assert text(browser.get(here, {"q": "extra"})).count("<tr data-row>") == 1
    assert "No object matches" in text(browser.get(here, {"area": "apps"}))


def test_an_object_shows_its_parts_and_its_evidence(world, captured, signed_in):
    with world.scope() as scope:
        item = inventory.items(scope, captured.snapshot.pk).get(name="Compliance 1")
    page = text(signed_in(world.owner).get(address(world, "snapshot_object", "north", item.pk)))
    assert "passwordMinimumLength" in page
    assert "<details" in page
    assert "secrets replaced" in page


def test_an_object_of_another_environment_is_not_found_here(world, captured, signed_in):
    with world.scope() as scope:
        item = inventory.items(scope, captured.standard_snapshot.pk)[0]
    browser = signed_in(world.owner)
    assert browser.get(address(world, "snapshot_object", "north", item.pk)).status_code == 404
    assert browser.get(address(world, "snapshot", "north", captured.standard_snapshot.pk)).status_code == 404


def test_differences_show_both_values_beside_each_other(world, captured, signed_in):
    browser, here = signed_in(world.owner), address(world, "environment_differences", "north")
    page = text(browser.get(here))
    assert "House standard, version 1" in page
    assert "passwordMinimumLength" in page
    assert "<pre>8</pre>" in page
    assert "<pre>4</pre>" in page
    assert "Compliance 3" in text(browser.get(here, {"outcome": "only_left"}))
    assert "Extra &lt;4&gt;" in text(browser.get(here, {"outcome": "only_right"}))
    assert "Compliance 2" in text(browser.get(here, {"outcome": "equal"}))


def test_any_two_captures_are_compared(world, captured, tmp_path, signed_in):
    later = capture(
        world, world.environment, write_export(tmp_path / "later", [compliance(1)]), TAKEN_AT.replace(month=12)
    )
    here = address(world, "environment_differences", "north")
    page = text(signed_in(world.owner).get(here, {"left": captured.snapshot.pk, "right": later.pk}))
    assert "Only in the earlier one" in page


@pytest.mark.parametrize("query", [{"left": "x"}, {"right": "x"}, {"standard": "x"}, {"left": "standard-x"}])
def test_a_side_that_is_not_there_is_404(query, world, captured, signed_in):
    assert signed_in(world.owner).get(address(world, "environment_differences", "north"), query).status_code == 404


def test_a_capture_of_another_environment_cannot_be_compared_here(world, captured, signed_in):
    here = address(world, "environment_differences", "north")
    answer = signed_in(world.owner).get(here, {"left": captured.standard_snapshot.pk})
    assert answer.status_code == 404


def test_a_capture_becomes_a_standard_and_then_its_next_version(world, captured, signed_in):
    browser, here = signed_in(world.owner), address(world, "baseline_make", "north", captured.snapshot.pk)
    assert "field-errors" in text(browser.post(here, {"name": "", "existing": ""}))
    assert "A standard of this name exists already." in text(browser.post(here, {"name": "House standard"}))
    assert browser.post(here, {"name": "Second"}).status_code == 302
    answer = browser.post(here, {"existing": str(captured.standard.pk)}, follow=True)
    assert "Version 2" in text(answer)
    with world.inside():
        assert BaselineVersion.objects.filter(profile_id=captured.standard.pk).count() == 2


def test_an_environment_held_to_a_standard_is_judged_at_once(world, captured, signed_in):
    browser, here = signed_in(world.owner), address(world, "standard_assign", captured.standard.pk)
    answer = browser.post(here, {"environment": str(world.other_environment.pk)})
    with world.inside():
        run = OperationRun.objects.order_by("-queued_at").first()
        assert BaselineAssignment.objects.filter(environment_id=world.other_environment.pk).exists()
    assert answer.url == address(world, "run", run.pk)
    perform_all(world)
    assert "Show the findings" in text(browser.get(answer.url))
    with world.inside():
        assert not Finding.objects.filter(environment_id=world.other_environment.pk).exists()


@pytest.mark.parametrize("chosen", ["", "x", "00000000-0000-7000-8000-000000000000"])
def test_an_environment_that_is_not_in_reach_cannot_be_held_to_a_standard(chosen, world, captured, signed_in):
    here = address(world, "standard_assign", captured.standard.pk)
    assert signed_in(world.owner).post(here, {"environment": chosen}).status_code == 422


@override_settings(LANGUAGE_CODE="en")
def test_the_home_page_names_what_is_open_and_leads_to_the_worst(world, captured, signed_in):
    page = text(signed_in(world.owner).get(address(world, "workspace_home")))
    worst = min(captured.findings, key=lambda one: (one.severity_rank, str(one.pk)))
    assert address(world, "finding", worst.pk) in page
    assert "What was not read is not counted as good." in page
