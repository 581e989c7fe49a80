"""Ask for a capture, from whatever door."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from trueline.connections.actions import connect_export, receive_upload
from trueline.connections.queries import upload as find_upload
from trueline.inventory.jobs import CAPTURE
from trueline.kit.scope import Actor, NotVisible, Scope
from trueline.operations.actions.runs import Started, Target, start_run
from trueline.workspaces.models import Environment


@transaction.atomic
def capture_folder(  # noqa: PLR0913 - where, what, by whom, when
    scope: Scope, environment: Environment, provider_key: str, path: Path, *, actor: Actor, observed_at: datetime
) -> Started:
    """Ask for a capture of an export on this server's own disk, which the caller performs at once.

    Only the command line can name a path.
    """
    parameters = {"path": str(path), "source_label": path.name}
    return _start(scope, environment, provider_key, parameters, actor=actor, observed_at=observed_at, wakes=False)


@transaction.atomic
def capture_upload(  # noqa: PLR0913 - where, what, by whom, when
    scope: Scope, environment: Environment, provider_key: str, upload_id: UUID, *, actor: Actor, observed_at: datetime
) -> Started:
    """Ask for a capture of a file that was uploaded for this environment. Raises `NotVisible` for any other."""
    upload = find_upload(scope, upload_id)
    if upload.environment_id != environment.pk:
        raise NotVisible
    parameters = {"upload_id": str(upload.pk), "source_label": upload.name}
    return _start(scope, environment, provider_key, parameters, actor=actor, observed_at=observed_at)


@transaction.atomic
def capture_file(  # noqa: PLR0913 - where, which file, by whom, when
    scope: Scope,
    environment: Environment,
    provider_key: str,
    name: str,
    pieces: Iterable[bytes],
    *,
    actor: Actor,
    observed_at: datetime,
) -> Started:
    """Keep a file that a person handed over and ask for its capture, both or neither.

    Raises `UploadTooLarge`, `NotAllowed`, `RunBlocked`.
    """
    upload = receive_upload(scope, environment.pk, name, pieces, actor=actor)
    return capture_upload(scope, environment, provider_key, upload.pk, actor=actor, observed_at=observed_at)


def _start(  # noqa: PLR0913 - where, what, by whom, when
    scope: Scope,
    environment: Environment,
    provider_key: str,
    parameters: dict[str, str],
    *,
    actor: Actor,
    observed_at: datetime,
    wakes: bool = True,
) -> Started:
    connection = connect_export(scope, environment, provider_key, actor=actor)
    parameters |= {"connection_id": str(connection.pk), "observed_at": observed_at.isoformat()}
    target = Target(environment.pk, environment.name)
    return start_run(scope, CAPTURE.code, target, parameters, actor=actor, wakes=wakes)
