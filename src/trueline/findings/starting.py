"""Ask for a detection, from whatever door."""

from __future__ import annotations

from django.db import transaction

from trueline.findings.jobs import DETECT
from trueline.inventory import queries as inventory
from trueline.kit.scope import Actor, Scope
from trueline.operations.actions.runs import Started, Target, start_run
from trueline.workspaces.models import Environment


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
