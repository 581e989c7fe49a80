"""Reads of connections and uploads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar
from uuid import UUID

from django.db.models import F, QuerySet

from trueline.connections.models import Connection, Upload, UploadChunk
from trueline.kit.scope import NotVisible, Scope

_Found = TypeVar("_Found", Connection, Upload)


def connection(scope: Scope, connection_id: UUID) -> Connection:
    """One connection. Raises `NotVisible`."""
    return _reached(scope, Connection.objects.filter(workspace_id=scope.workspace_id, id=connection_id).first())


def connections(scope: Scope) -> QuerySet[Connection]:
    """Connections of environments in reach, switched off ones too."""
    found = Connection.objects.filter(workspace_id=scope.workspace_id).exclude(environment_id__in=scope.excluded_ids)
    if scope.environment_ids is not None:
        found = found.filter(environment_id__in=scope.environment_ids)
    return found.order_by("created_at", "id")


def connection_of(scope: Scope, environment_id: UUID) -> Connection | None:
    """The enabled connection that an environment in reach is read by, if it has one."""
    if not scope.reaches(environment_id):
        return None
    found = Connection.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id)
    return found.filter(disabled_at=None).order_by("created_at").first()


def any_connection_of(scope: Scope, environment_id: UUID) -> Connection | None:
    """The same, or when all are switched off one of those."""
    if not scope.reaches(environment_id):
        return None
    found = Connection.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id)
    return found.order_by(F("disabled_at").desc(nulls_first=True), "created_at").first()


def upload(scope: Scope, upload_id: UUID) -> Upload:
    """One upload. Raises `NotVisible`."""
    return _reached(scope, Upload.objects.filter(workspace_id=scope.workspace_id, id=upload_id).first())


def upload_pieces(scope: Scope, upload_id: UUID) -> Iterator[bytes]:
    """The bytes of an upload, piece by piece. Raises `NotVisible`."""
    upload(scope, upload_id)
    pieces = UploadChunk.objects.filter(workspace_id=scope.workspace_id, upload_id=upload_id)
    for position in pieces.order_by("position").values_list("position", flat=True):
        yield bytes(pieces.values_list("body", flat=True).get(position=position))


def _reached(scope: Scope, found: _Found | None) -> _Found:
    if found is None or not scope.reaches(found.environment_id):
        raise NotVisible
    return found
