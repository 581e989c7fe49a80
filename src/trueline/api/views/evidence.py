"""Evidence: what was known of an environment at one moment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import reviews as schemas
from trueline.api.schemas.shapes import Paging
from trueline.api.views.environments import looked_at
from trueline.kit import clock
from trueline.kit.scope import NotVisible
from trueline.reviews import queries
from trueline.reviews.actions import take_evidence as take
from trueline.reviews.editions import contents
from trueline.reviews.models import EvidenceSnapshot
from trueline.reviews.rules import whole_evidence
from trueline.workspaces import access
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Capability

_TAG = "Evidence"
_VIEW, _MANAGE = Capability.FINDINGS_VIEW, Capability.EVIDENCE_MANAGE
_ALL = "/environments/{slug:environment}/evidence"
_ONE = _ALL + "/{uuid:evidence_snapshot_id}"


@operation("GET", _ALL, _VIEW, schemas.EvidencePage, tag=_TAG, record=True)
def list_evidence(asked: Asked, environment: str, filters: Query[Paging]) -> dict[str, Any]:
    """Evidence of an environment, the latest first."""
    place = looked_at(asked, environment, _VIEW)
    found = queries.evidence_of(asked.scope, place.pk)
    return page(asked, filters, found, ("-made_at", "-id"), lambda rows: [shown(one, place) for one in rows])


@operation("POST", _ALL, _MANAGE, schemas.Evidence, tag=_TAG, success=201, record=True)
def take_evidence(asked: Asked, environment: str) -> schemas.Evidence:
    """Measure an environment now and keep it.

    When nothing has changed since the last time, that evidence is the answer.
    """
    place = access.environment(asked.scope, environment)
    asked.scope.require(_MANAGE, place.pk)
    made = take(asked.scope, place, actor=asked.actor)
    asked.made("environments", place.slug, "evidence", made.pk)
    return shown(made, place)


@operation("GET", _ONE, _VIEW, schemas.Evidence, tag=_TAG, record=True)
def get_evidence(asked: Asked, environment: str, evidence_snapshot_id: UUID) -> schemas.Evidence:
    """One evidence snapshot: for each dimension how whole it is, where it came from, and until when it is fresh."""
    place, found = _found(asked, environment, evidence_snapshot_id)
    return shown(found, place)


@operation("GET", _ONE + "/contents", _VIEW, schemas.EvidenceContents, tag=_TAG, record=True)
def get_evidence_contents(asked: Asked, environment: str, evidence_snapshot_id: UUID) -> schemas.EvidenceContents:
    """What its dimensions hold, as it was measured."""
    _place, found = _found(asked, environment, evidence_snapshot_id)
    return schemas.EvidenceContents(id=found.pk, contents=contents(asked.scope, found))


def _found(asked: Asked, slug: str, evidence_id: UUID) -> tuple[Environment, EvidenceSnapshot]:
    """Evidence of that environment and no other. Raises `NotVisible`, then `NotAllowed`."""
    place = access.environment_in_any_state(asked.scope, slug)
    found = queries.evidence_of(asked.scope, place.pk).filter(id=evidence_id).first()
    if found is None:
        raise NotVisible
    asked.scope.require(_VIEW, place.pk)
    return place, found


def shown(found: EvidenceSnapshot, place: Environment) -> schemas.Evidence:
    """Evidence as an answer."""
    now, measured = clock.now(), queries.dimensions(found)
    return schemas.Evidence(
        id=found.pk,
        environment=place.slug,
        fingerprint=found.fingerprint,
        state=whole_evidence(measured, now),
        made_at=found.made_at,
        made_by=found.made_by_label,
        dimensions=[
            schemas.MeasuredDimension(
                dimension=one.dimension,
                state=one.state_at(now),
                source=one.source,
                reason=one.reason,
                measured_at=one.measured_at,
                fresh_until=one.fresh_until(),
                digest=one.digest,
            )
            for one in measured
        ],
    )
