"""A review from its evidence to a pack that anyone can check."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests.reviews.prepared import SUMMARY, draft, published, ready, seeded
from trueline.audit.models import AuditEvent
from trueline.engine.packs import verify_pack
from trueline.engine.packs.signatures import holds
from trueline.findings.models import Finding
from trueline.kit import clock
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.reviews import actions, packs, queries
from trueline.reviews.errors import AlreadyOpen, OutputRefused, ReviewBlocked, ReviewFixed
from trueline.reviews.models import Pack, Review
from trueline.reviews.rules import Audience
from trueline.vault.queries import public_keys, stamp
from trueline.workspaces.installation import use_signing_key


def verdict_of(body: bytes, tmp_path, world):
    path = tmp_path / "pack.zip"
    path.write_bytes(body)
    trusted = {key.key_id: {"pem": key.pem, "not_before": key.not_before, "not_after": key.not_after}
               for key in public_keys()}  # fmt: skip
    return verify_pack.verify(path, check_signature=holds, trusted=trusted, workspace=str(world.workspace.pk))


def member(pack: Pack, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(bytes(pack.body))) as opened:
        return opened.read(name)


def test_equal_evidence_is_the_same_evidence(world):
    with world.scope() as scope:
        seeds = seeded(world)
        first = actions.take_evidence(scope, world.environment, actor=scope.actor)
        assert actions.take_evidence(scope, world.environment, actor=scope.actor).pk == first.pk
        Finding.objects.filter(id=seeds.one(Finding).pk).update(observed=3)
        assert actions.take_evidence(scope, world.environment, actor=scope.actor).pk != first.pk


def test_evidence_never_calls_what_was_not_read_complete(world):
    with world.scope() as scope:
        taken = actions.take_evidence(scope, world.environment, actor=scope.actor)
    assert {line["state"] for line in taken.dimensions} == {"missing"}


def test_a_review_is_written_made_ready_published_and_packed(world, tmp_path):
    with world.scope() as scope:
        seeded(world)
        review = published(world, scope)
        made = actions.make_pack(scope, review.pk, Audience.CUSTOMER, "en", actor=scope.actor)
        verdict = verdict_of(bytes(made.body), tmp_path, world)
        told = list(AuditEvent.objects.order_by("sequence").values_list("action", flat=True))
    assert verdict.is_whole, verdict.failures
    assert verdict.facts["review"] == str(review.pk)
    assert told[-6:] == [
        "reviews:evidence:take", "reviews:review:begin", "reviews:review:change", "reviews:review:ready",
        "reviews:review:publish", "reviews:pack:make",
    ]  # fmt: skip
    document = json.loads(member(made, "review.json"))
    assert document["findings"]["by_severity"] == {"high": 1}
    assert document["accepted_risks"][0]["reason"] == "The old printer needs it until March."
    assert document["review"]["summary"] == SUMMARY


def test_a_pack_that_is_made_again_has_the_same_bytes(world):
    with world.scope() as scope:
        seeded(world)
        review = published(world, scope)
        first = actions.make_pack(scope, review.pk, Audience.CUSTOMER, "de", actor=scope.actor)
        assert actions.make_pack(scope, review.pk, Audience.CUSTOMER, "de", actor=scope.actor).pk == first.pk
        with transaction.atomic():
            Pack(**{**_columns(first), "id": None}).full_clean(validate_unique=False, validate_constraints=False)
        again = actions.packs.pack(
            actions.edition(scope, review, Audience.CUSTOMER),
            "de",
            actions.trail.of_json(actions.stored(scope, review.trail_digest)),
            public_keys(),
            actions.signer(),
            signed_at=stamp(first.made_at),
        )
    assert again == bytes(first.body)


def _columns(pack):
    return {field.attname: getattr(pack, field.attname) for field in Pack._meta.concrete_fields}


def test_an_old_pack_still_holds_after_the_key_was_replaced(world, tmp_path, django_db_blocker):
    with world.scope() as scope:
        seeded(world)
        review = published(world, scope)
        made = actions.make_pack(scope, review.pk, Audience.CUSTOMER, "en", actor=scope.actor)
        use_signing_key(actor=scope.actor)
        later = actions.make_pack(scope, review.pk, Audience.INTERNAL, "en", actor=scope.actor)
        assert verdict_of(bytes(made.body), tmp_path, world).is_whole
        assert {f.code for f in verdict_of(bytes(later.body), tmp_path, world).failures} == set()


def test_a_pack_that_is_first_made_after_the_key_was_replaced_is_signed_in_the_new_keys_time(world, tmp_path):
    with world.scope() as scope:
        seeded(world)
        review = published(world, scope)
        with clock.settled(clock.now() + timedelta(days=1)):
            use_signing_key(actor=scope.actor)
        with clock.settled(clock.now() + timedelta(days=2)):
            made = actions.make_pack(scope, review.pk, Audience.CUSTOMER, "en", actor=scope.actor)
        assert verdict_of(bytes(made.body), tmp_path, world).failures == []


def test_later_changes_do_not_alter_what_was_published(world):
    with world.scope() as scope:
        seeds = seeded(world)
        review = published(world, scope)
        before = queries.frozen(scope, review)
        Finding.objects.filter(id=seeds.one(Finding).pk).update(observed=99, subject_name="changed")
        assert queries.frozen(scope, queries.review(scope, review.pk)) == before
        with pytest.raises(ReviewFixed):
            actions.write_review(scope, review.pk, "Other", "Other", actor=scope.actor)
        with pytest.raises(ReviewFixed):
            actions.refresh_evidence(scope, review.pk, actor=scope.actor)


@pytest.mark.parametrize(
    "statement",
    [
        "update reviews_review set summary = 'other' where published_at is not null",
        "update reviews_review set title = 'other', state = 'archived' where published_at is not null",
        "update reviews_review set document_digest = repeat('0', 64) where published_at is not null",
        "update reviews_review set state = 'draft' where published_at is not null",
        "update reviews_evidencesnapshot set fingerprint = repeat('0', 64)",
        "delete from reviews_evidencesnapshot",
        "update reviews_pack set body = 'x'",
        "delete from reviews_pack",
        "delete from reviews_review",
    ],
)
def test_the_database_refuses_to_change_what_was_published(statement, world):
    with world.scope() as scope:
        seeded(world)
        review = published(world, scope)
        actions.make_pack(scope, review.pk, Audience.CUSTOMER, "en", actor=scope.actor)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_successor_takes_over_the_text_supersedes_and_is_compared(world):
    with world.scope() as scope:
        seeds = seeded(world)
        first = published(world, scope)
        Finding.objects.filter(id=seeds.one(Finding).pk).update(severity="critical", severity_rank=1)
        draft_now = actions.begin_review(scope, world.environment, "December", actor=scope.actor)
        assert draft_now.summary == SUMMARY
        actions.ready_review(scope, draft_now.pk, actor=scope.actor)
        second = actions.publish_review(scope, draft_now.pk, actor=scope.actor)
        states = dict(Review.objects.values_list("title", "state"))
        trend = queries.frozen(scope, second)["trend"]
    assert states == {"November": "superseded", "December": "published"}
    assert trend["previous"] == str(first.pk)
    assert (trend["before"], trend["by_severity"]) == ({"high": 1}, {"critical": 1})


def test_what_is_missing_blocks_and_is_named(world):
    with world.scope() as scope:
        made = actions.begin_review(scope, world.environment, "Empty", actor=scope.actor)
        with pytest.raises(ReviewBlocked) as blocked:
            actions.ready_review(scope, made.pk, actor=scope.actor)
        assert blocked.value.reasons == ("never_captured", "no_standard", "no_summary")
        with pytest.raises(ReviewBlocked):
            actions.publish_review(scope, made.pk, actor=scope.actor)
        with pytest.raises(ReviewBlocked):
            actions.make_pack(scope, made.pk, Audience.INTERNAL, "en", actor=scope.actor)
        with pytest.raises(AlreadyOpen):
            actions.begin_review(scope, world.environment, "Second", actor=scope.actor)


def test_who_begins_in_the_same_moment_as_another_is_told_so(world, monkeypatch):
    with world.scope() as scope:
        measure = actions._measure

        def overtaken(scope, made, environment, actor):
            monkeypatch.setattr(actions, "_measure", measure)
            actions.begin_review(scope, environment, "First", actor=actor)
            measure(scope, made, environment, actor)

        monkeypatch.setattr(actions, "_measure", overtaken)
        with pytest.raises(AlreadyOpen):
            actions.begin_review(scope, world.environment, "Second", actor=scope.actor)


def test_a_text_changed_after_it_was_ready_must_be_made_ready_again(world):
    with world.scope() as scope:
        seeded(world)
        found = ready(world, scope)
        actions.write_review(scope, found, "November", "Other words.", actor=scope.actor)
        with pytest.raises(ReviewBlocked):
            actions.publish_review(scope, found, actor=scope.actor)


def test_who_may_do_what(world):
    with world.scope() as scope:
        seeded(world)
        found = draft(world, scope)
    with world.scope(world.operator) as operator:
        actions.ready_review(operator, found, actor=operator.actor)
        with pytest.raises(NotAllowed):
            actions.publish_review(operator, found, actor=operator.actor)
    with world.scope(world.viewer) as viewer, pytest.raises(NotAllowed):
        actions.write_review(viewer, found, "x", "y", actor=viewer.actor)
    with world.scope(world.approver) as approver:
        actions.publish_review(approver, found, actor=approver.actor)
    with world.scope(world.customer) as customer:
        assert actions.make_pack(customer, found, Audience.CUSTOMER, "en", actor=customer.actor)
        with pytest.raises(NotAllowed):
            actions.make_pack(customer, found, Audience.INTERNAL, "en", actor=customer.actor)


def test_nothing_of_a_review_is_there_for_another_workspace(world):
    with world.scope() as scope:
        seeded(world)
        review = published(world, scope)
    with world.inside(world.other_workspace):
        from trueline.workspaces import access  # noqa: PLC0415 - the stranger's own scope, needed once

        stranger = access.enter(world.stranger, world.other_workspace.pk)
        with pytest.raises(NotVisible):
            queries.review(stranger, review.pk)
        assert not queries.reviews(stranger).exists()


def test_only_published_reviews_are_released(world):
    with world.scope() as scope:
        seeded(world)
        found = ready(world, scope)
        with pytest.raises(NotVisible):
            queries.released_review(scope, found)
        actions.publish_review(scope, found, actor=scope.actor)
        assert queries.released_review(scope, found)
        actions.archive_review(scope, found, actor=scope.actor)
        with pytest.raises(NotVisible):
            queries.released_review(scope, found)


@pytest.mark.parametrize("meanwhile", ["put away", "made"])
def test_while_a_pack_is_rendered_nothing_is_held_and_what_happened_meanwhile_counts(world, monkeypatch, meanwhile):
    """One that was made meanwhile is the one that both get; of a review that was put away meanwhile there is none."""
    with world.scope() as scope:
        seeded(world)
        review, render, inner = published(world, scope), packs.pack, []

        def rendered(*parts, **more):
            monkeypatch.setattr(packs, "pack", render)
            if meanwhile == "made":
                inner.append(actions.make_pack(scope, review.pk, Audience.CUSTOMER, "en", actor=scope.actor).pk)
            else:
                actions.archive_review(scope, review.pk, actor=scope.actor)
            return render(*parts, **more)

        monkeypatch.setattr(packs, "pack", rendered)
        if meanwhile == "made":
            assert actions.make_pack(scope, review.pk, Audience.CUSTOMER, "en", actor=scope.actor).pk == inner[0]
        else:
            with pytest.raises(OutputRefused):
                actions.make_pack(scope, review.pk, Audience.CUSTOMER, "en", actor=scope.actor)
        assert queries.packs(scope, review.pk).count() == len(inner)
