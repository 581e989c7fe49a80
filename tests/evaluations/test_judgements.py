"""What rules said of each trace is kept place by place, as the latest look saw it, and shown where it was said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.evaluations.models import rule
from tests.evaluations.runs import agents_of, body, run, scanned
from tests.evaluations.test_scans import version_of
from trueline.engine.traces.reader import read_bytes
from trueline.evaluations import queries
from trueline.evaluations.verdicts import by_span
from trueline.kit import clock
from trueline.operations.actions.execution import execute
from trueline.traces.looking import fold_all
from trueline.traces.rules import trace_key
from trueline.traces.starting import import_file

RUNS = [run("good", "tool_a"), run("bad", "tool_a+look"), run("neither", "look")]
ORDER = [read_bytes(body([one])).traces[0].trace_id for one in RUNS]


@pytest.fixture
def place(world, settings, tmp_path):
    settings.TRACES_PATH = tmp_path
    with world.inside():
        return agents_of(world)


def said(world, place, trace_id) -> dict[str, str]:
    with world.scope() as scope:
        found = queries.judgement(scope, place.pk, trace_id)
    return {} if found is None else {one["rule"]: one["verdict"] for one in found.verdicts}


def test_each_trace_has_the_verdicts_of_the_latest_look_that_judged_it(world, place):
    now, version_id = clock.now(), version_of(world, rule("a"), rule("b"))
    first, _ = scanned(world, place, now, RUNS, version_id)
    good, bad, neither = ORDER
    assert said(world, place, good) == {"a": "passed", "b": "not_applicable"}
    assert said(world, place, bad) == {"a": "failed", "b": "not_applicable"}
    assert said(world, place, neither) == {"a": "not_applicable", "b": "not_applicable"}
    scanned(world, place, now + timedelta(hours=1), RUNS, None)  # nothing judged them: what was said stands
    scanned(world, place, now - timedelta(hours=1), RUNS, version_id)  # an older look that came late
    later, _ = scanned(world, place, now + timedelta(hours=2), [RUNS[1]], version_id)
    with world.scope() as scope:
        assert queries.judgement(scope, place.pk, good).scan_id == first.pk
        assert queries.judgement(scope, place.pk, bad).scan_id == later.pk


def test_a_verdict_stands_at_the_span_where_the_rule_was_broken(world, place):
    scanned(world, place, clock.now(), RUNS, version_of(world, rule("a")))
    with world.scope() as scope:
        found = queries.judgement(scope, place.pk, ORDER[1])
    ((span_id, told),) = by_span(found.verdicts).items()
    (trace,) = read_bytes(body([RUNS[1]])).traces
    assert "tool_a" in {span.tool.name for span in trace.spans if span.span_id == span_id and span.tool}
    assert [one[:2] for one in told] == [("a", "failed")]


def test_the_page_shows_verdicts_in_place_and_never_calls_the_unjudged_good(world, place, signed_in):
    with world.scope() as scope:
        execute(scope.workspace_id, import_file(scope, place, "a.json", [body(RUNS)], actor=scope.actor).run.pk)
    fold_all()
    scanned(world, place, clock.now(), RUNS[:2], version_of(world, rule("a")))
    good, bad, unjudged = (f"/w/acme/environments/clerks/traces/{trace_key(place.pk, one)}" for one in ORDER)
    browser = signed_in(world.viewer)
    shown = {one: browser.get(one).content.decode() for one in (good, bad, unjudged)}
    assert ("rule kept" in shown[good], "rule broken" in shown[good]) == (True, False)
    assert ("rule kept" in shown[bad], "rule broken" in shown[bad]) == (False, True)
    assert "No rule has judged this trace" in shown[unjudged]
    assert "rule kept" not in shown[unjudged]
    rules = browser.get(f"{bad}?view=rules").content.decode()
    assert "What a asks for." in rules
    assert "Shop policy 2026" in rules
    assert "A handbook" in rules
    assert "world-models/rules/" in rules
