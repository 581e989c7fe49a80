"""Reads of traces: what waits, the list, one trace, what agents did hour by hour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, FloatField, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from trueline.engine.traces import assembly, normal_form
from trueline.engine.traces import model as engine
from trueline.kit import clock
from trueline.kit.scope import NotVisible, Scope
from trueline.traces.models import ReceivedBatch, Trace, TraceFile, TraceImport, TracePolicy
from trueline.traces.rules import ACTIVITY_DAYS, nanoseconds_of
from trueline.traces.store import files, questions, rows
from trueline.traces.store.questions import AgentHour

_READ_AT_ONCE = 200
"""Traces whose spans are in memory at once while many are read."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was received and is not filed yet; `set_aside` are batches that could not be filed at all."""

    batches: int
    items: int
    oldest_at: datetime | None
    set_aside: int


def waiting(scope: Scope, environment_id: UUID) -> Waiting:
    """What of an environment waits to be filed."""
    found = _batches(scope, environment_id)
    open_ = Q(set_aside_at=None)
    told = found.aggregate(
        batches=Count("id", filter=open_),
        items=Sum("items", filter=open_, default=0),
        oldest_at=Min("received_at", filter=open_),
        set_aside=Count("id", filter=~open_),
    )
    return Waiting(**told)


def waiting_bytes(scope: Scope, environment_id: UUID) -> int:
    """How many bytes of an environment wait to be filed."""
    found = _batches(scope, environment_id).aggregate(size=Sum("size_bytes", default=0))
    return int(found["size"])


def _batches(scope: Scope, environment_id: UUID) -> QuerySet[ReceivedBatch]:
    if not scope.reaches(environment_id):
        return ReceivedBatch.objects.none()
    return ReceivedBatch.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id)


def policy(scope: Scope, environment_id: UUID) -> TracePolicy:
    """What of an environment's traces is kept, and for how long: as somebody chose, else the defaults."""
    if not scope.reaches(environment_id):
        raise NotVisible
    mine = TracePolicy.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id)
    return mine.first() or TracePolicy(workspace_id=scope.workspace_id, environment_id=environment_id)


def imports(scope: Scope, environment_id: UUID) -> QuerySet[TraceImport]:
    """What was taken from files for an environment, newest first."""
    if not scope.reaches(environment_id):
        return TraceImport.objects.none()
    found = TraceImport.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id)
    return found.order_by("-imported_at", "-id")


def trace_import(scope: Scope, import_id: UUID) -> TraceImport:
    """One of them. Raises `NotVisible`."""
    found = TraceImport.objects.filter(workspace_id=scope.workspace_id, id=import_id).first()
    if found is None or not scope.reaches(found.environment_id):
        raise NotVisible
    return found


def import_of_run(scope: Scope, run_id: UUID) -> TraceImport | None:
    """What a run has taken, if it has."""
    found = TraceImport.objects.filter(workspace_id=scope.workspace_id, run_id=run_id).first()
    return found if found is not None and scope.reaches(found.environment_id) else None


def traces(scope: Scope, environment_id: UUID) -> QuerySet[Trace]:
    """Traces of an environment of which a span is known, newest first."""
    if not scope.reaches(environment_id):
        return Trace.objects.none()
    found = Trace.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id, spans__gt=0)
    return found.order_by("-started_at", "-id")


@dataclass(frozen=True, slots=True)
class Activity:
    """How much one system of agents did of late: in so many days, how many traces, how many with a failure."""

    environment_id: UUID
    traces: int
    failed: int
    newest_at: datetime


def activities(scope: Scope, environment_ids: list[UUID]) -> dict[UUID, Activity]:
    """What systems of agents did in the last days; none for one that sent nothing in them."""
    mine = Trace.objects.filter(workspace_id=scope.workspace_id, spans__gt=0)
    reached = [one for one in environment_ids if scope.reaches(one)]
    lately = mine.filter(environment_id__in=reached, started_at__gte=clock.now() - timedelta(days=ACTIVITY_DAYS))
    found = lately.values("environment_id").annotate(
        traces=Count("id"), failed=Count("id", filter=Q(failed_spans__gt=0)), newest_at=Max("started_at")
    )
    return {row["environment_id"]: Activity(**row) for row in found}


@dataclass(frozen=True, slots=True)
class TraceDay:
    """What a system of agents did on one day, or over several.

    Attributes:
        day: None for several.
        median_ns: Half of the traces took no longer; None when none says how long it took.
        slow_ns: Nineteen of twenty took no longer.
        cost: US dollars, None when no trace tells.
        tokens: Input and output, None when no trace tells.
    """

    day: date | None
    traces: int
    failed: int
    median_ns: float | None
    slow_ns: float | None
    cost: float | None
    tokens: int | None


