"""The made-up service desk: it shows what was planted, judged by its own rules, and nothing of it is chance."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trueline.engine.rules.lint import lint
from trueline.engine.rules.reading import parse_world_model
from trueline.engine.templates.inference import infer_templates
from trueline.engine.templates.prompts import material_of
from trueline.engine.traces.reader import read_bytes
from trueline.evaluations.scanning import Readiness, scan
from trueline.providers.agents.demo.looks import make_system
from trueline.systems.prompts import found_templates

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def system():
    return make_system(NOW)


@pytest.fixture(scope="module")
def scanned(system):
    model = parse_world_model(system.world_model)
    assert not [one for one in lint(model) if one.weight == "error"]
    return [scan(read_bytes(look.body), model) for look in system.looks]


def test_every_look_can_be_judged_whole_and_most_runs_are_well(scanned):
    for found in scanned:
        hit = {trace_id for one in found.clusters for trace_id, _span_id in one.members}
        assert (found.readiness, found.unread, found.is_complete) == (Readiness.FULL, 0, True)
        assert len(hit) < 0.3 * found.traces


def test_what_was_planted_is_found_with_its_severities_its_burst_and_its_loop(scanned):
    first, middle, last = scanned
    timeouts = [next(one for one in found.clusters if "irectory" in one.name) for found in scanned]
    assert len({one.key for one in timeouts}) == 1
    assert {each["quantity"] for one in timeouts for each in one.variants} == {5.0, 30.0, 60.0}
    assert any("index" in one.name for one in first.clusters)
    assert not any("index" in one.name for one in last.clusters)
    assert [one["kind"] for one in middle.report["systemic"]] == ["loop"]
    (burst,) = last.report["systemic"]
    assert (burst["kind"], len(burst["traces"])) == ("rate_limit_burst", 7)
    assert {one.rule_key for one in last.clusters if one.is_hard} == {"identity-before-reset", "consent-before-wipe"}


def test_rehearsed_cases_come_in_every_look_under_the_same_name(scanned):
    cases = [{run["case"] for run in found.report["runs"] if "case" in run} for found in scanned]
    assert len(cases[0]) == 40
    assert cases[0] == cases[1] == cases[2]


def test_the_prompts_of_every_agent_show_their_template(system):
    prompts = material_of(read_bytes(b"\n".join(look.body for look in system.looks[:1])).traces).prompts
    found = infer_templates(prompts).templates
    assert {one.agent for one in found} >= {"dispatcher", "identity-clerk", "device-clerk", "answer-writer"}


def test_the_same_moment_gives_the_same_traces(system):
    assert make_system(NOW) == system


def test_what_the_dispatcher_planned_is_seen_to_reach_the_others_prompts(system):
    found = found_templates(read_bytes(system.looks[0].body).traces)
    fed = {one.agent for one in found for slot in one.segments if slot["part"] == "upstream_injection"}
    assert fed >= {"identity-clerk", "device-clerk", "answer-writer"}
