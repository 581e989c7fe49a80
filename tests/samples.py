"""Captured environments for tests of pages: made through the real actions, from exports of a few small policies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.worlds import World
from trueline.connections import registry
from trueline.findings import queries as findings
from trueline.findings.models import Finding
from trueline.inventory import queries as inventory
from trueline.inventory.actions import assign_baseline, make_baseline
from trueline.inventory.models import BaselineProfile, Snapshot
from trueline.inventory.starting import capture_folder
from trueline.operations import queries as operations
from trueline.operations.actions.execution import execute
from trueline.workspaces.models import Environment

TAKEN_AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Captured:
    """South is the standard; north is held to it and differs from it in three ways."""

    standard: BaselineProfile
    standard_snapshot: Snapshot
    snapshot: Snapshot
    findings: tuple[Finding, ...]


def compliance(number: int, **changes: object) -> dict[str, object]:
    """A compliance policy as Graph shows it."""
    return {
        "@odata.type": "#microsoft.graph.windows10CompliancePolicy",
        "id": f"00000000-0000-4000-8000-{number:012}",
        "displayName": f"Compliance {number}",
        "passwordRequired": True,
        "passwordMinimumLength": 8,
        "passwordExpirationDays": 30 + number,
        "bitLockerEnabled": True,
        "secureBootEnabled": True,
        "codeIntegrityEnabled": True,
        "storageRequireEncryption": True,
        "activeFirewallRequired": True,
        "defenderEnabled": True,
        "tpmRequired": True,
        "osMinimumVersion": f"10.0.{19000 + number}",
        **changes,
    }


def write_export(folder: Path, policies: list[dict[str, object]]) -> Path:
    """An export of these policies."""
    target = folder / "CompliancePolicies"
    target.mkdir(parents=True)
    for policy in policies:
        (target / f"{policy['displayName']}.json").write_text(json.dumps(policy), encoding="utf-8")
    return folder


def captured_world(world: World, folder: Path) -> Captured:
    """Capture both environments of the world: one object changed, one gone, one new, and one file damaged."""
    south = write_export(folder / "south", [compliance(1), compliance(2), compliance(3)])
    north = write_export(
        folder / "north",
        [compliance(1, passwordMinimumLength=4), compliance(2), compliance(4, displayName="Extra <4>")],
    )
    standard_snapshot = capture(world, world.other_environment, south, TAKEN_AT)
    with world.scope() as scope:
        standard = make_baseline(scope, "House standard", standard_snapshot.pk, actor=scope.actor)
        assign_baseline(scope, standard.pk, world.environment, actor=scope.actor)
    snapshot = capture(world, world.environment, north, TAKEN_AT + timedelta(days=1))
    with world.scope() as scope:
        return Captured(standard, standard_snapshot, snapshot, tuple(findings.findings(scope)))


def capture(world: World, environment: Environment, export: Path, observed_at: datetime) -> Snapshot:
    """Capture an export and perform what follows, as a worker would."""
    with world.scope() as scope:
        started = capture_folder(
            scope, environment, registry.export_provider().key, export, actor=scope.actor, observed_at=observed_at
        )
        execute(scope.workspace_id, started.run.pk)
        perform_all(world)
        made = inventory.snapshot_of_run(scope, started.run.pk)
        assert made is not None
        return made


def perform_all(world: World) -> None:
    """Perform every run that waits."""
    with world.scope() as scope:
        for run in list(operations.active_runs(scope)):
            execute(scope.workspace_id, run.pk)
