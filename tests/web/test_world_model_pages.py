"""Pages of world models: taking in, reading, moving a rule, signing off, publishing."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.evaluations.models import imported, rule, rule_id, text
from trueline.engine.rules.reading import parse_world_model
from trueline.evaluations import queries


def address(world, name, *parts):
    return reverse(name, args=[world.workspace.slug, *parts])


def made(world, *rules):
    with world.scope() as scope:
        model_id = imported(scope, *(rules or (rule("a"), rule("b"))))
        return model_id, rule_id(scope, model_id, "a")


def test_a_file_is_taken_in_and_leads_to_its_page(world, signed_in):
    file = SimpleUploadedFile("shop.yaml", text(rule("a", status="enshrined", approved_by="X")).encode())
    answer = signed_in(world.owner).post(address(world, "world_model_take"), {"file": file}, follow=True)
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "What a asks for." in said
    assert "0 enshrined rules" in said
    assert "a person here has to sign it off" in said


def test_a_shipped_model_is_taken_in_with_one_click(world, signed_in):
    answer = signed_in(world.owner).post(address(world, "world_model_take"), {"shipped": "airline"}, follow=True)
    assert "Airline reservations" in answer.content.decode()


def test_a_file_that_is_no_world_model_is_refused_with_its_reason(world, signed_in):
    browser = signed_in(world.owner)
    for body in (b"- 1", b"\xff\xfe\x00x"):
        answer = browser.post(address(world, "world_model_take"), {"file": SimpleUploadedFile("x.yaml", body)})
        assert answer.status_code == 422
        assert "field-errors" in answer.content.decode()
    assert browser.post(address(world, "world_model_take"), {}).status_code == 422


def test_the_empty_list_says_what_to_do_and_the_full_one_counts(world, signed_in):
    browser = signed_in(world.viewer)
    assert "No world model yet" in browser.get(address(world, "world_models")).content.decode()
    made(world)
    assert "An agent of a shop" in browser.get(address(world, "world_models")).content.decode()


def test_a_rule_is_submitted_signed_off_by_another_and_published(world, signed_in):
    model_id, found = made(world)
    owner, approver = signed_in(world.owner), signed_in(world.approver)
    to = address(world, "world_rule_move", found)
    owner.post(to, {"to": "pending_approval", "reason": "Ready."})
    assert "You have submitted this rule yourself" in owner.get(address(world, "world_rule", found)).content.decode()
    owner.post(to, {"to": "enshrined", "reason": "Mine."})
    approver.post(to, {"to": "enshrined", "reason": "Read."})
    shown = approver.get(address(world, "world_rule", found)).content.decode()
    assert "Signed off by" in shown
    assert "Approver" in shown
    approver.post(address(world, "world_model_publish", model_id), {"notes": "First."})
    with world.scope() as scope:
        version = queries.versions(scope, [model_id]).get()
        assert queries.world_rule(scope, found).approved_by_label == "Approver"
    answer = approver.get(address(world, "world_model_version", version.pk))
    assert "attachment" in answer.headers["Content-Disposition"]
    assert parse_world_model(answer.content.decode()).version == "1"


def test_what_is_refused_says_why_and_changes_nothing(world, signed_in):
    model_id, found = made(world)
    browser = signed_in(world.approver)
    answer = browser.post(address(world, "world_model_publish", model_id), {}, follow=True)
    assert "0 enshrined rules" in answer.content.decode()
    assert signed_in(world.operator).post(address(world, "world_model_publish", model_id), {}).status_code == 403
    answer = signed_in(world.viewer).post(address(world, "world_rule_move", found), {"to": "retired", "reason": "x"})
    assert answer.status_code == 403
    odd = signed_in(world.owner).post(
        address(world, "world_rule_move", found), {"to": "odd", "reason": "x"}, follow=True
    )
    assert "not in a status that allows this" in odd.content.decode()
    with world.scope() as scope:
        assert queries.versions(scope, [model_id]).count() == 0
        assert queries.world_rule(scope, found).status == "provisional"


def test_a_rule_is_shown_with_examples_relations_and_history_and_text_of_a_file_is_only_text(world, signed_in):
    model_id, found = made(
        world, rule("a", text="<b>bold</b>", why="<i>x</i>"), rule("b", relations={"qualifies": "a"})
    )
    with world.scope() as scope:
        other = rule_id(scope, model_id, "b")
    browser = signed_in(world.viewer)
    shown = browser.get(address(world, "world_rule", found)).content.decode()
    assert "<b>bold" not in shown
    assert "beside another" in shown
    assert "qualifies" in browser.get(address(world, "world_rule", other)).content.decode()
    filtered = browser.get(address(world, "world_model", model_id) + "?status=candidate").content.decode()
    assert "What b asks for." not in filtered


def test_a_stranger_finds_nothing_and_a_wrong_method_is_refused(world, signed_in):
    model_id, found = made(world)
    stranger, owner = signed_in(world.stranger), signed_in(world.owner)
    for name, part in (("world_model", model_id), ("world_rule", found), ("world_model_export", model_id)):
        assert stranger.get(address(world, name, part)).status_code == 404
        assert owner.put(address(world, name, part)).status_code == 405
