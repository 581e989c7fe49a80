"""Standards: what environments are held to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import readings
from trueline.api.schemas.shapes import Paging
from trueline.api.views.runs import shown as shown_run
from trueline.findings.starting import judge_again
from trueline.inventory import queries as inventory
from trueline.inventory.actions import add_baseline_version, assign_baseline, make_baseline
from trueline.inventory.models import BaselineProfile, BaselineVersion
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

_TAG = "Standards"
_MANAGE = Capability.BASELINES_MANAGE
_ONE = "/standards/{uuid:profile_id}"


@operation("GET", "/standards", Capability.WORKSPACE_VIEW, readings.StandardPage, tag=_TAG)
def list_standards(asked: Asked, filters: Query[Paging]) -> dict[str, Any]:
    """Standards by name, with their newest version and what is held to them."""
    return page(asked, filters, inventory.baselines(asked.scope), ("name", "id"), lambda rows: _shown(asked, rows))


@operation("POST", "/standards", _MANAGE, readings.Standard, tag=_TAG, success=201, record=True)
def create_standard(asked: Asked, given: readings.NewStandard) -> readings.Standard:
    """Make a capture a standard.

    Answers 409 when the name is taken, 404 when the capture is not in reach.
    """
    made = make_baseline(asked.scope, given.name, given.capture_id, actor=asked.actor)
    asked.made("standards", made.pk)
    return _shown(asked, [made])[0]


@operation("GET", _ONE, Capability.WORKSPACE_VIEW, readings.Standard, tag=_TAG, record=True)
def get_standard(asked: Asked, profile_id: UUID) -> readings.Standard:
    """One standard."""
    found = inventory.baseline(asked.scope, profile_id)
    asked.scope.require(Capability.WORKSPACE_VIEW)
    return _shown(asked, [found])[0]


@operation("POST", _ONE + "/versions", _MANAGE, readings.Standard, tag=_TAG, success=201, record=True)
def add_version(asked: Asked, profile_id: UUID, given: readings.NewVersion) -> readings.Standard:
    """Make a capture the next version of a standard.

    What is held to it is compared with this capture from the next capture on.
    """
    found = inventory.baseline(asked.scope, profile_id)
    asked.scope.require(_MANAGE)
    asked.hold_to(_shown(asked, [found])[0])
    add_baseline_version(asked.scope, profile_id, given.capture_id, actor=asked.actor)
    asked.made("standards", profile_id)
    return _shown(asked, [found])[0]


@operation("POST", _ONE + "/assignments", _MANAGE, readings.Assignment, tag=_TAG, success=201, record=True)
def assign_standard(asked: Asked, profile_id: UUID, given: readings.NewAssignment) -> readings.Assignment:
    """Hold an environment to a standard, and judge its newest capture at once.

    Doing it twice changes nothing.
    """
    found = inventory.baseline(asked.scope, profile_id)
    environment = access.environment(asked.scope, given.environment)
    asked.scope.require(_MANAGE, environment.pk)
    assign_baseline(asked.scope, found.pk, environment, actor=asked.actor)
    started = judge_again(asked.scope, environment, actor=asked.actor)
    asked.made("standards", found.pk)
    return readings.Assignment(
        environment=environment.slug, standard_id=found.pk, run=shown_run(started.run) if started else None
    )


def _shown(asked: Asked, rows: list[BaselineProfile]) -> list[readings.Standard]:
    slugs = {one.pk: one.slug for one in workspaces.environments(asked.scope)}
    newest = inventory.newest_versions(asked.scope)
    held: dict[UUID, list[str]] = {}
    for assignment in inventory.assignments(asked.scope):
        if assignment.environment_id in slugs:
            held.setdefault(assignment.profile_id, []).append(slugs[assignment.environment_id])
    return [
        readings.Standard(
            id=one.pk,
            name=one.name,
            created_at=one.created_at,
            newest_version=_version(asked, newest.get(one.pk)),
            environments=sorted(held.get(one.pk, [])),
        )
        for one in rows
    ]


def _version(asked: Asked, version: BaselineVersion | None) -> readings.StandardVersion | None:
    if version is None:
        return None
    is_reached = asked.scope.reaches(version.snapshot.environment_id)
    return readings.StandardVersion(
        number=version.number,
        capture_id=version.snapshot_id if is_reached else None,
        created_at=version.created_at,
    )
