"""Factories of evidence, reviews and packs."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Any

from django.db.models import Model

from tests.isolation.factories import Seeds, _unique, makes
from trueline.evidence.models import Document
from trueline.evidence.rules import pack
from trueline.kit import clock
from trueline.kit.digest import sha256
from trueline.reviews.document import About, composed
from trueline.reviews.models import (
    Acknowledgement,
    CycleTurn,
    EvidenceSnapshot,
    Pack,
    Review,
    ReviewCycle,
    ShareLink,
)


@makes(EvidenceSnapshot)
def _evidence(seeds: Seeds) -> Model:
    return EvidenceSnapshot(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        fingerprint=sha256(_unique().encode()),
        dimensions=[],
        made_by_label=seeds.canary,
    )


def _stored(seeds: Seeds, value: Any) -> str:
    packed = pack(value)
    body = {"digest": packed.digest, "size_bytes": packed.size_bytes, "body": packed.body}
    Document.objects.get_or_create(workspace_id=seeds.workspace.pk, digest=packed.digest, defaults=body)
    return packed.digest


def _document(seeds: Seeds) -> dict[str, Any]:
    """What a review of an environment without anything says, signed by the canary."""
    told = {field.name: seeds.canary for field in fields(About)}
    about = About(**told | {"published_at": "2026-11-30T12:00:00Z", "workspace_id": str(seeds.workspace.pk)})
    bodies: dict[str, dict[str, Any]] = {
        "findings": {"open": [], "by_severity": {}, "by_area": {}, "verified_cleared": 0, "reopened": 0},
        "accepted_risk": {"valid": []},
        "baseline": {"standards": [], "open_by_kind": {}},
        "coverage": {"objects": None, "areas": [], "unread": {}},
        "permissions": {"denied": []},
        "operations": {"days": 30, "by_outcome": {}},
    }
    return composed(about, [], bodies, None, [])


@makes(Review)
def _review(seeds: Seeds) -> Model:
    frozen, trail = _stored(seeds, _document(seeds)), _stored(seeds, {"checkpoint": {}, "envelope": {}, "proofs": []})
    return Review(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        title=seeds.canary,
        state="superseded",
        evidence=seeds.one(EvidenceSnapshot),
        created_by_label=seeds.canary,
        published_at=clock.now(),
        published_by_label=seeds.canary,
        document_digest=frozen,
        trail_digest=trail,
        pseudonym_key=_unique().encode(),
    )


@makes(Pack)
def _pack(seeds: Seeds) -> Model:
    return Pack(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        review=seeds.one(Review),
        audience="customer",
        language=_unique()[-8:],
        digest=sha256(_unique().encode()),
        size_bytes=3,
        body=seeds.canary.encode(),
        made_by_label=seeds.canary,
    )


@makes(Acknowledgement)
def _acknowledgement(seeds: Seeds) -> Model:
    return Acknowledgement(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        review=seeds.one(Review),
        person_id=_unique(),
        person_label=seeds.canary,
        role="customer",
        document_digest=sha256(_unique().encode()),
    )


@makes(ShareLink)
def _share_link(seeds: Seeds) -> Model:
    return ShareLink(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        review=seeds.one(Review),
        label=seeds.canary,
        token_digest=sha256(_unique().encode()),
        created_by_label=seeds.canary,
        expires_at=clock.now() + timedelta(days=1),
    )


@makes(ReviewCycle)
def _cycle(seeds: Seeds) -> Model:
    """A paused one: an environment has at most one that runs."""
    now = clock.now()
    return ReviewCycle(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        title=seeds.canary,
        interval="monthly",
        starts_on=now.date(),
        time_zone="UTC",
        language="en",
        addresses=[f"{seeds.canary}@example.org"],
        created_by_label=seeds.canary,
        paused_at=now,
        next_due_on=now.date() + timedelta(days=20),
        next_at=now + timedelta(days=20),
    )


@makes(CycleTurn)
def _turn(seeds: Seeds) -> Model:
    cycle = seeds.draft(ReviewCycle)
    cycle.save(force_insert=True)
    return CycleTurn(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        cycle=cycle,
        due_on=clock.now().date(),
        review=seeds.one(Review),
    )
