"""Reviews of a system of agents: what its newest scan showed, published, packed, verified; and what nobody measured."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.evaluations.models import imported, rule
from tests.evaluations.runs import agents_of, run, runs, scanned
from trueline.engine.packs import verify_pack
from trueline.engine.packs.signatures import holds
from trueline.evaluations.actions.publishing import publish_version
from trueline.kit import clock
from trueline.reviews import actions, queries
from trueline.reviews.editions import document_of
from trueline.reviews.errors import ReviewBlocked
from trueline.reviews.rules import Audience, ReviewState

SUMMARY = "The clerks time out more often than they should."


@pytest.fixture
def place(world):
    with world.inside():
        return agents_of(world)


def judged(world, place, found):
    """A scan of these runs, judged by a hard rule that they bear on and one that never comes up."""
    with world.scope() as scope:
        model_id = imported(scope, rule("a", hard=True), rule("b"))
        version = publish_version(scope, model_id, "", actor=scope.actor, is_unsigned_known=True)
    return scanned(world, place, clock.now(), found, version.pk)[0]


def begun(scope, place):
    made = actions.begin_review(scope, place, "May", actor=scope.actor)
    return actions.write_review(scope, made.pk, "May", SUMMARY, actor=scope.actor)


def published(scope, place):
    made = begun(scope, place)
    actions.ready_review(scope, made.pk, actor=scope.actor)
    return actions.publish_review(scope, made.pk, actor=scope.actor)


def blockers(scope, review):
    with pytest.raises(ReviewBlocked) as refused:
        actions.ready_review(scope, review.pk, actor=scope.actor)
    return list(refused.value.reasons)


def test_what_was_never_scanned_or_judged_stands_in_the_way(world, place):
    with world.scope() as scope:
        review = begun(scope, place)
        assert blockers(scope, review) == ["never_scanned", "no_world_model"]
    scanned(world, place, clock.now(), runs(4, failing=1))
    with world.scope() as scope:
        actions.refresh_evidence(scope, review.pk, actor=scope.actor)
        assert blockers(scope, review) == ["no_world_model"]


def test_its_document_tells_the_scan_its_rules_and_its_score_with_how_sure_that_is(world, place):
    scan = judged(world, place, [*runs(30, "tool_a"), *runs(10, "tool_a+look", failing=10, prefix="bad")])
    with world.scope() as scope:
        document = document_of(scope, begun(scope, place), place)
    assert not {"baseline", "coverage", "permissions", "controls"} & set(document)
    assert (document["scan"]["id"], document["scan"]["runs"]) == (str(scan.pk), 40)
    failing = next(one for one in document["scan"]["causes"] if one["source"] == "failure")
    assert (failing["hit"], failing["of"]) == (10, 40)
    assert failing["interval"][0] < 0.25 < failing["interval"][1]
    version, (first, second) = document["world_model"]["version"], document["world_model"]["rules"]
    assert (version["digest"], version["in_force"]) == (scan.model_digest, 2)
    assert (first["passed"], first["failed"], first["is_hard"]) == (30, 10, True)
    assert second["passed"] + second["failed"] == 0
    score = document["score"]
    low, high = score["blended"]["interval"]
    assert low <= score["blended"]["value"] <= high
    assert (score["blended"]["n"], score["safety"]) == (40, "breached")
    assert {"kind": "rules_undecided", "number": 1} in document["blind_spots"]
    assert sum(document["findings"]["by_severity"].values()) == len(document["findings"]["open"]) > 0


def test_few_runs_and_unread_traces_are_blind_spots_and_no_score_is_no_zero(world, place):
    torn = json.dumps([*runs(3), {"no": "trace"}]).encode()
    judged(world, place, torn)
    with world.scope() as scope:
        document = document_of(scope, begun(scope, place), place)
    told = {spot["dimension"]: spot["reason"] for spot in document["blind_spots"] if spot["kind"] == "dimension"}
    assert told["scan"] == "scan_partial"
    assert told["score"] == "nothing_scored"
    assert document["score"]["blended"] is None
    assert {"kind": "traces_unread", "number": 1} in document["blind_spots"]


def test_its_pack_verifies_and_a_changed_byte_of_its_scan_is_named(world, place, tmp_path: Path):
    secret = "anna.arnold@customer.example"
    judged(
        world, place, [*runs(30, "tool_a"), *[run(f"x{n}", "tool_a", error=f"No answer by {secret}") for n in range(9)]]
    )
    with world.scope() as scope:
        review = published(scope, place)
        made = actions.make_pack(scope, review.pk, Audience.CUSTOMER, "de", actor=scope.actor)
        body = bytes(queries.pack(scope, made.pk).body)
    with zipfile.ZipFile(io.BytesIO(body)) as pack:
        members = {name: pack.read(name) for name in pack.namelist()}
    assert {"evidence/scan.json", "evidence/world_model.json", "evidence/score.json"} <= set(members)
    assert "oscal-assessment-results.json" not in members
    page = members["review.html"].decode()
    assert "Weltmodell" in page
    assert not any(secret.encode() in content for content in members.values())
    path = tmp_path / "pack.zip"
    path.write_bytes(body)
    assert verify_pack.verify(path, check_signature=holds).failures == []
    with zipfile.ZipFile(path, "w") as torn:
        for name, content in members.items():
            torn.writestr(name, content.replace(b'"runs"', b'"runz"') if name == "evidence/scan.json" else content)
    failures = verify_pack.verify(path, check_signature=holds).failures
    assert [(one.code, one.subject) for one in failures] == [("member_changed", "evidence/scan.json")]


def test_the_next_review_is_compared_with_it(world, place):
    judged(world, place, runs(40, "tool_a", failing=20))
    with world.scope() as scope:
        first = published(scope, place)
        second = published(scope, place)
        assert queries.review(scope, first.pk).state == ReviewState.SUPERSEDED
        trend = queries.frozen(scope, second)["trend"]
    assert trend["previous"] == str(first.pk)
    assert trend["before"] == trend["by_severity"]


@pytest.mark.parametrize(("language", "said"), [("en", "Rules of the world model"), ("de", "Regeln des Weltmodells")])
def test_pages_show_it_to_whoever_prepares_it_and_to_the_customer(world, place, signed_in, language, said):
    judged(world, place, [*runs(30, "tool_a"), *runs(10, "tool_a+look", failing=10, prefix="bad")])
    with world.scope() as scope:
        review = published(scope, place)
    for person, address in (
        (world.viewer, f"/w/acme/reviews/{review.pk}/"),
        (world.owner, f"/w/acme/released/{review.pk}/"),
    ):
        person.locale = language
        person.save()
        answer = signed_in(person).get(address)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert said in page
        assert "What a asks for." in page
        assert "10 of 40 runs" in page if language == "en" else "10 von 40 Läufen" in page
