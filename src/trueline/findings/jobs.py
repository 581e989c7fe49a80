"""Runs of this room: detect."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext_noop as _

from trueline.connections import registry
from trueline.findings import detectors
from trueline.findings.actions import detections
from trueline.findings.rules import Detected
from trueline.inventory import queries as inventory
from trueline.inventory.models import Snapshot
from trueline.inventory.rules import complete_areas
from trueline.kit.failpoints import reach
from trueline.operations.actions.work import Result, Work
from trueline.operations.registry import Perform
from trueline.operations.rules import RunOutcome, RunType
from trueline.workspaces import access

DETECT = RunType(
    code="findings.detect",
    label=_("Detection"),
    capability="operations.start",
    is_idempotent=True,
    expected_seconds=20,
)


def detect(work: Work) -> Result:
    """Compare a snapshot with each standard of its environment and record what differs."""
    snapshot = inventory.snapshot(work.scope, UUID(work.parameters["snapshot_id"]))
    if _is_overtaken(work, snapshot):
        return Result(RunOutcome.SUCCEEDED, message="A newer capture has been judged already; nothing was changed.")
    detected = list(_detected(work, snapshot))
    reach("detect:after-compare")
    sighting = detections.Sighting(
        access.environment_by_id(work.scope, snapshot.environment_id), snapshot.pk, snapshot.observed_at
    )
    done = detections.record_detections(work.scope, sighting, detected, actor=work.scope.actor, hold=work.hold)
    return Result(RunOutcome.SUCCEEDED, {name: getattr(done, name) for name in detections.Recorded.__slots__})


def _is_overtaken(work: Work, snapshot: Snapshot) -> bool:
    """Whether a newer observation exists: an old one that arrives late neither opens nor reopens anything."""
    newest = inventory.snapshots(work.scope, snapshot.environment_id).first()
    return newest is not None and newest.observed_at > snapshot.observed_at


def _detected(work: Work, snapshot: Snapshot) -> Iterator[Detected]:
    standards = inventory.standards_of(work.scope, snapshot.environment_id)
    covered = complete_areas(inventory.area_reports(work.scope, snapshot.pk))
    weigh = registry.provider(snapshot.provider_key).weigh
    for number, version in enumerate(standards):
        work.progress(number, len(standards), version.profile.name)
        comparison = inventory.compared_with_standard(work.scope, version, snapshot.pk)
        yield detectors.drift(comparison, str(version.profile_id), covered, weigh)


RUN_TYPES: tuple[tuple[RunType, Perform], ...] = ((DETECT, detect),)
