"""Connect an environment, receive a file, and let its bytes go again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import IntegrityError, transaction

from trueline.audit.actions import Subject, record
from trueline.connections import queries
from trueline.connections.errors import UploadTooLarge
from trueline.connections.models import Connection, Upload, UploadChunk
from trueline.connections.rules import CHUNK_BYTES, LARGEST_UPLOAD_BYTES, ConnectionKind, UploadState
from trueline.kit.scope import Actor, Scope
from trueline.workspaces import access
from trueline.workspaces.actions import move_environment
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Capability, Lifecycle


@transaction.atomic
def connect_export(scope: Scope, environment: Environment, provider_key: str, *, actor: Actor) -> Connection:
    """The environment's connection for exported files; made, with the environment activated, when it is missing."""
    return _connected(scope, environment, ConnectionKind.EXPORT, provider_key, actor)


@transaction.atomic
def connect_traces(scope: Scope, environment: Environment, provider_key: str, *, actor: Actor) -> Connection:
    """The same for an environment that sends its traces."""
    return _connected(scope, environment, ConnectionKind.TRACES, provider_key, actor)


def _connected(
    scope: Scope, environment: Environment, kind: ConnectionKind, provider_key: str, actor: Actor
) -> Connection:
    found = queries.connection_of(scope, environment.pk)
    if found is not None:
        return found
    scope.require(Capability.CONNECTIONS_MANAGE, environment.pk)
    named = {"environment_id": environment.pk, "kind": kind, "provider_key": provider_key}
    made = Connection(workspace_id=scope.workspace_id, **named)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # another process connected it in the same moment
        return Connection.objects.get(workspace_id=scope.workspace_id, **named)
    if environment.lifecycle == Lifecycle.ONBOARDING:
        move_environment(scope, environment, Lifecycle.ACTIVE, actor=actor)
    subject = Subject("connection", str(made.pk), provider_key, environment.pk, environment.name)
    record(scope.workspace_id, "connections:connection:create", subject, actor=actor)
    return made


@transaction.atomic
def receive_upload(scope: Scope, environment_id: UUID, name: str, pieces: Iterable[bytes], *, actor: Actor) -> Upload:
    """Keep an uploaded file in pieces, whole or not at all. Raises `UploadTooLarge`."""
    environment = access.environment_by_id(scope, environment_id)
    scope.require(Capability.OPERATIONS_START, environment.pk)
    upload = Upload(
        workspace_id=scope.workspace_id,
        environment_id=environment.pk,
        name=name[-200:],
        size_bytes=0,
        received_by_label=actor.label,
    )
    hashed = hashlib.sha256()
    for position, body in enumerate(_chunks(pieces)):
        hashed.update(body)
        upload.size_bytes += len(body)
        if upload.size_bytes > LARGEST_UPLOAD_BYTES:
            raise UploadTooLarge(LARGEST_UPLOAD_BYTES)
        UploadChunk.objects.create(workspace_id=scope.workspace_id, upload=upload, position=position, body=body)
    upload.digest = hashed.hexdigest()
    upload.save(force_insert=True)
    subject = Subject("upload", str(upload.pk), upload.name, environment.pk, environment.name)
    after = {"size_bytes": upload.size_bytes, "sha256": upload.digest}
    record(scope.workspace_id, "connections:upload:receive", subject, actor=actor, after=after)
    return upload


# lint: allow TL015 the event of the capture names the actor
def let_go(scope: Scope, upload_id: UUID) -> None:
    """Remove the bytes of a file that was read, or refused; the event of the capture or of its run tells of it."""
    UploadChunk.objects.filter(workspace_id=scope.workspace_id, upload_id=upload_id).delete()
    Upload.objects.filter(workspace_id=scope.workspace_id, id=upload_id).update(state=UploadState.READ)


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of at most `CHUNK_BYTES`."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES])
            del held[:CHUNK_BYTES]
    if held:
        yield bytes(held)
