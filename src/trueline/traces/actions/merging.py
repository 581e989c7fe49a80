"""Make one file of several small ones, take spans out of a file, and clean up what nobody names."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from trueline.kit import clock, ids
from trueline.kit.failpoints import reach
from trueline.traces import queries
from trueline.traces.actions.locking import try_lock
from trueline.traces.models import ReceivedBatch, Trace, TraceFile
from trueline.traces.rules import (
    FILES_OF_A_TIER,
    LARGEST_MERGE_SPANS,
    ORPHAN_SECONDS,
    REPLACED_KEPT_SECONDS,
    tier_of,
)
from trueline.traces.store import files, questions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path
    from uuid import UUID

    from trueline.engine.traces.assembly import SpanKey
    from trueline.kit.scope import Scope


@transaction.atomic
# lint: allow TL015 what is kept stays the same; only how it lies changes
def merge_small(scope: Scope, environment_id: UUID) -> int:
    """Make one file of as many small ones of a day as make a tier; returns how many were replaced."""
    if not try_lock(environment_id):
        return 0
    for several in _mergeable(_live(scope, environment_id)):
        _replace(several, without=())
        reach("merge:before-commit")
        return len(several)
    return 0


def _live(scope: Scope, environment_id: UUID) -> list[TraceFile]:
    live = TraceFile.objects.filter(
        workspace_id=scope.workspace_id, environment_id=environment_id, replaced_at=None, removed_at=None
    )
    return list(live.order_by("day", "made_at", "id"))


def _mergeable(live: Iterable[TraceFile]) -> Iterable[list[TraceFile]]:
    tiers: dict[tuple[object, int], list[TraceFile]] = defaultdict(list)
    for file in live:
        tiers[file.day, tier_of(file.spans)].append(file)
    for several in tiers.values():
        chosen = several[:FILES_OF_A_TIER]
        if len(chosen) == FILES_OF_A_TIER and sum(file.spans for file in chosen) <= LARGEST_MERGE_SPANS:
            yield chosen


# lint: allow TL015 a step of fold
def rewrite_without(scope: Scope, environment_id: UUID, superseded: Collection[SpanKey]) -> None:
    """Take spans of which a fuller version has come out of the files that hold them."""
    traces = Trace.objects.filter(
        workspace_id=scope.workspace_id,
        environment_id=environment_id,
        trace_id__in={trace_id for trace_id, _ in superseded},
    )
    spots = queries.live_spots(scope, {file_id for one in traces.only("file_ids") for file_id in one.file_ids})
    wanted = {trace_id for trace_id, _ in superseded}
    for spot in spots:
        inside = {(row["trace_id"], row["span_id"]) for row in files.rows_of([spot], wanted)} & set(superseded)
        if inside:
            file = TraceFile.objects.get(workspace_id=scope.workspace_id, id=spot.file_id)
            _replace([file], without=sorted(inside))


def _replace(old: Sequence[TraceFile], *, without: Sequence[SpanKey]) -> None:
    """One new file in place of these; readers who began before go on with the old ones for some minutes."""
    first, now = old[0], clock.now()
    spot = files.Spot(first.workspace_id, first.environment_id, first.day, ids.new())
    spots = [files.spot_of(file) for file in old]
    size = files.put(spot, lambda bodies, facts: questions.merge(spots, without, bodies, facts))
    reach("merge:after-write")
    TraceFile.objects.create(
        id=spot.file_id,
        workspace_id=first.workspace_id,
        environment_id=first.environment_id,
        day=first.day,
        spans=sum(file.spans for file in old) - len(without),
        logs=sum(file.logs for file in old),
        size_bytes=size,
    )
    mine = TraceFile.objects.filter(workspace_id=first.workspace_id)
    gone = [file.pk for file in old]
    mine.filter(id__in=gone).update(replaced_by=spot.file_id, replaced_at=now)
    mine.filter(replaced_by__in=gone).update(replaced_by=spot.file_id)  # so that the way to the newest is one step


@transaction.atomic
# lint: allow TL015 the policy, whose change is told, says when
def forget(scope: Scope, environment_id: UUID) -> int:
    """Remove days that are over their time, replaced files, and files that no row names; returns how many files."""
    if not try_lock(environment_id):
        return 0
    now = clock.now()
    mine = TraceFile.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id)
    last_day = (now - timedelta(days=queries.policy(scope, environment_id).keep_days)).date()
    over = list(mine.filter(day__lt=last_day, removed_at=None))
    replaced = list(mine.filter(replaced_at__lt=now - timedelta(seconds=REPLACED_KEPT_SECONDS), removed_at=None))
    gone = {file.pk: file for file in (*over, *replaced)}
    mine.filter(id__in=gone).update(removed_at=now)
    old = {"workspace_id": scope.workspace_id, "environment_id": environment_id}
    Trace.objects.filter(**old, started_at__date__lt=last_day).delete()
    ReceivedBatch.objects.filter(**old, set_aside_at__date__lt=last_day).delete()
    spots = [files.spot_of(file) for file in gone.values()]
    for path in [path for spot in spots for path in (spot.bodies, spot.facts)] + _orphans(scope, environment_id):
        transaction.on_commit(lambda path=path: files.remove(path))  # type: ignore[misc]  # a default binds each path
    return len(gone)


def _orphans(scope: Scope, environment_id: UUID) -> list[Path]:
    """Files that a killed process left: no row names them, and none ever will once they are so old."""
    folder = files.folder_of(scope.workspace_id, environment_id)
    before = time.time() - ORPHAN_SECONDS
    there = [path for path in folder.glob("*/*.parquet") if path.stat().st_mtime < before]
    named = {
        str(file_id)
        for file_id in TraceFile.objects.filter(
            workspace_id=scope.workspace_id, environment_id=environment_id
        ).values_list("id", flat=True)
    }
    return [path for path in there if files.file_id_of(path) not in named]
