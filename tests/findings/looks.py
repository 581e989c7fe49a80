"""Observations of an environment, made by hand: what was seen, when, and which areas were read completely."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tests.worlds import World
from trueline.findings.actions.detections import Recorded, Sighting, record_detections
from trueline.findings.models import Finding, FindingException
from trueline.findings.rules import Detected, Detection, Severity
from trueline.inventory.models import Snapshot
from trueline.kit import clock
from trueline.operations.models import OperationRun
from trueline.workspaces.models import Environment

DAY_ZERO = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
AREAS = ("conditional_access", "configuration")


def day(number: float) -> datetime:
    return DAY_ZERO + timedelta(days=number)


def seen(name: str, *, area: str = AREAS[0], observed: object = True, severity: Severity = Severity.HIGH) -> Detection:
    """One difference of the object of that name."""
    return Detection(
        detector="drift",
        standard_id="standard",
        area=area,
        object_type="policy",
        subject_key=f"policy:{name}",
        subject_name=name,
        facet="settings",
        path="state",
        kind="modified",
        severity=severity,
        expected=False,
        observed=observed,
    )


def snapshot_at(environment: Environment, at: datetime) -> Snapshot:
    run = OperationRun.objects.create(
        workspace_id=environment.workspace_id,
        environment_id=environment.pk,
        run_type="inventory.capture",
        capability="operations.start",
        initiator_kind="system",
        initiator_id="tests",
        initiator_label="tests",
        identity_digest="",
        state="completed",
        outcome="succeeded",
        completed_at=clock.now(),
    )
    return Snapshot.objects.create(
        workspace_id=environment.workspace_id,
        environment_id=environment.pk,
        run_id=run.pk,
        provider_key="microsoft365",
        source_label="tests",
        observed_at=at,
        coverage="complete",
        objects_count=0,
        unread_count=0,
        digest="",
    )


def look(
    world: World,
    environment: Environment,
    at: float,
    detections: Iterable[Detection],
    covered: Iterable[str] = AREAS,
    *,
    snapshot: Snapshot | None = None,
) -> Recorded:
    """Record what one look at an environment, so many days after day zero, has shown."""
    with world.scope() as scope:
        taken = snapshot or snapshot_at(environment, day(at))
        sighting = Sighting(environment, taken.pk, day(at))
        detected = Detected("drift", "standard", frozenset(covered), tuple(detections))
        return record_detections(scope, sighting, [detected], actor=scope.actor, hold=lambda: None)


def table(world: World, environment: Environment) -> dict[str, tuple[object, ...]]:
    """Every finding of an environment by the name of its subject."""
    said = ("state", "times_seen", "times_reopened", "first_seen_at", "last_seen_at", "resolved_at", "severity")
    with world.inside():
        rows = Finding.objects.filter(environment_id=environment.pk).values_list("subject_key", "observed", *said)
        return {row[0].removeprefix("policy:"): row[1:] for row in rows}


def states(world: World, environment: Environment) -> dict[str, str]:
    return {name: str(row[1]) for name, row in table(world, environment).items()}


def decide(world: World, environment: Environment, name: str, state: str) -> None:
    """What a person decides about a finding; a risk is accepted for the value that is there."""
    ends = {"closed_at": clock.now(), "closed_reason": "not_applicable"} if state == "closed" else {}
    with world.inside():
        mine = Finding.objects.filter(environment_id=environment.pk, subject_key=f"policy:{name}")
        if state == "risk_accepted":
            accept(world, mine.get())
        mine.update(state=state, **ends)


def accept(world: World, finding: Finding, lasts: timedelta = timedelta(days=365)) -> FindingException:
    """An acceptance of the value that is there now, in place of the one before."""
    moment = clock.now()
    FindingException.objects.filter(finding_id=finding.pk, status="active").update(status="superseded")
    return FindingException.objects.create(
        workspace_id=world.workspace.pk,
        finding=finding,
        status="active",
        requested_by_label="tests",
        decided_by_label="tests",
        decided_at=moment,
        owner=world.owner,
        reason="Known and watched.",
        effective_from=moment,
        expires_at=moment + lasts,
        review_due_at=moment + lasts / 2,
        pinned_digest=finding.observed_digest,
        pinned_rank=finding.severity_rank,
        pinned_snapshot_id=finding.snapshot_id,
        pinned_scan_id=finding.scan_id,
    )
