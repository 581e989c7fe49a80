"""Reads of snapshots and baselines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import F, Min, Model, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from trueline.connections.contract import AreaReport, Coverage, Unread, Warn
from trueline.evidence import queries as evidence
from trueline.inventory.answers import links_of, relation
from trueline.inventory.compare import Comparison, compare_snapshots
from trueline.inventory.manifest import StoredContent, stored_content
from trueline.inventory.models import (
    BaselineAssignment,
    BaselineProfile,
    BaselineVersion,
    IdentityLink,
    Snapshot,
    SnapshotArea,
    SnapshotGap,
    SnapshotItem,
)
from trueline.inventory.readings import Told, Whole, compare_whole
from trueline.inventory.rows import FIELDS, HeldObject, ItemRow, held_object
from trueline.kit.database.reach import in_reach
from trueline.kit.scope import NotVisible, Scope

_Row = TypeVar("_Row", bound=Model)
_DOCUMENTS = 2_000
_RECENT = 5


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


def newest_looks(scope: Scope, environment_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, datetime, bool]]:
    """Of each environment's newest snapshot its id, when it was observed and whether all was read; in one statement."""
    found = Snapshot.objects.filter(workspace_id=scope.workspace_id, environment_id__in=environment_ids)
    newest = (
        _in_reach(scope, found, "environment_id")
        .order_by("environment_id", "-observed_at", "-captured_at")
        .distinct("environment_id")
    )
    rows = newest.values_list("environment_id", "id", "observed_at", "coverage")
    return {place: (snapshot_id, at, coverage == Coverage.COMPLETE) for place, snapshot_id, at, coverage in rows}


def unread_areas(scope: Scope, snapshot_ids: Iterable[UUID]) -> dict[str, set[str]]:
    """Areas that some of these snapshots did not read completely, with how far they were read; in one statement."""
    rows = SnapshotArea.objects.filter(workspace_id=scope.workspace_id, snapshot_id__in=list(snapshot_ids))
    lost = _in_reach(scope, rows).exclude(coverage=Coverage.COMPLETE).values_list("area", "coverage").distinct()
    found: dict[str, set[str]] = {}
    for area, coverage in lost:
        found.setdefault(area, set()).add(coverage)
    return found


def first_look_since(scope: Scope, moment: datetime) -> datetime | None:
    """The first moment of which anything is known, not before a moment; None while nothing was captured."""
    found = _in_reach(scope, Snapshot.objects.filter(workspace_id=scope.workspace_id), "environment_id")
    if found.filter(observed_at__lt=moment).exists():
        return moment
    first: datetime | None = found.aggregate(first=Min("observed_at"))["first"]
    return first


def recent_snapshots(scope: Scope, environment_ids: Sequence[UUID]) -> list[Snapshot]:
    """The newest few snapshots of each of these environments, newest first, in one statement."""
    found = Snapshot.objects.filter(workspace_id=scope.workspace_id, environment_id__in=environment_ids)
    place = Window(RowNumber(), partition_by=F("environment_id"), order_by=("-observed_at", "-captured_at"))
    return list(
        _in_reach(scope, found, "environment_id")
        .annotate(place=place)
        .filter(place__lte=_RECENT)
        .order_by("-observed_at", "-captured_at")
    )


def snapshot_with_definitions(scope: Scope) -> Snapshot | None:
    """The newest snapshot in reach whose export told what settings are called."""
    found = Snapshot.objects.filter(workspace_id=scope.workspace_id).exclude(definitions_digest=None)
    return _in_reach(scope, found, "environment_id").order_by("-observed_at", "-captured_at").first()


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


def objects(scope: Scope, snapshot_id: UUID) -> list[HeldObject]:
    """Every object of a snapshot with its content, as assertions read it. Raises `NotVisible`."""
    rows = _rows(scope, snapshot(scope, snapshot_id).pk)
    held = _held(scope, (row.content_digest for row in rows))
    return [held_object(row, held[row.content_digest]) for row in rows]


def compared(scope: Scope, left_id: UUID, right_id: UUID) -> Comparison[ItemRow]:
    """Two snapshots side by side; of two environments, ids mean nothing. Raises `NotVisible`."""
    return _compared(scope, snapshot(scope, left_id), snapshot(scope, right_id))


def compared_with_standard(scope: Scope, version: BaselineVersion, right_id: UUID) -> Comparison[ItemRow]:
    """A standard, left, against a snapshot, right.

    The standard may have been taken from an environment that this reader does not reach: it belongs to the workspace.
    """
    return _compared(scope, _held_up(version), snapshot(scope, right_id), version.profile_id)


