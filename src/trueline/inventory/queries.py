"""Reads of snapshots and baselines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from trueline.connections.contract import AreaReport, Coverage
from trueline.evidence import queries as evidence
from trueline.inventory.compare import Comparison, compare_snapshots
from trueline.inventory.manifest import StoredContent, stored_content
from trueline.inventory.models import (
    BaselineAssignment,
    BaselineProfile,
    BaselineVersion,
    Snapshot,
    SnapshotArea,
    SnapshotGap,
    SnapshotItem,
)
from trueline.inventory.rows import FIELDS, ItemRow
from trueline.kit.scope import NotVisible, Scope

_Row = TypeVar("_Row", bound=Model)


def snapshots(scope: Scope, environment_id: UUID) -> QuerySet[Snapshot]:
    """Snapshots of an environment, newest observation first."""
    if not scope.reaches(environment_id):
        raise NotVisible
    found = Snapshot.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id)
    return found.order_by("-observed_at", "-captured_at")


def newest_snapshots(scope: Scope, environment_ids: Sequence[UUID]) -> dict[UUID, Snapshot]:
    """The newest snapshot of each environment that has one, in one statement."""
    found = Snapshot.objects.filter(workspace_id=scope.workspace_id, environment_id__in=environment_ids)
    newest = (
        _in_reach(scope, found, "environment_id")
        .order_by("environment_id", "-observed_at", "-captured_at")
        .distinct("environment_id")
    )
    return {snapshot.environment_id: snapshot for snapshot in newest}


def snapshot(scope: Scope, snapshot_id: UUID) -> Snapshot:
    """One snapshot. Raises `NotVisible`."""
    found = Snapshot.objects.filter(workspace_id=scope.workspace_id, id=snapshot_id).first()
    if found is None or not scope.reaches(found.environment_id):
        raise NotVisible
    return found


def snapshot_of_run(scope: Scope, run_id: UUID) -> Snapshot | None:
    """What a run has captured, if it has."""
    found = Snapshot.objects.filter(workspace_id=scope.workspace_id, run_id=run_id)
    return _in_reach(scope, found, "environment_id").first()


def areas(scope: Scope, snapshot_id: UUID) -> QuerySet[SnapshotArea]:
    """The coverage manifest of a snapshot."""
    return _in_reach(scope, _areas(scope, snapshot_id))


def areas_of(scope: Scope, snapshot_ids: Iterable[UUID]) -> dict[UUID, dict[str, SnapshotArea]]:
    """The coverage manifests of several snapshots, each by area, in one statement."""
    rows = _in_reach(
        scope, SnapshotArea.objects.filter(workspace_id=scope.workspace_id, snapshot_id__in=list(snapshot_ids))
    )
    found: dict[UUID, dict[str, SnapshotArea]] = {}
    for row in rows:
        found.setdefault(row.snapshot_id, {})[row.area] = row
    return found


def area_reports(scope: Scope, snapshot_id: UUID) -> tuple[AreaReport, ...]:
    """The coverage manifest as the comparison takes it."""
    return _reports(areas(scope, snapshot_id))


def gaps(scope: Scope, snapshot_id: UUID) -> QuerySet[SnapshotGap]:
    """What could not be read, then what is odd."""
    found = SnapshotGap.objects.filter(workspace_id=scope.workspace_id, snapshot_id=snapshot_id)
    return _in_reach(scope, found).order_by("is_warning", "subject")


def items(scope: Scope, snapshot_id: UUID) -> QuerySet[SnapshotItem]:
    """The objects of a snapshot, by area and name."""
    return _in_reach(scope, _items(scope, snapshot_id))


def item(scope: Scope, item_id: UUID) -> SnapshotItem:
    """One object of a snapshot. Raises `NotVisible`."""
    found = SnapshotItem.objects.filter(workspace_id=scope.workspace_id, id=item_id).first()
    if found is None:
        raise NotVisible
    snapshot(scope, found.snapshot_id)
    return found


def contents(scope: Scope, rows: Sequence[SnapshotItem | ItemRow]) -> list[StoredContent]:
    """The content of objects, in their order."""
    held = evidence.documents(scope, [row.content_digest for row in rows])
    return [stored_content(held[row.content_digest]) for row in rows]


def compared(scope: Scope, left_id: UUID, right_id: UUID) -> Comparison[ItemRow]:
    """Two snapshots side by side; of two environments, ids mean nothing. Raises `NotVisible`."""
    return _compared(scope, snapshot(scope, left_id), snapshot(scope, right_id))


def compared_with_standard(scope: Scope, version: BaselineVersion, right_id: UUID) -> Comparison[ItemRow]:
    """A standard, left, against a snapshot, right.

    The standard may have been taken from an environment that this reader does not reach: it belongs to the workspace.
    """
    return _compared(scope, version.snapshot, snapshot(scope, right_id))


def _compared(scope: Scope, left: Snapshot, right: Snapshot) -> Comparison[ItemRow]:
    return compare_snapshots(
        _rows(scope, left.pk),
        _rows(scope, right.pk),
        left_areas=_reports(_areas(scope, left.pk)),
        right_areas=_reports(_areas(scope, right.pk)),
        load=lambda rows: contents(scope, rows),
        ignore_ids=left.environment_id != right.environment_id,
    )


def _rows(scope: Scope, snapshot_id: UUID) -> list[ItemRow]:
    return [ItemRow(*row) for row in _items(scope, snapshot_id).values_list(*FIELDS)]


def _items(scope: Scope, snapshot_id: UUID) -> QuerySet[SnapshotItem]:
    found = SnapshotItem.objects.filter(workspace_id=scope.workspace_id, snapshot_id=snapshot_id)
    return found.order_by("area", "name", "id")


def _areas(scope: Scope, snapshot_id: UUID) -> QuerySet[SnapshotArea]:
    return SnapshotArea.objects.filter(workspace_id=scope.workspace_id, snapshot_id=snapshot_id).order_by("area")


def _reports(rows: Iterable[SnapshotArea]) -> tuple[AreaReport, ...]:
    return tuple(AreaReport(row.area, Coverage(row.coverage), row.objects_count, row.reason) for row in rows)


def _in_reach(scope: Scope, found: QuerySet[_Row], column: str = "snapshot__environment_id") -> QuerySet[_Row]:
    """Only rows of environments that the reader reaches; adds nothing to the statement of somebody not narrowed."""
    if scope.environment_ids is not None:
        found = found.filter(**{f"{column}__in": scope.environment_ids})
    return found.exclude(**{f"{column}__in": scope.excluded_ids}) if scope.excluded_ids else found


def baselines(scope: Scope) -> QuerySet[BaselineProfile]:
    """Standards of the workspace, by name."""
    return BaselineProfile.objects.filter(workspace_id=scope.workspace_id, archived_at=None).order_by("name")


def baseline(scope: Scope, profile_id: UUID) -> BaselineProfile:
    """One standard. Raises `NotVisible`."""
    found = baselines(scope).filter(id=profile_id).first()
    if found is None:
        raise NotVisible
    return found


def versions(scope: Scope, profile_id: UUID) -> QuerySet[BaselineVersion]:
    """States of a standard, newest first."""
    found = BaselineVersion.objects.filter(workspace_id=scope.workspace_id, profile_id=profile_id)
    return found.select_related("snapshot").order_by("-number")


def newest_versions(scope: Scope) -> dict[UUID, BaselineVersion]:
    """The newest version of each standard of the workspace with its snapshot, by standard, in one statement."""
    found = BaselineVersion.objects.filter(workspace_id=scope.workspace_id).select_related("snapshot")
    return {row.profile_id: row for row in found.order_by("profile_id", "-number").distinct("profile_id")}


def assignments(scope: Scope) -> QuerySet[BaselineAssignment]:
    """Which environments in reach are held to which standard."""
    found = BaselineAssignment.objects.filter(workspace_id=scope.workspace_id).exclude(
        environment_id__in=scope.excluded_ids
    )
    if scope.environment_ids is not None:
        found = found.filter(environment_id__in=scope.environment_ids)
    return found.select_related("profile").order_by("profile__name")


def standards_of(scope: Scope, environment_id: UUID) -> list[BaselineVersion]:
    """The newest version of each standard that an environment is held to."""
    held = assignments(scope).filter(environment_id=environment_id).values_list("profile_id", flat=True)
    found = BaselineVersion.objects.filter(workspace_id=scope.workspace_id, profile_id__in=held)
    return list(found.select_related("profile", "snapshot").order_by("profile_id", "-number").distinct("profile_id"))
