"""Pages of scans: handing over traces, the report, a cause, its finding, and two scans side by side."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from tests.evaluations.models import imported, rule
from tests.evaluations.runs import agents_of, body, day, run, runs, scanned
from tests.samples import perform_all
from trueline.engine.diagnosis.attribution import SAID
from trueline.evaluations import queries
from trueline.evaluations.actions.publishing import publish_version
from trueline.kit import ids
from trueline.traces.models import Trace
from trueline.web import model_words, words


@pytest.fixture
def place(world):
    with world.inside():
        return agents_of(world)


def address(world, name, *parts):
    return reverse(name, args=[world.workspace.slug, *parts])


def version_of(world, *rules):
    with world.scope() as scope:
        model_id = imported(scope, *(rules or (rule("a", hard=True),)))
        return publish_version(scope, model_id, "", actor=scope.actor, is_unsigned_known=True).pk


def cause_of(world, place, source="failure"):
    with world.scope() as scope:
        return queries.clusters(scope, place.pk).get(source=source)


def read(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_file_is_handed_over_scanned_and_shown(world, place, signed_in):
    browser, version_id = signed_in(world.operator), version_of(world)
    assert "Not scanned yet" in read(browser, address(world, "scans", place.slug))
    with world.scope() as scope:  # the first scan of an environment connects it, which an operator may not
        from trueline.connections.actions import connect_traces  # noqa: PLC0415 - only here

        connect_traces(scope, place, "agents", actor=scope.actor)
    file = SimpleUploadedFile("runs.json", body(runs(9, "tool_a+look", failing=3)))
    answer = browser.post(address(world, "scan_new", place.slug), {"traces": file, "version": str(version_id)})
    assert answer.status_code == 302
    perform_all(world)
    listed = read(browser, address(world, "scans", place.slug))
    assert "runs.json" in listed
    with world.scope() as scope:
        made = queries.scans(scope, place.pk).get()
    report = read(browser, address(world, "scan", made.pk))
    assert "3 of 9" in report
    assert "What a asks for." in report
    assert "Hard rule broken" in report
    assert "9 runs were scored, and 30 are needed" in report


def test_nothing_chosen_is_refused_with_a_reason(world, place, signed_in):
    answer = signed_in(world.owner).post(address(world, "scan_new", place.slug), {})
    assert answer.status_code == 422
    assert "Choose a file, or how far back to look." in answer.content.decode()


def test_who_may_only_read_starts_no_scan_and_a_stranger_finds_none(world, place, signed_in):
    made, _ = scanned(world, place, day(1), runs(3, failing=1))
    viewer, stranger = signed_in(world.viewer), signed_in(world.stranger)
    assert viewer.post(address(world, "scan_new", place.slug), {}).status_code == 403
    assert viewer.get(address(world, "scan", made.pk)).status_code == 200
    assert stranger.get(address(world, "scan", made.pk)).status_code == 404
    assert viewer.post(address(world, "scan", made.pk)).status_code == 405


def test_a_cause_shows_its_severities_as_a_scale_and_leads_to_its_finding(world, place, signed_in):
    scanned(world, place, day(1), [*runs(6, failing=4, seconds=5), *runs(6, failing=2, seconds=30, prefix="slow")])
    browser, cause = signed_in(world.viewer), cause_of(world, place)
    shown = read(browser, address(world, "cause", cause.pk))
    assert "Severities of the same cause" in shown
    assert "5 s" in shown
    assert "30 s" in shown
    assert "6 of 12 runs" in shown
    assert "Decide and work on it" in shown
    with world.scope() as scope:
        from trueline.findings import queries as findings  # noqa: PLC0415 - only here

        found = findings.findings(scope).get(environment_id=place.pk)
    page = read(browser, address(world, "finding", found.pk))
    assert "Agents fail" in page
    assert "6 of 12 runs" in page
    assert "beyond chance" in page
    assert "Agents fail" in read(browser, address(world, "findings"))


def test_a_score_that_was_not_measured_is_never_shown_as_a_number(world, place, signed_in):
    made, _ = scanned(world, place, day(1), runs(3))
    shown = read(signed_in(world.viewer), address(world, "scan", made.pk))
    assert "Not measured. That is no zero" in shown
    assert "No step failed in what was read." in shown


def test_text_of_a_trace_is_only_text(world, place, signed_in):
    scanned(world, place, day(1), [run("x", "<b>tool</b>", error="<script>alert(1)</script> failed")])
    shown = read(signed_in(world.viewer), address(world, "cause", cause_of(world, place).pk))
    assert "<script>alert" not in shown


def test_two_scans_are_paired_by_case(world, place, signed_in):
    version_id, browser = version_of(world, rule("a")), signed_in(world.viewer)
    seeds = [run(f"case{case}", "tool_a+look", seed=seed) for case in range(40) for seed in range(3)]
    better = [run(f"case{case}", "tool_a", seed=seed) for case in range(40) for seed in range(3)]
    before, _ = scanned(world, place, day(1), seeds, version_id)
    after, _ = scanned(world, place, day(2), better, version_id)
    bare, _ = scanned(world, place, day(3), runs(2))
    to = address(world, "scan_compare", after.pk)
    assert "Compared with" in read(browser, to)
    shown = read(browser, f"{to}?baseline={before.pk}")
    assert f'<option value="{before.pk}" selected>{words.moment(before.observed_at)}' in shown
    assert "40 cases" in shown
    assert "Better" in shown
    assert "nothing can be paired" in read(browser, f"{to}?baseline={bare.pk}")
    assert "Compared with" in read(browser, f"{to}?baseline=nonsense")


def test_rules_that_never_fired_are_named(world, place, signed_in):
    version_id = version_of(world, rule("a"), rule("b"))
    scanned(world, place, day(1), runs(3, "tool_a"), version_id)
    with world.scope() as scope:
        model_id = queries.version(scope, version_id).world_model_id
    shown = read(signed_in(world.viewer), address(world, "world_model", model_id))
    assert "1 rule that judges has never come up in a scan" in shown


def test_a_cause_waits_in_the_inbox_like_every_finding_and_an_agent_system_is_not_asked_for_a_capture(
    world, place, signed_in
):
    scanned(world, place, day(1), runs(9, failing=3))
    shown = read(signed_in(world.owner), address(world, "inbox"))
    assert "It hits 3 of 9 runs." in shown
    assert "Nothing was captured of North yet" in shown
    assert "Nothing was captured of Clerks yet" not in shown


def test_the_score_is_drawn_from_two_scored_scans_on_and_one_without_a_score_is_a_gap(world, place, signed_in):
    version_id, browser = version_of(world, rule("a")), signed_in(world.viewer)
    scanned(world, place, day(1), runs(3, "tool_a"), version_id)
    assert "Score, scan by scan" not in read(browser, address(world, "scans", place.slug))
    scanned(world, place, day(2), runs(3))
    scanned(world, place, day(3), runs(3, "tool_a+look"), version_id)
    shown = read(browser, address(world, "scans", place.slug))
    assert "The newest score is 0 of 100; the oldest shown is 100." in shown
    assert '"values": [100, null, 0]' in shown


def test_a_run_whose_trace_is_kept_here_is_a_link(world, place, signed_in):
    scanned(world, place, day(1), runs(3, failing=2))
    cause, browser = cause_of(world, place), signed_in(world.viewer)
    with world.scope() as scope:
        member = queries.sightings_of(scope, cause.pk).get().members[0]
        kept = Trace.objects.create(
            id=ids.new(), workspace_id=world.workspace.pk, environment_id=place.pk, trace_id=member[0], spans=1
        )
    shown = read(browser, address(world, "cause", cause.pk))
    assert shown.count(address(world, "trace", place.slug, kept.pk)) == 1


def test_every_reason_of_an_attribution_has_german_words():
    with translation.override("de"):
        for code, english in SAID.items():
            values = dict.fromkeys(("wording", "giver", "owner", "turn", "agent"), "x")
            (said,) = model_words.evidence({"evidence": [{"code": code, "values": values}]})
            assert said != english % values