def _compared(scope: Scope, left: Snapshot, right: Snapshot, profile_id: UUID | None = None) -> Comparison[ItemRow]:
    answers = identity_links(scope, right.environment_id)
    return compare_snapshots(
        _rows(scope, left.pk),
        _rows(scope, right.pk),
        left_areas=_reports(_areas(scope, left.pk)),
        right_areas=_reports(_areas(scope, right.pk)),
        load=lambda rows: contents(scope, rows),
        links=links_of(answers, relation(left.environment_id, right.environment_id, profile_id)),
        ignore_ids=left.environment_id != right.environment_id,
    )


def whole(scope: Scope, left_id: UUID, right_id: UUID, *, ignore_ids: bool = False) -> Whole[ItemRow]:
    """Two snapshots side by side with everything: proposed pairs, settings, and what was not read.

    Of two environments ids mean nothing anyway; `ignore_ids` says the same of two captures of one.
    """
    return _whole(scope, snapshot(scope, left_id), snapshot(scope, right_id), ignore_ids=ignore_ids)


def whole_with_standard(scope: Scope, version: BaselineVersion, right_id: UUID) -> Whole[ItemRow]:
    """The same of a standard, left, and a snapshot, right."""
    return _whole(scope, _held_up(version), snapshot(scope, right_id), version.profile_id)


def _held_up(version: BaselineVersion) -> Snapshot:
    """The capture that a version holds up; assertions alone cannot stand beside a capture object by object."""
    if version.snapshot is None:
        raise NotVisible
    return version.snapshot


def _whole(
    scope: Scope, left: Snapshot, right: Snapshot, profile_id: UUID | None = None, *, ignore_ids: bool = False
) -> Whole[ItemRow]:
    answers = identity_links(scope, right.environment_id)
    sides = _told(scope, left), _told(scope, right)
    # Both sides show each object's settings, so all content is needed once; equal content is one document.
    held = _held(scope, (row.content_digest for side in sides for row in side.items))
    return compare_whole(
        *sides,
        load=lambda rows: [held[row.content_digest] for row in rows],
        links=links_of(answers, relation(left.environment_id, right.environment_id, profile_id)),
        ignore_ids=ignore_ids or left.environment_id != right.environment_id,
    )


def _told(scope: Scope, found: Snapshot) -> Told[ItemRow]:
    gone = SnapshotGap.objects.filter(workspace_id=scope.workspace_id, snapshot_id=found.pk)
    odd = list(gone)
    return Told(
        _rows(scope, found.pk),
        _reports(_areas(scope, found.pk)),
        tuple(Unread(gap.subject, gap.kind, gap.detail, gap.area) for gap in odd if not gap.is_warning),
        tuple(Warn(gap.kind, tuple(gap.subject.split("\n"))) for gap in odd if gap.is_warning),
    )


def _held(scope: Scope, digests: Iterable[str]) -> dict[str, StoredContent]:
    wanted, found = sorted(set(digests)), dict[str, StoredContent]()
    for start in range(0, len(wanted), _DOCUMENTS):
        documents = evidence.documents(scope, wanted[start : start + _DOCUMENTS])
        found |= {digest: stored_content(document) for digest, document in documents.items()}
    return found


def identity_links(scope: Scope, environment_id: UUID) -> QuerySet[IdentityLink]:
    """What people answered about pairs of an environment, newest first; never of one out of reach."""
    if not scope.reaches(environment_id):
        raise NotVisible
    found = _links_in_reach(scope).filter(
        Q(right_environment_id=environment_id) | Q(left_environment_id=environment_id)
    )
    return found.order_by("-answered_at", "id")


def identity_link(scope: Scope, identity_link_id: UUID) -> IdentityLink:
    """One answer. Raises `NotVisible`."""
    found = _links_in_reach(scope).filter(id=identity_link_id).first()
    if found is None:
        raise NotVisible
    return found


def _links_in_reach(scope: Scope) -> QuerySet[IdentityLink]:
    found = _in_reach(
        scope, IdentityLink.objects.filter(workspace_id=scope.workspace_id), "right_environment_id"
    ).exclude(left_environment_id__in=scope.excluded_ids)
    if scope.environment_ids is None:
        return found
    return found.filter(Q(left_environment_id=None) | Q(left_environment_id__in=scope.environment_ids))


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
    """Only what environments in reach have shown; rows of a snapshot by the environment of that."""
    return in_reach(scope, found, column)


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
