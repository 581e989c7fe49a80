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
from trueline.inventory import queries_standards
from trueline.inventory.actions_checks import keep_check
from trueline.inventory.assertions.evaluation import evaluate
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
    detected = _detected(work, snapshot)
    reach("detect:after-compare")
    sighting = detections.Sighting(
        access.environment_by_id(work.scope, snapshot.environment_id), snapshot.pk, snapshot.observed_at
    )
    done = detections.record_detections(
        work.scope, sighting, detected, actor=work.scope.actor, hold=work.hold, of=(detectors.DRIFT, detectors.UNMET)
    )
    return Result(RunOutcome.SUCCEEDED, {name: getattr(done, name) for name in detections.Recorded.__slots__})


def _detected(work: Work, snapshot: Snapshot) -> list[Detected]:
    """What every standard finds. One that got a version meanwhile would be judged by the old one, so it begins anew."""
    while True:
        before = _asking(work, snapshot)
        found = [*_differing(work, snapshot), *_unmet(work, snapshot)]
        if _asking(work, snapshot) == before:
            return found


def _asking(work: Work, snapshot: Snapshot) -> list[UUID]:
    return sorted(one.pk for one in inventory.standards_of(work.scope, snapshot.environment_id))


def _is_overtaken(work: Work, snapshot: Snapshot) -> bool:
    """Whether a newer observation exists: an old one that arrives late neither opens nor reopens anything."""
    newest = inventory.snapshots(work.scope, snapshot.environment_id).first()
    return newest is not None and newest.observed_at > snapshot.observed_at


def _differing(work: Work, snapshot: Snapshot) -> Iterator[Detected]:
    """What differs from each standard that is a capture."""
    standards = [one for one in inventory.standards_of(work.scope, snapshot.environment_id) if one.snapshot_id]
    covered = complete_areas(inventory.area_reports(work.scope, snapshot.pk))
    weigh = registry.provider(snapshot.provider_key).weigh
    for number, version in enumerate(standards):
        work.progress(number, len(standards), version.profile.name)
        comparison = inventory.compared_with_standard(work.scope, version, snapshot.pk)
        yield detectors.drift(comparison, str(version.profile_id), covered, weigh)


def _unmet(work: Work, snapshot: Snapshot) -> Iterator[Detected]:
    """What each standard that asks for settings finds not met; every result is kept, the good ones too."""
    standards = [one for one in inventory.standards_of(work.scope, snapshot.environment_id) if one.document_digest]
    if not standards:
        return
    place = queries_standards.place_of(work.scope, snapshot.pk)
    for number, version in enumerate(standards):
        work.progress(number, len(standards), version.profile.name)
        whole = queries_standards.asked(work.scope, version)
        results = evaluate(whole, place) if whole else ()
        keep_check(work.scope, version, snapshot, results, actor=work.scope.actor, hold=work.hold)
        yield detectors.unmet(results, str(version.profile_id), place)


RUN_TYPES: tuple[tuple[RunType, Perform], ...] = ((DETECT, detect),)
