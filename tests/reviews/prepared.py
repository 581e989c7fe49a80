"""An environment that a review can be published of: captured, held to a standard, with an accepted risk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.isolation.factories import Seeds
from tests.worlds import World
from trueline.findings.models import Finding, FindingException
from trueline.inventory.models import BaselineAssignment, Snapshot, SnapshotArea, SnapshotGap
from trueline.kit import clock
from trueline.kit.scope import Scope
from trueline.reviews import actions
from trueline.reviews.models import Review

SUMMARY = "Three things matter.\n\nThey are being worked on."


def seeded(world: World, canary: str = "kanarienvogel") -> Seeds:
    """The world's environment, captured and held to a standard, with one open finding and one accepted risk."""
    seeds = Seeds(world.workspace, world.environment, world.owner, canary)
    for model in (Snapshot, SnapshotArea, SnapshotGap, BaselineAssignment, Finding):
        seeds.one(model)
    accepted(seeds)
    return seeds


def accepted(seeds: Seeds) -> FindingException:
    found = seeds.draft(Finding)
    found.state = "risk_accepted"
    found.save(force_insert=True)
    now = clock.now()
    made = FindingException(
        workspace_id=seeds.workspace.pk,
        finding=found,
        status="active",
        requested_by_label="Otto Operator",
        decided_by_label="Anna Approver",
        decided_at=now,
        effective_from=now,
        owner=seeds.person,
        reason="The old printer needs it until March.",
        compensating_control="It stands in its own network.",
        expires_at=now + timedelta(days=30),
        review_due_at=now + timedelta(days=20),
        pinned_path="/made",
        pinned_value=2,
        pinned_digest=found.observed_digest,
        pinned_rank=2,
    )
    made.save(force_insert=True)
    return made


def draft(world: World, scope: Scope, summary: str = SUMMARY) -> UUID:
    """A draft that could be published."""
    made = actions.begin_review(scope, world.environment, "November", actor=scope.actor)
    actions.write_review(scope, made.pk, "November", summary, actor=scope.actor)
    return made.pk


def ready(world: World, scope: Scope) -> UUID:
    return actions.ready_review(scope, draft(world, scope), actor=scope.actor).pk


def published(world: World, scope: Scope) -> Review:
    return actions.publish_review(scope, ready(world, scope), actor=scope.actor)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    """Every value of a JSON document that is neither list nor mapping, with its path."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*path, key))]
    if isinstance(value, list):
        return [leaf for number, item in enumerate(value) for leaf in leaves(item, (*path, number))]
    return [(path, value)]