class _Percentile(Aggregate):
    """An exact percentile of a column."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def by_day(scope: Scope, environment_id: UUID, since: datetime) -> tuple[TraceDay, list[TraceDay]]:
    """What an environment's agents did since a moment: in all, and day by day, oldest first."""
    found = traces(scope, environment_id).filter(started_at__gte=since).order_by()
    daily = found.annotate(day=TruncDate("started_at")).values("day").annotate(**_measures()).order_by("day")
    return _day(found.aggregate(**_measures())), [_day(dict(row)) for row in daily]


def _measures() -> dict[str, Any]:
    return {
        "number": Count("id"),
        "failed": Count("id", filter=Q(failed_spans__gt=0)),
        "median_ns": _Percentile("duration_ns", share=0.5),
        "slow_ns": _Percentile("duration_ns", share=0.95),
        "money": Sum("cost"),
        "tokens_in": Sum("input_tokens"),
        "tokens_out": Sum("output_tokens"),
    }


def _day(row: dict[str, Any]) -> TraceDay:
    told = [row[name] for name in ("tokens_in", "tokens_out") if row[name] is not None]
    tokens = int(sum(told)) if told else None
    numbers = row["number"], row["failed"], row["median_ns"], row["slow_ns"], row["money"]
    return TraceDay(row.get("day"), *numbers, tokens)


def trace(scope: Scope, trace_id: UUID) -> Trace:
    """One trace. Raises `NotVisible`."""
    found = Trace.objects.filter(workspace_id=scope.workspace_id, id=trace_id).first()
    if found is None or not scope.reaches(found.environment_id):
        raise NotVisible
    return found


def spans_of(scope: Scope, found: Trace) -> engine.Trace | None:
    """Every span of a trace in normal form; None when none is left. Raises `NotVisible`, `TraceFileMissing`."""
    return next(iter(spans_of_many(scope, [found])), None)


def outline_of(scope: Scope, found: Trace) -> engine.Trace | None:
    """The same without what was said, which takes a quarter of the time: for a tree of very many spans."""
    return next(iter(spans_of_many(scope, [found], is_outline=True)), None)


def spans_of_many(scope: Scope, found: Sequence[Trace], *, is_outline: bool = False) -> Iterator[engine.Trace]:
    """Several traces with every span of theirs, some files at a time; one of which no span is left does not come.

    Raises `NotVisible` at once, and `TraceFileMissing` on the way.
    """
    if not all(scope.reaches(one.environment_id) for one in found):
        raise NotVisible
    return _assembled(scope, found, normal_form.outline if is_outline else normal_form.normal_form)


def _assembled(
    scope: Scope, found: Sequence[Trace], form: Callable[[engine.WireSpan], engine.Span]
) -> Iterator[engine.Trace]:
    for begin in range(0, len(found), _READ_AT_ONCE):
        some = found[begin : begin + _READ_AT_ONCE]
        spots = live_spots(scope, {file_id for one in some for file_id in one.file_ids})
        kept = list(files.rows_of(spots, [one.trace_id for one in some]))
        yield from assembly.assemble(
            [rows.span_of(row) for row in kept if row["record"] == rows.SPAN],
            [rows.log_of(row) for row in kept if row["record"] == rows.LOG],
            form=form,
        )


def live_spots(scope: Scope, file_ids: Iterable[UUID]) -> list[files.Spot]:
    """Where these files lie now: a file that was merged into another is found there."""
    files_of_it = TraceFile.objects.filter(workspace_id=scope.workspace_id)
    now = files_of_it.filter(id__in=list(file_ids)).values(now=Coalesce("replaced_by", "id"))
    there = files_of_it.filter(id__in=now, removed_at=None)
    return [files.spot_of(row) for row in there.order_by("id") if scope.reaches(row.environment_id)]


def by_agent_and_hour(scope: Scope, environment_id: UUID, since: datetime, until: datetime) -> list[AgentHour]:
    """How often, how well and how fast every agent worked, hour by hour. Raises `TraceFileMissing`."""
    if not scope.reaches(environment_id):
        return []
    live = TraceFile.objects.filter(
        workspace_id=scope.workspace_id, environment_id=environment_id, replaced_at=None, removed_at=None
    )
    shown = live.filter(day__gte=since.date(), day__lte=until.date())
    spots = [files.spot_of(row) for row in shown.order_by("day", "id")]
    return questions.by_agent_and_hour(spots, nanoseconds_of(since), nanoseconds_of(until))
