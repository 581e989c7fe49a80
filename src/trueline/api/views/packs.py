"""Signed packs of published reviews, and what was released of them to customers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import reviews as schemas
from trueline.api.schemas.shapes import Paging
from trueline.api.views.reviews import found
from trueline.kit.digest import content_digest
from trueline.kit.scope import NotVisible
from trueline.reviews import actions, editions, queries
from trueline.reviews.checking import pack_verdict
from trueline.reviews.models import Pack, Review
from trueline.reviews.rules import Audience, ReviewState
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

_TAG = "Packs"
_TAKE = Capability.PACKS_DOWNLOAD
_READ, _TAKE_RELEASED = Capability.REVIEWS_READ_RELEASED, Capability.PACKS_DOWNLOAD_RELEASED
_ALL = "/reviews/{uuid:review_id}/packs"
_ONE = _ALL + "/{uuid:pack_id}"
_RELEASED = "/released-reviews"
_ONE_RELEASED = _RELEASED + "/{uuid:review_id}"
_ZIP = "application/zip"


@operation("GET", _ALL, _TAKE, schemas.PackPage, tag=_TAG, record=True)
def list_packs(asked: Asked, review_id: UUID, filters: Query[Paging]) -> dict[str, Any]:
    """Packs of a review, the latest first."""
    there = found(asked, review_id, _TAKE)
    packs = queries.packs(asked.scope, there.pk)
    return page(asked, filters, packs, ("-made_at", "-id"), lambda rows: [_shown(one) for one in rows])


@operation("POST", _ALL, _TAKE, schemas.Pack, tag=_TAG, success=201, record=True)
def make_pack(asked: Asked, review_id: UUID, given: schemas.NewPack) -> schemas.Pack:
    """Make the signed pack of a published review; the same one whenever it is asked for again.

    Answers 422 with `reasons` when the review is not published, or its output not safe for a customer.
    """
    there = found(asked, review_id, _TAKE)
    return _made(asked, there, given.audience, given.language, "reviews")


@operation("GET", _ONE, _TAKE, schemas.Pack, tag=_TAG, record=True)
def get_pack(asked: Asked, review_id: UUID, pack_id: UUID) -> schemas.Pack:
    """One pack: what it is, and the digest of its file."""
    return _shown(_pack(asked, found(asked, review_id, _TAKE), pack_id))


@operation("GET", _ONE + "/file", _TAKE, None, tag=_TAG, record=True, file=_ZIP)
def download_pack(asked: Asked, review_id: UUID, pack_id: UUID) -> HttpResponse:
    """The pack as a zip, byte by byte as it was signed."""
    return _as_file(_pack(asked, found(asked, review_id, _TAKE), pack_id))


@operation("GET", _ONE + "/verdict", _TAKE, schemas.PackVerdict, tag=_TAG, record=True)
def verify_pack(asked: Asked, review_id: UUID, pack_id: UUID) -> schemas.PackVerdict:
    """Check a pack as it is kept here now: every file, the signature, and the decisions that it cites.

    Whoever trusts nobody checks it elsewhere, by `verify_pack.py` from the pack.
    """
    there = _pack(asked, found(asked, review_id, _TAKE), pack_id)
    verdict = pack_verdict(asked.scope, there)
    failures = [
        schemas.PackFailure(code=one.code, subject=one.subject, sentence=one.sentence) for one in verdict.failures
    ]
    return schemas.PackVerdict(is_whole=verdict.is_whole, failures=failures, facts=verdict.facts)


@operation("GET", _RELEASED, _READ, schemas.ReleasedReviewPage, tag=_TAG)
def list_released_reviews(asked: Asked, filters: Query[Paging]) -> dict[str, Any]:
    """Reviews that were released, the latest first; all that a customer's key can list."""
    places = {one.pk: one for one in workspaces.environments(asked.scope)}

    def shown(rows: list[Review]) -> list[schemas.ReleasedReview]:
        return [_released(one, places[one.environment_id].slug, places[one.environment_id].name) for one in rows]

    return page(asked, filters, queries.released(asked.scope), ("-published_at", "-id"), shown)


@operation("GET", _ONE_RELEASED + "/document", _READ, schemas.ReviewDocument, tag=_TAG, record=True, also=(422,))
def get_released_document(asked: Asked, review_id: UUID) -> schemas.ReviewDocument:
    """A released review in the customer's edition: people by role, addresses as pseudonyms.

    Answers 422 with `reasons` when it does not meet a condition for a customer's eyes.
    """
    there = _released_review(asked, review_id, _READ)
    document = editions.edition(asked.scope, there, Audience.CUSTOMER)
    return schemas.ReviewDocument(review_id=there.pk, is_frozen=True, document=document)


@operation("POST", _ONE_RELEASED + "/packs", _TAKE_RELEASED, schemas.Pack, tag=_TAG, success=201, record=True)
def make_released_pack(asked: Asked, review_id: UUID, given: schemas.NewReleasedPack) -> schemas.Pack:
    """Make the customer's pack of a released review; the same one whenever it is asked for again."""
    there = _released_review(asked, review_id, _TAKE_RELEASED)
    return _made(asked, there, Audience.CUSTOMER, given.language, "released-reviews")


@operation("GET", _ONE_RELEASED + "/packs/{uuid:pack_id}/file", _TAKE_RELEASED, None, tag=_TAG, record=True, file=_ZIP)
def download_released_pack(asked: Asked, review_id: UUID, pack_id: UUID) -> HttpResponse:
    """The customer's pack as a zip."""
    pack = _pack(asked, _released_review(asked, review_id, _TAKE_RELEASED), pack_id)
    if pack.audience != Audience.CUSTOMER:
        raise NotVisible
    return _as_file(pack)


def _made(asked: Asked, there: Review, audience: Audience, language: str, place: str) -> schemas.Pack:
    made = actions.make_pack(asked.scope, there.pk, audience, language, actor=asked.actor)
    asked.made(place, there.pk, "packs", made.pk, *(["file"] if place != "reviews" else []))
    return _shown(made)


def _pack(asked: Asked, there: Review, pack_id: UUID) -> Pack:
    """A pack of that review and no other."""
    pack = queries.packs(asked.scope, there.pk).filter(id=pack_id).first()
    if pack is None:
        raise NotVisible
    return pack


def _released_review(asked: Asked, review_id: UUID, capability: Capability) -> Review:
    there = queries.released_review(asked.scope, review_id)
    asked.scope.require(capability, there.environment_id)
    return there


def _released(row: Review, slug: str, name: str) -> schemas.ReleasedReview:
    assert row.published_at  # of one that is released, the database holds that
    return schemas.ReleasedReview(
        id=row.pk,
        environment=slug,
        environment_name=name,
        title=row.title,
        published_at=row.published_at,
        is_current=row.state == ReviewState.PUBLISHED,
    )


def _as_file(pack: Pack) -> HttpResponse:
    name = f"review-{pack.review_id}-{pack.audience}-{pack.language}.zip"
    return HttpResponse(
        bytes(pack.body),
        content_type=_ZIP,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Digest": content_digest(pack.digest),
        },
    )


def _shown(pack: Pack) -> schemas.Pack:
    return schemas.Pack(
        id=pack.pk,
        review_id=pack.review_id,
        audience=Audience(pack.audience),
        language=pack.language,
        digest=pack.digest,
        size_bytes=pack.size_bytes,
        made_at=pack.made_at,
    )
