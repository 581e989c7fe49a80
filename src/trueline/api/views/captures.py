"""Captures: hand over an export, and read what was captured."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import File, Form, Query, UploadedFile

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import readings
from trueline.api.schemas.shapes import GivenTime, Paging
from trueline.api.views.environments import looked_at
from trueline.api.views.runs import shown as shown_run
from trueline.connections import registry
from trueline.connections.contract import Coverage
from trueline.evidence import queries as evidence
from trueline.inventory import queries as inventory
from trueline.inventory.models import Snapshot, SnapshotArea, SnapshotGap, SnapshotItem
from trueline.inventory.starting import capture_file
from trueline.kit import clock
from trueline.kit.scope import NotVisible
from trueline.workspaces import access
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Capability

_TAG = "Captures"
_VIEW = Capability.WORKSPACE_VIEW
_ENVIRONMENT = "/environments/{slug:environment}/captures"
_CAPTURE = _ENVIRONMENT + "/{uuid:snapshot_id}"
_RECENT = ("-observed_at", "-captured_at", "-id")


@operation("POST", _ENVIRONMENT, Capability.OPERATIONS_START, readings.Run, tag=_TAG, success=202, record=True)
def start_capture(
    asked: Asked,
    environment: str,
    export: File[UploadedFile],
    observed_at: Form[GivenTime | None] = None,
) -> readings.Run:
    """Hand over an export and have it captured.

    `export` is a zip or a JSON file of at most 200 MB; `observed_at` says when it was taken, else it counts as taken
    now. The answer is the run; `Location` says where to follow it.
    """
    found = access.environment(asked.scope, environment)
    asked.scope.require(Capability.OPERATIONS_START, found.pk)
    started = capture_file(
        asked.scope,
        found,
        registry.export_provider(found.kind).key,
        export.name or "export",
        export.chunks(),
        actor=asked.actor,
        observed_at=observed_at or clock.now(),
    )
    asked.made("runs", started.run.pk)
    return shown_run(started.run)


@operation("GET", _ENVIRONMENT, _VIEW, readings.CapturePage, tag=_TAG, record=True)
def list_captures(asked: Asked, environment: str, filters: Query[Paging]) -> dict[str, Any]:
    """Captures of an environment, newest observation first."""
    found = looked_at(asked, environment)
    history = inventory.snapshots(asked.scope, found.pk)
    return page(asked, filters, history, _RECENT, lambda rows: [shown(one, found) for one in rows])


@operation("GET", _CAPTURE, _VIEW, readings.CaptureDetail, tag=_TAG, record=True)
def get_capture(asked: Asked, environment: str, snapshot_id: UUID) -> readings.CaptureDetail:
    """One capture with the coverage of every area."""
    found, capture = _found(asked, environment, snapshot_id)
    areas = [_area(one) for one in inventory.areas(asked.scope, capture.pk)]
    return readings.CaptureDetail(**shown(capture, found).model_dump(), areas=areas)


@operation("GET", _CAPTURE + "/gaps", _VIEW, readings.GapPage, tag=_TAG, record=True)
def list_gaps(asked: Asked, environment: str, snapshot_id: UUID, filters: Query[Paging]) -> dict[str, Any]:
    """What could not be read, then what is odd."""
    _, capture = _found(asked, environment, snapshot_id)
    gaps = inventory.gaps(asked.scope, capture.pk)
    return page(asked, filters, gaps, ("is_warning", "subject", "id"), lambda rows: [_gap(one) for one in rows])


@operation("GET", _CAPTURE + "/objects", _VIEW, readings.ObjectPage, tag=_TAG, record=True)
def list_objects(
    asked: Asked, environment: str, snapshot_id: UUID, filters: Query[readings.ObjectFilter]
) -> dict[str, Any]:
    """Objects of a capture, by area and name."""
    _, capture = _found(asked, environment, snapshot_id)
    items = inventory.items(asked.scope, capture.pk)
    if filters.area:
        items = items.filter(area=filters.area)
    return page(asked, filters, items, ("area", "name", "id"), lambda rows: [_object(one) for one in rows])


@operation("GET", _CAPTURE + "/objects/{uuid:item_id}", _VIEW, readings.ObjectDetail, tag=_TAG, record=True)
def get_object(asked: Asked, environment: str, snapshot_id: UUID, item_id: UUID) -> readings.ObjectDetail:
    """One object with its content.

    Secrets were removed when it was captured.
    """
    _, capture = _found(asked, environment, snapshot_id)
    item = inventory.item(asked.scope, item_id)
    if item.snapshot_id != capture.pk:
        raise NotVisible
    content = evidence.documents(asked.scope, [item.content_digest]).get(item.content_digest) or {}
    return readings.ObjectDetail(**_object(item).model_dump(), facets=content.get("facets", {}))


def _found(asked: Asked, slug: str, snapshot_id: UUID) -> tuple[Environment, Snapshot]:
    """A capture of that environment and no other. Raises `NotVisible`, then `NotAllowed`."""
    found = access.environment_in_any_state(asked.scope, slug)
    capture = inventory.snapshot(asked.scope, snapshot_id)
    if capture.environment_id != found.pk:
        raise NotVisible
    asked.scope.require(_VIEW, found.pk)
    return found, capture


def shown(capture: Snapshot, environment: Environment) -> readings.Capture:
    """A capture as an answer."""
    return readings.Capture(
        id=capture.pk,
        environment=environment.slug,
        run_id=capture.run_id,
        provider=capture.provider_key,
        source=capture.source_label,
        observed_at=capture.observed_at,
        captured_at=capture.captured_at,
        coverage=Coverage(capture.coverage),
        objects=capture.objects_count,
        unread=capture.unread_count,
        digest=capture.digest,
    )


def _area(area: SnapshotArea) -> readings.Area:
    return readings.Area(
        area=area.area, coverage=Coverage(area.coverage), objects=area.objects_count, reason=area.reason
    )


def _gap(gap: SnapshotGap) -> readings.Gap:
    return readings.Gap(kind=gap.kind, area=gap.area, subject=gap.subject, detail=gap.detail, is_warning=gap.is_warning)


def _object(item: SnapshotItem) -> readings.Object:
    return readings.Object(
        id=item.pk,
        area=item.area,
        object_type=item.object_type,
        external_id=item.external_id,
        name=item.name,
        platform=item.platform,
        source_path=item.source_path,
        is_truncated=item.is_truncated,
        content_digest=item.content_digest,
    )
