"""Ask for an import, from whatever door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from trueline.connections.actions import connect_traces, receive_upload
from trueline.operations.actions.runs import Started, Target, start_run
from trueline.traces.actions.connecting import PROVIDER
from trueline.traces.errors import NotReceiving
from trueline.traces.jobs import IMPORT
from trueline.workspaces.rules import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trueline.kit.scope import Actor, Scope
    from trueline.workspaces.models import Environment


@transaction.atomic
def import_file(scope: Scope, environment: Environment, name: str, pieces: Iterable[bytes], *, actor: Actor) -> Started:
    """Keep a file of traces that was handed over and ask for its import, both or neither.

    Raises `NotReceiving` for what is no system of agents, `UploadTooLarge`, `NotAllowed`, `RunBlocked`.
    """
    if environment.kind != Kind.AGENTS:
        raise NotReceiving("Only a system of AI agents takes traces.")
    upload = receive_upload(scope, environment.pk, name, pieces, actor=actor)
    connect_traces(scope, environment, PROVIDER, actor=actor)
    parameters = {"upload_id": str(upload.pk), "source_label": upload.name}
    return start_run(scope, IMPORT.code, Target(environment.pk, environment.name), parameters, actor=actor)
