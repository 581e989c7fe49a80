"""Ask for a scan, from whatever door."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from trueline.connections.actions import connect_traces, receive_upload
from trueline.evaluations import queries
from trueline.evaluations.jobs import SCAN
from trueline.kit import clock
from trueline.kit.scope import Actor, Scope
from trueline.operations.actions.runs import Started, Target, start_run
from trueline.workspaces.models import Environment

PROVIDER = "agents"


@transaction.atomic
def scan_file(  # noqa: PLR0913 - where, which file, judged by what, by whom
    scope: Scope,
    environment: Environment,
    name: str,
    pieces: Iterable[bytes],
    version_id: UUID | None,
    *,
    actor: Actor,
    is_judged: bool = False,
) -> Started:
    """Keep a file of traces that a person handed over and ask for its scan, both or neither.

    Raises `UploadTooLarge`, `NotAllowed`, `RunBlocked`, `NotVisible` for a version that is not there.
    """
    upload = receive_upload(scope, environment.pk, name, pieces, actor=actor)
    parameters = {"upload_id": str(upload.pk), "source_label": upload.name}
    parameters |= {"is_judged": "yes"} if is_judged else {}
    return _start(scope, environment, parameters, version_id, actor=actor)


@transaction.atomic
def scan_kept(  # noqa: PLR0913 - as above
    scope: Scope, environment: Environment, days: int, version_id: UUID | None, *, actor: Actor, is_judged: bool = False
) -> Started:
    """Ask for a scan of the traces that an environment has sent in the last days. Raises as `scan_file`."""
    parameters = {"days": str(days), "source_label": "", "asked_at": clock.now().isoformat()}
    parameters |= {"is_judged": "yes"} if is_judged else {}
    return _start(scope, environment, parameters, version_id, actor=actor)


def _start(
    scope: Scope, environment: Environment, parameters: dict[str, str], version_id: UUID | None, *, actor: Actor
) -> Started:
    if version_id is not None:
        parameters["version_id"] = str(queries.version(scope, version_id).pk)
    connect_traces(scope, environment, PROVIDER, actor=actor)
    parameters["asked_at"] = parameters.get("asked_at", clock.now().isoformat())
    return start_run(scope, SCAN.code, Target(environment.pk, environment.name), parameters, actor=actor)
