"""The rows that name files and traces. Private steps of the actions that write files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection

from trueline.engine.traces.model import Status
from trueline.engine.traces.summary import summary
from trueline.kit import clock
from trueline.traces.models import Trace, TraceFile
from trueline.traces.rules import (
    LONGEST_NAME,
    MOST_AGENTS,
    moment_of,
    storable_count,
    storable_text,
    trace_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from trueline.engine.traces import model as engine
    from trueline.kit.scope import Scope
    from trueline.traces.store.files import Spot

_TYPES = {
    "id": "uuid",
    "workspace_id": "uuid",
    "environment_id": "uuid",
    "trace_id": "text",
    "name": "text",
    "status": "text",
    "started_at": "timestamptz",
    "duration_ns": "bigint",
    "spans": "integer",
    "failed_spans": "integer",
    "input_tokens": "bigint",
    "output_tokens": "bigint",
    "cost": "double precision",
    "agents": "text[]",
    "changed_at": "timestamptz",
    "file_ids": "uuid[]",
}
_KEY = ("id", "workspace_id", "environment_id", "trace_id")
# All lines as one JSON value: a placeholder for each value, or an array for each column, takes longer than the rest.
_UPSERT = f"""
insert into traces_trace ({", ".join(_TYPES)})
select {", ".join(_TYPES)}
from json_to_recordset(%s::json) as line ({", ".join(f"{column} {kind}" for column, kind in _TYPES.items())})
on conflict (workspace_id, environment_id, trace_id) do update
set {", ".join(f"{column} = excluded.{column}" for column in _TYPES if column not in _KEY)}
"""  # noqa: S608 - joined from constants of this module


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was just written, and which traces have a part in it."""

    spot: Spot
    spans: int
    logs: int
    size_bytes: int
    trace_ids: frozenset[str]


# lint: allow TL015 a step of fold and merge
def add_files(made: Iterable[Made]) -> None:
    """Name files that are on the disk."""
    TraceFile.objects.bulk_create(
        TraceFile(
            id=one.spot.file_id,
            workspace_id=one.spot.workspace_id,
            environment_id=one.spot.environment_id,
            day=one.spot.day,
            spans=one.spans,
            logs=one.logs,
            size_bytes=one.size_bytes,
        )
        for one in made
    )


# lint: allow TL015 a step of fold
def bring_up_to_date(scope: Scope, environment_id: UUID, known: Sequence[engine.Trace], made: Sequence[Made]) -> None:
    """Write the line of each trace anew, from all of its spans, and name the files that now hold a part of it."""
    by_id = {trace.trace_id: trace for trace in known}
    file_ids = _file_ids(scope, environment_id, made)
    place, now = (scope.workspace_id, environment_id), clock.now()
    _write(
        [
            (
                trace_key(environment_id, trace_id),
                *place,
                trace_id,
                *_told(by_id.get(trace_id)),
                now,
                file_ids[trace_id],
            )
            for trace_id in sorted(file_ids)
        ]
    )


def _file_ids(scope: Scope, environment_id: UUID, made: Sequence[Made]) -> dict[str, list[UUID]]:
    """For each trace that these files touch, all files that hold a part of it."""
    touched = {trace_id for one in made for trace_id in one.trace_ids}
    there = Trace.objects.filter(
        workspace_id=scope.workspace_id, environment_id=environment_id, trace_id__in=touched
    ).values_list("trace_id", "file_ids")
    file_ids: dict[str, list[UUID]] = {trace_id: list(held) for trace_id, held in there}
    for one in made:
        for trace_id in one.trace_ids:
            file_ids.setdefault(trace_id, []).append(one.spot.file_id)
    return file_ids


def _write(lines: Sequence[tuple[Any, ...]]) -> None:
    said = orjson.dumps([dict(zip(_TYPES, line, strict=True)) for line in lines]).decode()
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [said])


# Log records may come before any span of theirs.
_NOTHING: tuple[Any, ...] = ("", str(Status.UNSET), None, None, 0, 0, None, None, None, [])


def _told(trace: engine.Trace | None) -> tuple[Any, ...]:
    """The columns of a line that tell of its trace."""
    if trace is None:
        return _NOTHING
    told = summary(trace)
    return (
        storable_text(told.name)[:LONGEST_NAME],
        str(told.status),
        moment_of(told.started_ns),
        told.duration_ns,
        told.spans,
        told.failed_spans,
        storable_count(told.input_tokens),
        storable_count(told.output_tokens),
        told.cost,
        [storable_text(agent)[:LONGEST_NAME] for agent in told.agents[:MOST_AGENTS]],
    )
