"""The document of a review: as it would be published, as it was frozen, as a customer may have it. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueline.evidence.queries import document as stored
from trueline.kit import clock
from trueline.kit.scope import NotVisible, Scope
from trueline.reviews import queries, trail
from trueline.reviews.document import About, composed, for_customer
from trueline.reviews.errors import OutputRefused, ReviewBlocked
from trueline.reviews.models import EvidenceSnapshot, Review
from trueline.reviews.rules import RELEASED, Audience, output_refusals
from trueline.vault.queries import stamp
from trueline.workspaces.models import Environment


def document_of(scope: Scope, found: Review, environment: Environment) -> dict[str, Any]:
    """The whole document of a review in reach, from its evidence and the decisions as they are now.

    Raises `ReviewBlocked` for one that has failed and stands on none.
    """
    if found.evidence is None:
        raise ReviewBlocked(["not_measured"])
    now, lines = clock.now(), []
    for one, line in zip(queries.dimensions(found.evidence), found.evidence.dimensions, strict=True):
        lines.append({**line, "state": str(one.state_at(now))})
    bodies: Mapping[str, Any] = {line["dimension"]: stored(scope, line["digest"]) for line in lines}
    before = queries.frozen(scope, found.predecessor) if found.predecessor else None
    cited = trail.cited(scope, found.environment_id)
    return composed(_about(scope, found, found.evidence, environment), lines, bodies, before, cited)


def contents(scope: Scope, found: EvidenceSnapshot) -> dict[str, Any]:
    """What each dimension of evidence in reach holds. Raises `NotVisible`."""
    if not scope.reaches(found.environment_id):
        raise NotVisible
    return {line["dimension"]: stored(scope, line["digest"]) for line in found.dimensions}


def edition(scope: Scope, found: Review, audience: Audience) -> dict[str, Any]:
    """The document of a published review for an audience. Raises `ReviewBlocked`, `OutputRefused`, `NotVisible`."""
    if not found.published_at or not found.document_digest:
        raise ReviewBlocked(["not_published"])
    document = queries.frozen(scope, found)
    if audience is Audience.INTERNAL:
        return document
    shown = for_customer(document, bytes(found.pseudonym_key), with_names=audience is Audience.NAMED)
    is_released = found.state in RELEASED
    refused = output_refusals(shown, is_released=is_released, is_current=is_released)
    if refused:
        raise OutputRefused(refused)
    return shown


def _about(scope: Scope, found: Review, evidence: EvidenceSnapshot, environment: Environment) -> About:
    return About(
        review_id=str(found.pk),
        title=found.title,
        summary=found.summary,
        workspace_id=str(scope.workspace_id),
        workspace=scope.workspace_name,
        environment_id=str(environment.pk),
        environment=environment.name,
        evidence_id=str(evidence.pk),
        fingerprint=evidence.fingerprint,
        published_at=stamp(found.published_at or clock.now()),
        published_by=found.published_by_label,
        published_by_role=scope.role,
    )
