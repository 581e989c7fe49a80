"""Take evidence, prepare a review, publish it, make its packs."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from django.db import IntegrityError, transaction

from trueline.audit.actions import Subject, record
from trueline.evidence import actions as documents
from trueline.evidence.queries import document as stored
from trueline.evidence.rules import pack as packed
from trueline.kit import clock, digest
from trueline.kit.database.away import is_away
from trueline.kit.errors import Refused, TruelineError
from trueline.kit.failpoints import reach
from trueline.kit.scope import Actor, ActorKind, NotAllowed, NotVisible, Scope
from trueline.operations.actions.runs import Target, start_run
from trueline.reviews import packs, queries, trail
from trueline.reviews.editions import document_of, edition
from trueline.reviews.errors import AlreadyOpen, ReviewBlocked, ReviewFixed
from trueline.reviews.measuring import Measurement, measure_tenant
from trueline.reviews.measuring_systems import measure_system
from trueline.reviews.models import OPEN_STATES, UNPUBLISHED, Acknowledgement, CycleTurn, EvidenceSnapshot, Pack, Review
from trueline.reviews.rules import PACK, TAKES, Audience, Measured, ReviewState, blockers
from trueline.vault.actions_signing import signer
from trueline.vault.queries import public_keys, stamp
from trueline.workspaces.access import environment_by_id
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Kind

log = logging.getLogger(__name__)
_KEY_BYTES = 32


@transaction.atomic
def take_evidence(scope: Scope, environment: Environment, *, actor: Actor) -> EvidenceSnapshot:
    """Measure an environment and keep it; the evidence that is there when nothing has changed since.

    Raises `NotAllowed`.
    """
    scope.require("evidence.manage", environment.pk)
    measure = measure_system if environment.kind == Kind.AGENTS else measure_tenant
    measured = measure(scope, environment.pk)
    contents = {one.dimension: packed(one.body) for one in measured}
    lines = [_line(one, contents[one.dimension].digest) for one in measured]
    fingerprint = digest.sha256(digest.canonical(lines))
    mine = EvidenceSnapshot.objects.filter(workspace_id=scope.workspace_id, environment_id=environment.pk)
    known = mine.filter(fingerprint=fingerprint).first()
    if known is not None:
        return known
    documents.keep(scope.workspace_id, contents.values())
    made = EvidenceSnapshot.objects.create(
        workspace_id=scope.workspace_id,
        environment_id=environment.pk,
        fingerprint=fingerprint,
        dimensions=lines,
        made_by_label=actor.label,
    )
    subject = Subject("evidence", str(made.pk), environment.name, environment.pk, environment.name)
    after = {"fingerprint": fingerprint, "states": {line["dimension"]: line["state"] for line in lines}}
    record(scope.workspace_id, "reviews:evidence:take", subject, actor=actor, after=after)
    return made


def _line(one: Measurement, content: str) -> dict[str, str]:
    known = Measured(one.dimension, one.state, one.source, one.measured_at, content, one.reason)
    until = known.fresh_until()
    return {
        "dimension": str(one.dimension),
        "state": str(one.state),
        "source": one.source,
        "reason": one.reason,
        "measured_at": stamp(one.measured_at) if one.measured_at else "",
        "fresh_until": stamp(until) if until else "",
        "digest": content,
    }


@transaction.atomic
def begin_review(scope: Scope, environment: Environment, title: str, *, actor: Actor) -> Review:
    """A draft on fresh evidence. What was written for the review before is taken over, to be changed.

    When measuring goes wrong, the review is there and says *failed* and why; beginning again then tries that one again.

    Raises `AlreadyOpen`, `NotAllowed`.
    """
    scope.require("reviews.manage", environment.pk)
    mine = Review.objects.filter(workspace_id=scope.workspace_id, environment_id=environment.pk)
    if (known := mine.filter(state__in=UNPUBLISHED).first()) is not None:
        if known.state != ReviewState.FAILED:
            raise AlreadyOpen
        return retry_review(scope, known.pk, actor=actor)
    before = queries.published_of(scope, environment.pk)
    made = Review(
        workspace_id=scope.workspace_id,
        environment_id=environment.pk,
        title=title.strip()[:200] or environment.name,
        summary=before.summary if before else "",
        predecessor=before,
        created_by_label=actor.label,
        pseudonym_key=os.urandom(_KEY_BYTES),
    )
    _measure(scope, made, environment, actor)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:  # somebody else began it in the same moment
        raise AlreadyOpen from error
    record(scope.workspace_id, "reviews:review:begin", _subject(made, environment), actor=actor)
    if made.failure:
        after = {"reason": made.failure}
        record(scope.workspace_id, "reviews:review:fail", _subject(made, environment), actor=actor, after=after)
    return made


@transaction.atomic
def retry_review(scope: Scope, review_id: UUID, *, actor: Actor) -> Review:
    """Measure once more for a review that has failed; it is then a draft, or has failed again.

    Raises `ReviewFixed` for any other, `NotAllowed`, `NotVisible`.
    """
    found, environment = _locked(scope, review_id)
    scope.require("reviews.manage", found.environment_id)
    if found.state != ReviewState.FAILED:
        raise ReviewFixed
    _measure(scope, found, environment, actor)
    found.save(update_fields=["state", "evidence", "failure"])
    after = {"state": str(found.state), "reason": found.failure}
    record(scope.workspace_id, "reviews:review:retry", _subject(found, environment), actor=actor, after=after)
    return found


def _measure(scope: Scope, found: Review, environment: Environment, actor: Actor) -> None:
    """Put a review on fresh evidence, or on none with the reason why; what was half written is taken back."""
    try:
        with transaction.atomic():
            found.evidence = take_evidence(scope, environment, actor=actor)
            reach("prepare:after-measure")
    except (NotAllowed, NotVisible):
        raise
    except Exception as error:
        if is_away(error):  # nothing can be written down now
            raise
        log.exception("the evidence of environment %s could not be taken", environment.pk)
        found.evidence, found.state = None, ReviewState.FAILED
        found.failure = error.code if isinstance(error, TruelineError) else "internal_error"
    else:
        found.state, found.failure = ReviewState.DRAFT, ""


@transaction.atomic
def write_review(scope: Scope, review_id: UUID, title: str, summary: str, *, actor: Actor) -> Review:
    """Change the title and the text that people write. A review that was ready is a draft again.

    Raises `ReviewFixed`, `NotAllowed`, `NotVisible`.
    """
    found, environment = _open(scope, review_id)
    found.title, found.summary = title.strip()[:200] or found.title, summary.strip()
    found.state = ReviewState.DRAFT
    found.save(update_fields=["title", "summary", "state"])
    after = {"title": found.title, "summary": digest.sha256(found.summary.encode())}
    record(scope.workspace_id, "reviews:review:change", _subject(found, environment), actor=actor, after=after)
    return found


@transaction.atomic
def refresh_evidence(scope: Scope, review_id: UUID, *, actor: Actor) -> Review:
    """Put a draft on evidence as it is now. Raises `ReviewFixed`, `NotAllowed`, `NotVisible`."""
    found, environment = _open(scope, review_id)
    taken = take_evidence(scope, environment, actor=actor)
    if taken.pk != found.evidence_id:
        found.evidence, found.state = taken, ReviewState.DRAFT
        found.save(update_fields=["evidence", "state"])
        after = {"evidence": taken.fingerprint}
        record(scope.workspace_id, "reviews:review:change", _subject(found, environment), actor=actor, after=after)
    return found


@transaction.atomic
def ready_review(scope: Scope, review_id: UUID, *, actor: Actor) -> Review:
    """Say that a draft may be published. Raises `ReviewBlocked`, `ReviewFixed`, `NotAllowed`, `NotVisible`."""
    found, environment = _open(scope, review_id)
    _unblocked(found)
    if found.state == ReviewState.DRAFT:
        found.state = ReviewState.READY
        found.save(update_fields=["state"])
        record(scope.workspace_id, "reviews:review:ready", _subject(found, environment), actor=actor)
    return found


@transaction.atomic
def publish_review(scope: Scope, review_id: UUID, *, actor: Actor) -> Review:
    """Freeze a review that is ready, and seal the trail that it cites. The one before is superseded.

    Raises `ReviewBlocked`, `ReviewFixed`, `NotAllowed`, `NotVisible`.
    """
    found, environment = _locked(scope, review_id)
    scope.require("reviews.publish", found.environment_id)
    if found.state != ReviewState.READY:
        raise ReviewFixed if found.published_at else ReviewBlocked(["not_ready"])
    evidence = _unblocked(found)
    found.published_at, found.published_by_label = clock.now(), actor.label
    frozen = packed(document_of(scope, found, environment))
    found.document_digest = frozen.digest
    # The event comes before the seal, so that the pack can prove that it was published.
    after = {"document": frozen.digest, "evidence": evidence.fingerprint}
    event = record(scope.workspace_id, "reviews:review:publish", _subject(found, environment), actor=actor, after=after)
    cited = sorted({event.sequence, *(one["sequence"] for one in trail.cited(scope, found.environment_id))})
    kept = packed(trail.as_json(trail.sealed(scope.workspace_id, cited)))
    documents.keep(scope.workspace_id, [frozen, kept])
    _supersede(scope, found)
    found.state, found.trail_digest = ReviewState.PUBLISHED, kept.digest
    found.save()
    _pack_ahead(scope, found, environment, actor)
    return found


def _pack_ahead(scope: Scope, found: Review, environment: Environment, actor: Actor) -> None:
    """Let a worker make the pack that the recipients of a cycle will ask for; else it is made when they do."""
    turn = CycleTurn.objects.filter(workspace_id=scope.workspace_id, review_id=found.pk).select_related("cycle").first()
    if turn is not None:
        wanted = {"review": str(found.pk), "audience": str(Audience.CUSTOMER), "language": turn.cycle.language}
        with suppress(Refused):
            start_run(scope, PACK, Target(environment.pk, environment.name), wanted, actor=actor)


@transaction.atomic
def archive_review(scope: Scope, review_id: UUID, *, actor: Actor) -> Review:
    """Put a review away; it is not shown to customers any more. Raises `ReviewFixed`, `NotAllowed`, `NotVisible`."""
    found, environment = _locked(scope, review_id)
    scope.require("reviews.publish" if found.published_at else "reviews.manage", found.environment_id)
    if found.state in (ReviewState.ARCHIVED, ReviewState.SUPERSEDED):
        raise ReviewFixed
    found.state = ReviewState.ARCHIVED
    found.save(update_fields=["state"])
    record(scope.workspace_id, "reviews:review:archive", _subject(found, environment), actor=actor)
    return found


def make_pack(  # noqa: PLR0913 - what a pack is, who wants it, and whether they still may
    scope: Scope,
    review_id: UUID,
    audience: Audience,
    language: str,
    *,
    actor: Actor,
    hold: Callable[[], None] = lambda: None,
) -> Pack:
    """The signed pack of a published review; made once, and the same one whenever it is asked for again.

    What was frozen is read, then rendered while no row is held, then kept in one short transaction: of two who make it
    at once, both get the one that was kept first. A customer's with names is for those who may publish, and its event
    tells who wanted it.

    Args:
        scope: Who asks.
        review_id: A published review.
        audience: Whom it is for.
        language: Of its PDF and HTML.
        actor: Who asks, for the trail.
        hold: Proves, before it is kept, that a run still owns this work.

    Raises `OutputRefused` for a customer's pack that is not safe, `ReviewBlocked`, `NotAllowed`, `NotVisible`.
    """
    found = queries.review(scope, review_id)
    scope.require(TAKES[audience], found.environment_id)
    known = _pack_of(scope, found, audience, language)
    if known is not None:
        return known
    key = signer()  # first: it may be made here, and signs nothing before it was there
    made_at = clock.now()
    body = packs.pack(
        edition(scope, found, audience),
        language,
        trail.of_json(stored(scope, found.trail_digest)),
        public_keys(),
        key,
        signed_at=stamp(made_at),
    )
    reach("pack:after-render")
    made = Pack(
        workspace_id=scope.workspace_id,
        environment_id=found.environment_id,
        review=found,
        audience=audience,
        language=language,
        digest=digest.sha256(body),
        size_bytes=len(body),
        body=body,
        made_at=made_at,
        made_by_label=actor.label,
    )
    return _keep_pack(scope, made, hold, actor)


@transaction.atomic
def _keep_pack(scope: Scope, made: Pack, hold: Callable[[], None], actor: Actor) -> Pack:
    """Keep a pack, unless one was kept meanwhile. Raises `OutputRefused` when its review was put away meanwhile."""
    hold()
    found, environment = _locked(scope, made.review_id)
    known = _pack_of(scope, found, made.audience, made.language)
    if known is not None:
        return known
    edition(scope, found, Audience(made.audience))
    made.save(force_insert=True)
    after = {"audience": str(made.audience), "language": made.language, "digest": made.digest}
    record(scope.workspace_id, "reviews:pack:make", _subject(found, environment), actor=actor, after=after)
    reach("pack:before-commit")
    return made


def _pack_of(scope: Scope, found: Review, audience: str, language: str) -> Pack | None:
    return queries.packs(scope, found.pk).filter(audience=audience, language=language).first()


@transaction.atomic
def acknowledge_review(scope: Scope, review_id: UUID, *, actor: Actor) -> Acknowledgement:
    """Say, by name, that one has read a published review as it is. Said again, nothing changes.

    Raises `ReviewFixed` when a newer one is published, `NotVisible`, `NotAllowed`; a program reads nothing.
    """
    found, environment = _locked(scope, review_id)
    scope.require("reviews.read_released", found.environment_id)
    if found.state != ReviewState.PUBLISHED:
        raise ReviewFixed
    if actor.kind is not ActorKind.HUMAN:
        raise NotVisible
    made, is_new = Acknowledgement.objects.get_or_create(
        workspace_id=scope.workspace_id,
        review=found,
        person_id=actor.id,
        defaults={
            "environment_id": found.environment_id,
            "person_label": actor.label,
            "role": scope.role,
            "document_digest": found.document_digest,
        },
    )
    if is_new:
        after = {"document": found.document_digest}
        subject = _subject(found, environment)
        record(scope.workspace_id, "reviews:review:acknowledge", subject, actor=actor, after=after)
    return made


def _supersede(scope: Scope, found: Review) -> None:
    mine = Review.objects.filter(workspace_id=scope.workspace_id, environment_id=found.environment_id)
    mine.filter(state=ReviewState.PUBLISHED).exclude(id=found.pk).update(state=ReviewState.SUPERSEDED)


def _unblocked(found: Review) -> EvidenceSnapshot:
    """The evidence of a review that may be published. Raises `ReviewBlocked`."""
    if found.evidence is None:
        raise ReviewBlocked(["not_measured"])
    standing = blockers(queries.dimensions(found.evidence), found.summary, clock.now())
    if standing:
        raise ReviewBlocked(standing)
    return found.evidence


def _open(scope: Scope, review_id: UUID) -> tuple[Review, Environment]:
    found, environment = _locked(scope, review_id)
    scope.require("reviews.manage", found.environment_id)
    if found.state not in OPEN_STATES:
        raise ReviewFixed
    return found, environment


def _locked(scope: Scope, review_id: UUID) -> tuple[Review, Environment]:
    """The review and its environment, with its row locked. Raises `NotVisible`."""
    queries.review(scope, review_id)
    found = Review.objects.select_for_update().get(workspace_id=scope.workspace_id, id=review_id)
    return found, environment_by_id(scope, found.environment_id)


def _subject(found: Review, environment: Environment) -> Subject:
    return Subject("review", str(found.pk), found.title, environment.pk, environment.name)
