"""Files of traces: hand one over, and read what was taken from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import File, Query, UploadedFile

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import agents, readings
from trueline.api.schemas.shapes import Paging
from trueline.api.views.environments import looked_at
from trueline.api.views.runs import shown as shown_run
from trueline.traces import queries
from trueline.traces.models import TraceImport
from trueline.traces.starting import import_file
from trueline.workspaces import access
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Capability

_TAG = "Traces"
_VIEW = Capability.TRACES_VIEW
_PLACE = "/environments/{slug:environment}/trace-imports"


@operation("POST", _PLACE, Capability.OPERATIONS_START, readings.Run, tag=_TAG, success=202, record=True)
def import_traces(asked: Asked, environment: str, traces: File[UploadedFile]) -> readings.Run:
    """Hand over a file of traces, or several as a zip, of at most 200 MB.

    They are kept as if their agents had sent them. The answer is the run; `Location` says where to follow it.
    """
    found = access.environment(asked.scope, environment)
    asked.scope.require(Capability.OPERATIONS_START, found.pk)
    started = import_file(asked.scope, found, traces.name or "traces", traces.chunks(), actor=asked.actor)
    asked.made("runs", started.run.pk)
    return shown_run(started.run)


@operation("GET", _PLACE, _VIEW, agents.TraceImportPage, tag=_TAG, record=True)
def list_trace_imports(asked: Asked, environment: str, filters: Query[Paging]) -> dict[str, Any]:
    """What was taken from files for an environment, newest first."""
    found = looked_at(asked, environment, _VIEW)
    history = queries.imports(asked.scope, found.pk)
    return page(asked, filters, history, ("-imported_at", "-id"), lambda rows: [_shown(one, found) for one in rows])


@operation("GET", "/trace-imports/{uuid:trace_import_id}", _VIEW, agents.TraceImportDetail, tag=_TAG, record=True)
def get_trace_import(asked: Asked, trace_import_id: UUID) -> agents.TraceImportDetail:
    """What was taken from one file, with a sentence for what could not be read."""
    found = queries.trace_import(asked.scope, trace_import_id)
    asked.scope.require(_VIEW, found.environment_id)
    place = access.environment_by_id(asked.scope, found.environment_id)
    unread = [agents.UnreadFile(**one) for one in found.unread]
    return agents.TraceImportDetail(**_shown(found, place).model_dump(), unread_files=unread)


def _shown(one: TraceImport, place: Environment) -> agents.TraceImport:
    return agents.TraceImport(
        id=one.pk,
        environment=place.slug,
        run_id=one.run_id,
        name=one.name,
        files=one.files_count,
        traces=one.traces_count,
        spans=one.spans_count,
        unread=one.unread_count,
        imported_at=one.imported_at,
    )
