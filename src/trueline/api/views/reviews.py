"""Reviews: prepared, published and put away by those who may."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import reviews as schemas
from trueline.kit import clock
from trueline.reviews import actions, editions, queries
from trueline.reviews.models import OPEN_STATES, Review
from trueline.reviews.rules import ReviewState, blockers, whole_evidence
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

_TAG = "Reviews"
_VIEW, _MANAGE, _PUBLISH = Capability.FINDINGS_VIEW, Capability.REVIEWS_MANAGE, Capability.REVIEWS_PUBLISH
_ONE = "/reviews/{uuid:review_id}"


@operation("GET", "/reviews", _VIEW, schemas.ReviewPage, tag=_TAG)
def list_reviews(asked: Asked, filters: Query[schemas.ReviewFilter]) -> dict[str, Any]:
    """Reviews of environments in reach, the latest first."""
    found = queries.reviews(asked.scope)
    if filters.environment:
        place = access.environment_in_any_state(asked.scope, filters.environment)
        found = found.filter(environment_id=place.pk)
    if filters.state:
        found = found.filter(state=filters.state)
    return page(asked, filters, found, ("-created_at", "-id"), lambda rows: _shown(asked, rows))


@operation("POST", "/reviews", _MANAGE, schemas.Review, tag=_TAG, success=201, record=True)
def begin_review(asked: Asked, given: schemas.NewReview) -> schemas.Review:
    """Begin a review of an environment, on evidence that is taken now.

    It takes over the text of the one before. Answers 409 when the environment has one that is not published yet.
    """
    place = access.environment(asked.scope, given.environment)
    asked.scope.require(_MANAGE, place.pk)
    made = actions.begin_review(asked.scope, place, given.title, actor=asked.actor)
    asked.made("reviews", made.pk)
    return _one(asked, made)


@operation("GET", _ONE, _VIEW, schemas.Review, tag=_TAG, record=True)
def get_review(asked: Asked, review_id: UUID) -> schemas.Review:
    """One review, with what stands in the way of publishing it."""
    return _one(asked, found(asked, review_id, _VIEW))


@operation("PATCH", _ONE, _MANAGE, schemas.Review, tag=_TAG, record=True)
def write_review(asked: Asked, review_id: UUID, given: schemas.ReviewText) -> schemas.Review:
    """Change title or summary of a review that is not published.

    One that was ready is a draft again. Answers 409 for one that was published.
    """
    there = _held(asked, review_id, _MANAGE)
    title = there.title if given.title is None else given.title
    summary = there.summary if given.summary is None else given.summary
    return _one(asked, actions.write_review(asked.scope, review_id, title, summary, actor=asked.actor))


@operation("POST", _ONE + "/refresh", _MANAGE, schemas.Review, tag=_TAG, record=True)
def refresh_review(asked: Asked, review_id: UUID) -> schemas.Review:
    """Put a review that is not published on evidence as it is now."""
    _held(asked, review_id, _MANAGE)
    return _one(asked, actions.refresh_evidence(asked.scope, review_id, actor=asked.actor))


@operation("POST", _ONE + "/retry", _MANAGE, schemas.Review, tag=_TAG, record=True)
def retry_review(asked: Asked, review_id: UUID) -> schemas.Review:
    """Measure once more for a review that has failed.

    Answers 409 for any other.
    """
    _held(asked, review_id, _MANAGE)
    return _one(asked, actions.retry_review(asked.scope, review_id, actor=asked.actor))


@operation("POST", _ONE + "/ready", _MANAGE, schemas.Review, tag=_TAG, record=True)
def ready_review(asked: Asked, review_id: UUID) -> schemas.Review:
    """Say that a review may be published.

    Answers 422 with `reasons` while something stands in the way.
    """
    _held(asked, review_id, _MANAGE)
    return _one(asked, actions.ready_review(asked.scope, review_id, actor=asked.actor))


@operation("POST", _ONE + "/publish", _PUBLISH, schemas.Review, tag=_TAG, record=True)
def publish_review(asked: Asked, review_id: UUID) -> schemas.Review:
    """Freeze a review that is ready, seal the trail that it cites, and release it.

    The one before is superseded. Answers 422 with `reasons` when it is not ready.
    """
    _held(asked, review_id, _PUBLISH)
    return _one(asked, actions.publish_review(asked.scope, review_id, actor=asked.actor))


@operation("POST", _ONE + "/archive", _MANAGE, schemas.Review, tag=_TAG, record=True)
def archive_review(asked: Asked, review_id: UUID) -> schemas.Review:
    """Put a review away; it is then released to nobody.

    One that was published takes `reviews.publish`.
    """
    _held(asked, review_id, _MANAGE)
    return _one(asked, actions.archive_review(asked.scope, review_id, actor=asked.actor))


@operation("GET", _ONE + "/document", _VIEW, schemas.ReviewDocument, tag=_TAG, record=True)
def get_review_document(asked: Asked, review_id: UUID) -> schemas.ReviewDocument:
    """All that a review says: as it was frozen, or as it would be published now.

    It holds names and addresses; the customer's edition is at `/released-reviews`.
    """
    there = found(asked, review_id, _VIEW)
    if there.document_digest:
        document = queries.frozen(asked.scope, there)
    else:
        place = access.environment_by_id(asked.scope, there.environment_id)
        document = editions.document_of(asked.scope, there, place)
    return schemas.ReviewDocument(review_id=there.pk, is_frozen=bool(there.document_digest), document=document)


def found(asked: Asked, review_id: UUID, capability: Capability) -> Review:
    """One review in reach. Raises `NotVisible`, then `NotAllowed`."""
    there = queries.review(asked.scope, review_id)
    asked.scope.require(capability, there.environment_id)
    return there


def _held(asked: Asked, review_id: UUID, capability: Capability) -> Review:
    """The same for a write, which may name by `If-Match` the state that it means."""
    there = found(asked, review_id, capability)
    asked.hold_to(_one(asked, there))
    return there


def _one(asked: Asked, row: Review) -> schemas.Review:
    return _shown(asked, [row])[0]


def _shown(asked: Asked, rows: list[Review]) -> list[schemas.Review]:
    slugs = {one.pk: one.slug for one in workspaces.environments(asked.scope)}
    return [_review(one, slugs[one.environment_id]) for one in rows]


def _review(row: Review, slug: str) -> schemas.Review:
    now, measured = clock.now(), queries.dimensions(row.evidence)
    return schemas.Review(
        id=row.pk,
        environment=slug,
        title=row.title,
        summary=row.summary,
        state=ReviewState(row.state),
        evidence_id=row.evidence_id,
        failure=row.failure,
        evidence_state=whole_evidence(measured, row.published_at or now),
        blockers=list(blockers(measured, row.summary, now)) if row.state in OPEN_STATES else [],
        predecessor_id=row.predecessor_id,
        created_at=row.created_at,
        created_by=row.created_by_label,
        published_at=row.published_at,
        published_by=row.published_by_label,
        document_digest=row.document_digest,
    )
