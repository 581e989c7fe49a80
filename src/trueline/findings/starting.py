"""Ask for a detection, from whatever door."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from trueline.findings.jobs import DETECT
from trueline.inventory import queries as inventory
from trueline.inventory.models import BaselineVersion
from trueline.kit.scope import Actor, NotAllowed, Scope
from trueline.operations.actions.runs import Started, Target, start_run
from trueline.operations.errors import RunBlocked
from trueline.workspaces import queries as workspaces
from trueline.workspaces.models import Environment


@dataclass(frozen=True, slots=True)
class Judging:
    """What a new version set in motion: the runs, and how many environments have to wait for their next capture."""

    runs: tuple[Started, ...]
    waiting: int


@transaction.atomic
def judge_again(scope: Scope, environment: Environment, *, actor: Actor) -> Started | None:
    """Hold the newest capture of an environment against its standards as they are now.

    None when nothing was captured yet: the first capture is judged by itself. Raises `NotAllowed`, `RunBlocked`.
    """
    newest = inventory.snapshots(scope, environment.pk).first()
    if newest is None:
        return None
    target = Target(environment.pk, environment.name)
    return start_run(scope, DETECT.code, target, {"snapshot_id": str(newest.pk)}, actor=actor)


@transaction.atomic
def judge_by(scope: Scope, version: BaselineVersion, *, actor: Actor) -> Judging:
    """Hold the newest capture of every environment that a standard holds against its new version, one run for each.

    Where nothing was captured yet, or where the actor may not start a run, or it is blocked, the next capture is held
    against the version. Each run names the version: one under way may have read the version before.
    """
    held = set(
        inventory.assignments(scope).filter(profile_id=version.profile_id).values_list("environment_id", flat=True)
    )
    newest = inventory.newest_snapshots(scope, list(held))
    found, waiting = [], 0
    for place in workspaces.environments(scope).filter(id__in=held):
        if place.pk not in newest:
            continue
        parameters = {"snapshot_id": str(newest[place.pk].pk), "version_id": str(version.pk)}
        try:
            found.append(start_run(scope, DETECT.code, Target(place.pk, place.name), parameters, actor=actor))
        except (NotAllowed, RunBlocked):
            waiting += 1
    return Judging(tuple(found), waiting)
