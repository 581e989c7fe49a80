"""World models: what a file may bring, who moves a rule, what a version is."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from tests.evaluations.models import imported, rule, rule_id, text
from trueline.engine.rules.authority import authority_ref
from trueline.engine.rules.model import RuleStatus
from trueline.engine.rules.reading import parse_world_model
from trueline.engine.rules.shipped import SHIPPED, shipped_text
from trueline.engine.rules.writing import model_text
from trueline.evaluations import errors, queries
from trueline.evaluations.actions.importing import import_world_model
from trueline.evaluations.actions.moving import approve_rule, move_rule
from trueline.evaluations.actions.publishing import publish_version, retire_model
from trueline.evaluations.models import RuleMove, WorldModelVersion, WorldRule
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.workspaces import access

P, W, E, R, C = (
    RuleStatus.PROVISIONAL, RuleStatus.PENDING_APPROVAL, RuleStatus.ENSHRINED, RuleStatus.RETIRED, RuleStatus.CANDIDATE,
)  # fmt: skip


def moved(world, user, rule_id, *steps):
    with world.scope(user) as scope:
        for step in steps:
            move_rule(scope, rule_id, step, "It is time.", actor=scope.actor, mover=user)


def signed_off(world, rule_id, by=None):
    approver = by or world.approver
    with world.scope(approver) as scope:
        return approve_rule(scope, rule_id, "Read and agreed.", actor=scope.actor, approver=approver)


def enshrined(world, key="a"):
    with world.scope() as scope:
        model_id = imported(scope, rule("a"), rule("b"))
        found = rule_id(scope, model_id, key)
    moved(world, world.owner, found, W)
    signed_off(world, found)
    return model_id, found


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_is_written_as_it_was_read(name):
    told = parse_world_model(shipped_text(name))
    assert parse_world_model(model_text(told)) == told


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_comes_back_from_the_database_as_it_is_in_its_file(name, world):
    with world.scope() as scope:
        made = import_world_model(scope, shipped_text(name), actor=scope.actor)
        found = queries.as_drafted(scope, queries.world_model(scope, made.world_model_id))
    assert found == parse_world_model(shipped_text(name))


def test_a_file_enshrines_nothing(world):
    with world.scope() as scope:
        made = import_world_model(
            scope,
            text(rule("a", status="enshrined", approved_by="Dr. Who"), rule("b", status="pending_approval")),
            actor=scope.actor,
        )
        found = {one.key: one for one in queries.world_rules(scope, [made.world_model_id])}
    assert (made.added, made.lowered) == (2, 2)
    assert (found["a"].status, found["b"].status) == (P, C)
    assert (found["a"].approved_by, found["a"].claimed_approver) == (None, "Dr. Who")


@pytest.mark.parametrize("status", [E, W])
def test_the_database_takes_no_rule_that_begins_signed_off(status, world):
    with world.scope() as scope:
        model_id = imported(scope, rule("a"))
        copy = queries.world_rules(scope, [model_id]).get()
        copy.pk, copy.key, copy.status = None, "b", status
        copy.submitted_by = copy.approved_by = world.owner
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)


def test_the_same_file_again_changes_nothing_and_removes_nothing(world):
    with world.scope() as scope:
        imported(scope, rule("a"), rule("b", relations={"qualifies": "a"}), rule("c"))
        same = text(rule("a"), rule("b", relations={"qualifies": ["a"]}))
        again = import_world_model(scope, same, actor=scope.actor)
        assert (again.added, again.changed, again.unchanged, again.kept) == (0, 0, 2, 1)
        assert queries.world_rules(scope, [again.world_model_id]).count() == 3
        assert queries.rule_relations(scope, again.world_model_id).count() == 1


def test_a_rule_that_waits_and_says_something_else_now_is_a_candidate_again(world):
    with world.scope() as scope:
        model_id = imported(scope, rule("a"), rule("b"))
        waiting = rule_id(scope, model_id, "a")
    moved(world, world.owner, waiting, W)
    with world.scope() as scope:
        imported(scope, rule("a", provenance={"tier": "authoritative", "source": "The law"}), rule("b"))
        found = queries.world_rule(scope, waiting)
        last = queries.rule_moves(scope, waiting).first()
    assert (found.status, found.submitted_by) == (C, None)
    assert last.reason == "source, tier: curated -> authoritative"


def test_what_an_enshrined_rule_says_never_changes(world):
    _, found = enshrined(world)
    with world.scope() as scope:
        with pytest.raises(errors.RuleFrozen):
            imported(scope, rule("a", text="Something else."), rule("b"))
        for column, value in (("text", "'x'"), ("weight", "9"), ("approved_by_label", "'Somebody'")):
            with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
                connection.cursor().execute(f"update evaluations_worldrule set {column} = {value} where id = '{found}'")


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("- 1", "no world model"),
        ("a: [", "no YAML"),
        (text(rule("a", check={"calls": {"of": "x", "require": "nobody.knows"}})), "which nothing defines"),
        (text(rule("a"), rule("b", relations={"conflicts_with": "a"})), "both are in force"),
        (text(rule("a")) + "values: {1: one}\n", "JSON cannot say"),
        (text(rule("a")) + "values: {x: .inf}\n", "JSON cannot say"),
        (text(rule("a")) + 'values: {x: "\\0"}\n', "JSON cannot say"),
    ],
)
def test_a_file_that_cannot_judge_is_refused_whole(file, why, world):
    with world.scope() as scope, pytest.raises(errors.WorldModelUnreadable, match=why):
        import_world_model(scope, file, actor=scope.actor)


def test_a_rule_is_signed_off_by_another_person_and_only_after_it_was_submitted(world):
    with world.scope() as scope:
        model_id = imported(scope, rule("a"))
        found = rule_id(scope, model_id, "a")
    with pytest.raises(errors.RuleMoveRefused):
        signed_off(world, found)
    moved(world, world.owner, found, W)
    with pytest.raises(errors.OwnSubmission):
        signed_off(world, found, by=world.owner)
    with world.scope() as scope, pytest.raises(errors.RuleMoveRefused):
        move_rule(scope, found, E, "Past the gate.", actor=scope.actor, mover=world.owner)
    done = signed_off(world, found)
    assert (done.status, done.approved_by_label) == (E, "Approver")
    with world.scope() as scope:
        steps = list(queries.rule_moves(scope, found).values_list("before", "after"))
    assert set(steps) == {("", P), (P, W), (W, E)}


def test_the_database_refuses_a_sign_off_by_the_submitter_and_an_illegal_step(world):
    with world.scope() as scope:
        model_id = imported(scope, rule("a"))
        found = WorldRule.objects.filter(id=rule_id(scope, model_id, "a"))
        with pytest.raises(IntegrityError), transaction.atomic():
            found.update(status=E, approved_by=world.owner, approved_at="2026-01-01T00:00Z")
        found.update(status=W, submitted_by=world.owner)
        with pytest.raises(IntegrityError), transaction.atomic():
            found.update(status=E, approved_by=world.owner, approved_at="2026-01-01T00:00Z")
        with pytest.raises(IntegrityError), transaction.atomic():
            found.update(status=E)


def test_who_may_only_read_moves_signs_and_imports_nothing(world):
    with world.scope() as scope:
        model_id = imported(scope, rule("a"))
        found = rule_id(scope, model_id, "a")
    with world.scope(world.operator) as scope:
        for act in (
            lambda: import_world_model(scope, text(rule("a")), actor=scope.actor),
            lambda: move_rule(scope, found, R, "No.", actor=scope.actor, mover=world.operator),
            lambda: approve_rule(scope, found, "Yes.", actor=scope.actor, approver=world.operator),
            lambda: publish_version(scope, model_id, "", actor=scope.actor, is_unsigned_known=True),
            lambda: retire_model(scope, model_id, "No.", actor=scope.actor),
        ):
            with pytest.raises(NotAllowed):
                act()
    with world.inside(world.other_workspace):
        stranger = access.enter(world.stranger, world.other_workspace.pk)
        with pytest.raises(NotVisible):
            queries.world_rule(stranger, found)


def test_a_rule_that_others_rest_on_is_not_taken_away_and_a_double_does_not_pass_the_gate(world):
    with world.scope() as scope:
        model_id = imported(
            scope,
            rule("a"),
            rule("b", relations={"depends_on": "a"}),
            rule("c", status="candidate", text="What a asks for."),
        )
        base, double = rule_id(scope, model_id, "a"), rule_id(scope, model_id, "c")
    with pytest.raises(errors.GateNotPassed, match="depends on 'a'"):
        moved(world, world.owner, base, R)
    with pytest.raises(errors.GateNotPassed, match="already says it"):
        moved(world, world.owner, double, P)
    with pytest.raises(errors.WhyMissing), world.scope() as scope:
        move_rule(scope, double, R, " ", actor=scope.actor, mover=world.owner)
    moved(world, world.owner, double, R)


def test_a_version_without_an_enshrined_rule_is_published_only_by_who_says_so(world):
    with world.scope() as scope:
        model_id = imported(scope, rule("a"))
        with pytest.raises(errors.NothingEnshrined, match="0 enshrined"):
            publish_version(scope, model_id, "", actor=scope.actor)
        made = publish_version(scope, model_id, "First.", actor=scope.actor, is_unsigned_known=True)
    assert (made.number, made.label, made.in_force_count, made.enshrined_count) == (1, "1", 1, 0)


def test_a_version_holds_the_document_its_handle_and_a_digest_of_everything(world):
    model_id, _ = enshrined(world)
    with world.scope() as scope:
        first = publish_version(scope, model_id, "", actor=scope.actor)
        with pytest.raises(errors.NothingNew):
            publish_version(scope, model_id, "", actor=scope.actor)
        imported(scope, rule("a"), rule("b", weight=3))
        second = publish_version(scope, model_id, "", actor=scope.actor)
        held = queries.as_published(scope, second.pk)
    assert (first.enshrined_count, second.label) == (1, "1+2")
    # The weight of a provisional rule is no part of the handle's digest, and of the whole version's it is.
    assert first.authority_digest == second.authority_digest
    assert first.digest != second.digest
    assert authority_ref(held) == {"uuid": second.authority_uuid, "sha256": second.authority_digest}
    with world.scope(), pytest.raises(ProgrammingError, match="permission denied"):
        WorldModelVersion.objects.filter(id=first.pk).update(notes="Another story")


def test_a_retired_model_takes_nothing_in(world):
    with world.scope() as scope:
        model_id = imported(scope, rule("a"))
        found = rule_id(scope, model_id, "a")
        retire_model(scope, model_id, "Replaced.", actor=scope.actor)
        for act in (
            lambda: imported(scope, rule("a")),
            lambda: publish_version(scope, model_id, "", actor=scope.actor, is_unsigned_known=True),
            lambda: move_rule(scope, found, R, "Why.", actor=scope.actor, mover=world.owner),
        ):
            with pytest.raises(errors.ModelRetired):
                act()
    assert RuleMove.objects.count() == 0  # without a workspace nothing is seen
