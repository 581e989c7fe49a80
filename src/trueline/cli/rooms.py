"""What commands do with the rooms. Imported only once Django is ready."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from trueline.cli.report import CaptureReport, GapLine
from trueline.connections import registry
from trueline.findings import queries as findings
from trueline.inventory import actions as inventory
from trueline.inventory import queries
from trueline.inventory.models import Snapshot
from trueline.inventory.starting import capture_folder
from trueline.kit.database.context import within
from trueline.kit.errors import Refused
from trueline.kit.scope import Actor, ActorKind, Scope
from trueline.operations.actions.execution import execute
from trueline.operations.actions.work import Tell, listening
from trueline.operations.models import OperationRun
from trueline.operations.queries import runs
from trueline.operations.rules import RunOutcome
from trueline.workspaces import access
from trueline.workspaces.actions import create_environment, create_person, create_workspace, make_sign_in_link
from trueline.workspaces.installation import every_workspace, one_workspace
from trueline.workspaces.models import Environment
from trueline.workspaces.queries import environments, person_by_email

OWNER = "owner@localhost.localdomain"


@dataclass(frozen=True, slots=True)
class CaptureWish:
    """A capture as the command line asks for it."""

    path: Path
    environment: str
    workspace: str | None
    standard: str | None
    against: str | None
    observed_at: datetime


def operator() -> Actor:
    """Whoever runs the machine, as the trail names them."""
    return Actor(ActorKind.SYSTEM, "command-line", f"command line ({getpass.getuser()})")


def sign_in_link(email: str) -> str:
    """The address of a link that signs a person in once. Raises `Refused` for an unknown one."""
    user = person_by_email(email)
    if user is None:
        raise Refused(f"Nobody has an account with the address {email}.")
    return settings.PUBLIC_URL + reverse("sign_in_link", args=[make_sign_in_link(user, actor=operator())])


def capture(wish: CaptureWish, tell: Tell) -> CaptureReport:
    """Read an export into an environment, detect, and report. The first capture ever makes a workspace for it."""
    workspace_id = _workspace_id(wish.workspace)
    with within(workspace_id), listening(tell):
        scope = access.system(workspace_id, operator().label)
        environment = environment_named(scope, wish.environment)
        if wish.against:
            _hold(scope, wish.against, environment)
        snapshot = captured(scope, environment, wish.path, wish.observed_at)
        if wish.standard:
            inventory.make_baseline(scope, wish.standard, snapshot.pk, actor=scope.actor)
        return report_of(scope, environment, snapshot)


def _workspace_id(slug: str | None) -> Any:
    if slug is None and not every_workspace(actor=operator(), purpose="first capture"):
        owner = person_by_email(OWNER) or create_person(OWNER, "Owner", actor=operator())
        return create_workspace("Workspace", owner=owner, actor=operator()).pk
    return one_workspace(slug, actor=operator(), purpose="capture").id


def environment_named(scope: Scope, name: str) -> Environment:
    """The environment of that name, made when there is none."""
    found = environments(scope).filter(name=name).first()
    return found or create_environment(scope, name, actor=scope.actor)


def _hold(scope: Scope, standard: str, environment: Environment) -> None:
    profile = queries.baselines(scope).filter(name=standard).first()
    if profile is None:
        raise Refused(f"There is no standard called {standard!r}.", next_step="Make one with --standard first.")
    inventory.assign_baseline(scope, profile.pk, environment, actor=scope.actor)


def captured(scope: Scope, environment: Environment, path: Path, observed_at: datetime) -> Snapshot:
    """Capture and detect in this process. Raises `Refused` with the run's own sentence when it failed."""
    provider = registry.export_provider()
    started = capture_folder(scope, environment, provider.key, path, actor=scope.actor, observed_at=observed_at)
    run = performed(scope, started.run)
    snapshot = queries.snapshot_of_run(scope, run.pk)
    if snapshot is None:
        raise Refused(run.message or f"The capture ended as {run.outcome}.")
    for following in runs(scope).filter(environment_id=environment.pk, parameters__snapshot_id=str(snapshot.pk)):
        performed(scope, following)
    return snapshot


def performed(scope: Scope, run: OperationRun) -> OperationRun:
    """Do a run in this process. Raises `Refused` with the run's own sentence when it failed."""
    execute(scope.workspace_id, run.pk)
    ended = runs(scope).get(id=run.pk)
    if ended.outcome in {RunOutcome.FAILED, RunOutcome.BLOCKED, RunOutcome.CANCELLED}:
        raise Refused(ended.message or f"The run ended as {ended.outcome}.")
    return ended


def report_of(scope: Scope, environment: Environment, snapshot: Snapshot) -> CaptureReport:
    """What a capture showed, for a terminal or a script."""
    areas = queries.areas(scope, snapshot.pk)
    gaps = [GapLine(gap.kind, gap.subject, gap.detail, gap.is_warning) for gap in queries.gaps(scope, snapshot.pk)]
    rows = findings.open_findings(scope).filter(environment_id=environment.pk)
    return CaptureReport(
        environment=environment.name,
        objects=snapshot.objects_count,
        coverage=snapshot.coverage,
        areas={row.area: (row.coverage, row.objects_count, row.reason) for row in areas},
        gaps=tuple(gaps),
        open_findings=findings.open_counts(scope, [environment.pk]).get(environment.pk, {}),
        worst=tuple(f"{row.severity}: {row.subject_name} {row.path}".strip() for row in rows[:10]),
    )
