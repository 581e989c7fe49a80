"""Reads of evidence, reviews and packs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from trueline.evidence import queries as documents
from trueline.kit.database.reach import in_reach
from trueline.kit.scope import NotVisible, Scope
from trueline.reviews.models import Acknowledgement, EvidenceSnapshot, Pack, Review, ShareLink
from trueline.reviews.rules import RELEASED, AcknowledgementState, Completeness, Dimension, Measured, ReviewState


def reviews(scope: Scope) -> QuerySet[Review]:
    """Reviews of environments in reach, the latest first."""
    found = in_reach(scope, Review.objects.filter(workspace_id=scope.workspace_id))
    return found.select_related("evidence").order_by("-created_at", "-id")


def released(scope: Scope) -> QuerySet[Review]:
    """Those that were published, the latest first; what a customer may know of."""
    return reviews(scope).filter(state__in=sorted(RELEASED)).order_by("-published_at", "-id")


def review(scope: Scope, review_id: UUID) -> Review:
    """One review. Raises `NotVisible`."""
    found = reviews(scope).filter(id=review_id).first()
    if found is None:
        raise NotVisible
    return found


def released_review(scope: Scope, review_id: UUID) -> Review:
    """One review that was published. Raises `NotVisible` for any other."""
    found = released(scope).filter(id=review_id).first()
    if found is None:
        raise NotVisible
    return found


def published_of(scope: Scope, environment_id: UUID) -> Review | None:
    """The review of an environment in reach that is published now."""
    return reviews(scope).filter(environment_id=environment_id, state=ReviewState.PUBLISHED).first()


def frozen(scope: Scope, found: Review) -> dict[str, Any]:
    """The document of a published review in reach, as it was frozen. Raises `NotVisible`."""
    if not scope.reaches(found.environment_id):
        raise NotVisible
    document: dict[str, Any] = documents.document(scope, found.document_digest)
    return document


def evidence_of(scope: Scope, environment_id: UUID) -> QuerySet[EvidenceSnapshot]:
    """Evidence of an environment in reach, the latest first."""
    found = EvidenceSnapshot.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id)
    return in_reach(scope, found).order_by("-made_at", "-id")


def packs(scope: Scope, review_id: UUID) -> QuerySet[Pack]:
    """Packs of a review in reach, without their bytes, the latest first."""
    found = in_reach(scope, Pack.objects.filter(workspace_id=scope.workspace_id, review_id=review_id))
    return found.defer("body").order_by("-made_at", "-id")


def pack(scope: Scope, pack_id: UUID) -> Pack:
    """One pack with its bytes. Raises `NotVisible`."""
    found = in_reach(scope, Pack.objects.filter(workspace_id=scope.workspace_id, id=pack_id)).first()
    if found is None:
        raise NotVisible
    return found


def acknowledgements(scope: Scope, review_id: UUID) -> QuerySet[Acknowledgement]:
    """Who has read a review in reach, the first first."""
    found = Acknowledgement.objects.filter(workspace_id=scope.workspace_id, review_id=review_id)
    return in_reach(scope, found).order_by("acknowledged_at", "id")


def acknowledgement_state(scope: Scope, environment_id: UUID, reader: str) -> AcknowledgementState:
    """Whether a person has read what is published of an environment in reach as it is now."""
    now = published_of(scope, environment_id)
    if now is None:
        return AcknowledgementState.NOT_AVAILABLE
    mine = Acknowledgement.objects.filter(workspace_id=scope.workspace_id, person_id=reader)
    if mine.filter(review_id=now.pk).exists():
        return AcknowledgementState.ACKNOWLEDGED
    had_read = in_reach(scope, mine.filter(environment_id=environment_id)).exists()
    return AcknowledgementState.REQUIRED_AGAIN if had_read else AcknowledgementState.REQUIRED


def share_links(scope: Scope, review_id: UUID) -> QuerySet[ShareLink]:
    """Links to a review in reach, the latest first."""
    found = ShareLink.objects.filter(workspace_id=scope.workspace_id, review_id=review_id)
    return in_reach(scope, found).order_by("-created_at", "-id")


def share_link(scope: Scope, share_link_id: UUID) -> ShareLink:
    """One link. Raises `NotVisible`."""
    found = in_reach(scope, ShareLink.objects.filter(workspace_id=scope.workspace_id, id=share_link_id)).first()
    if found is None:
        raise NotVisible
    return found


# lint: allow TL003 turns a row that a query has given into values
def dimensions(found: EvidenceSnapshot | None) -> tuple[Measured, ...]:
    """The dimensions of evidence, as they were measured; of a review that has none, none."""
    return tuple(
        Measured(
            Dimension(row["dimension"]),
            Completeness(row["state"]),
            row["source"],
            _moment(row["measured_at"]),
            row["digest"],
            row["reason"],
        )
        for row in (found.dimensions if found else ())
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
