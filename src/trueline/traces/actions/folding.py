"""Fold received batches into files and index them, in one transaction whose end decides whether it happened.

Files come first and are forced to the disk; rows that name them and the removal of the batches follow in one
transaction. Killed in between, the files are nobody's and are swept away, and the batches are folded again.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import pyarrow as pa
from django.db import transaction

from trueline.engine.traces import receiving
from trueline.engine.traces.assembly import assemble, unique_spans
from trueline.engine.traces.graph import owning_agents
from trueline.engine.traces.model import Decoded, Trace, WireLog, WireSpan
from trueline.engine.traces.normal_form import outline
from trueline.engine.traces.redaction import ContentClass, keep_only
from trueline.kit import clock, ids
from trueline.kit.database.away import is_away
from trueline.kit.errors import Unavailable
from trueline.kit.failpoints import reach
from trueline.traces import models, queries
from trueline.traces.actions import indexing
from trueline.traces.actions.locking import try_lock
from trueline.traces.actions.merging import rewrite_without
from trueline.traces.rules import FOLD_BYTES, FOLD_SPANS, SEALED_IN, day_of, nanoseconds_of
from trueline.traces.store import files, rows
from trueline.traces.store.rows import Rows
from trueline.vault.actions import Place, unseal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from trueline.engine.traces.assembly import SpanKey
    from trueline.kit.scope import Scope

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Known:
    """What is known of the traces that a fold touches: new pieces, and what files hold already."""

    spans: list[WireSpan] = field(default_factory=list)
    logs: list[WireLog] = field(default_factory=list)
    held: list[WireSpan] = field(default_factory=list)
    held_logs: list[WireLog] = field(default_factory=list)
    days: dict[SpanKey, date] = field(default_factory=dict)


@transaction.atomic
# lint: allow TL015 the connection, which names who made it, tells of all that comes through it
def fold(scope: Scope, environment_id: UUID) -> int:
    """Fold what waits, as much as one fold takes; returns how many batches. Zero while another process folds."""
    if not try_lock(environment_id):
        return 0
    batches = _next_batches(scope, environment_id)
    if not batches:
        return 0
    content = ContentClass(queries.policy(scope, environment_id).content)
    known = _Known()
    for batch in batches:
        _read_into(known, scope, batch, content)
    _load_held(known, scope, environment_id)
    _file(known, scope, environment_id)
    done = [batch.pk for batch in batches if batch.set_aside_at is None]
    models.ReceivedBatch.objects.filter(workspace_id=scope.workspace_id, id__in=done).delete()
    reach("fold:before-commit")
    return len(batches)


def _next_batches(scope: Scope, environment_id: UUID) -> list[models.ReceivedBatch]:
    waiting = models.ReceivedBatch.objects.filter(
        workspace_id=scope.workspace_id, environment_id=environment_id, set_aside_at=None
    )
    sizes = waiting.order_by("received_at", "id").values_list("id", "items", "size_bytes")
    chosen, items, size = list[UUID](), 0, 0
    for batch_id, its_items, its_size in sizes.iterator(chunk_size=500):
        if chosen and (items + its_items > FOLD_SPANS or size + its_size > FOLD_BYTES):
            break
        chosen.append(batch_id)
        items, size = items + its_items, size + its_size
    found = models.ReceivedBatch.objects.filter(workspace_id=scope.workspace_id, id__in=chosen)
    return list(found.order_by("received_at", "id"))


def _read_into(known: _Known, scope: Scope, batch: models.ReceivedBatch, content: ContentClass) -> None:
    """Add what a batch carries. One that cannot be read, though it was accepted, must not stop the others for ever."""
    try:
        found = _opened(scope, batch)
        window = receiving.AgeWindow(batch.days_back)
        receiving.keep_inside(found, window, nanoseconds_of(batch.received_at))
        keep_only(found, content)
    except Unavailable:  # the sealing key is away, and comes back
        raise
    except Exception as error:
        if is_away(error):
            raise
        # Never with what the batch says: it may hold secrets.
        log.error("the received batch %s cannot be read (%s) and is set aside", batch.pk, type(error).__name__)  # noqa: TRY400 - a trace of the failure would show what was sent
        batch.set_aside_at = clock.now()
        batch.save(update_fields=["set_aside_at"])
        return
    known.spans += found.spans
    known.logs += found.logs
    for span in found.spans:
        known.days[span.trace_id, span.span_id] = day_of(span.started_ns, batch.received_at.date())
    for one in found.logs:
        known.days.setdefault((one.trace_id, one.span_id), day_of(one.event.at_ns, batch.received_at.date()))


def _opened(scope: Scope, batch: models.ReceivedBatch) -> Decoded:
    place = Place(SEALED_IN, batch.pk, "body")
    body = unseal(scope.workspace_id, place, bytes(batch.body))
    if batch.packing == "zstd":
        data = bytes(pa.decompress(body[4:], int.from_bytes(body[:4], "big"), "zstd", asbytes=True))
    else:
        data = receiving.unpacked(body, batch.packing)
    return receiving.decoded(data, receiving.Form(batch.form), receiving.Signal[batch.signal.upper()])


def _load_held(known: _Known, scope: Scope, environment_id: UUID) -> None:
    """What files hold of these traces already; most traces are new, and then nothing is read."""
    trace_ids = {span.trace_id for span in known.spans} | {one.trace_id for one in known.logs}
    there = models.Trace.objects.filter(
        workspace_id=scope.workspace_id, environment_id=environment_id, trace_id__in=trace_ids
    )
    old = list(there.only("trace_id", "file_ids"))
    if not old:
        return
    spots = queries.live_spots(scope, {file_id for one in old for file_id in one.file_ids})
    for row in files.rows_of(spots, {one.trace_id for one in old}):
        if row["record"] == rows.SPAN:
            known.held.append(rows.span_of(row))
        else:
            known.held_logs.append(rows.log_of(row))


def _file(known: _Known, scope: Scope, environment_id: UUID) -> None:
    """Write what is new to files, take what it replaces out of older ones, and bring the index up to date."""
    held = unique_spans(known.held)
    whole = unique_spans([*known.held, *known.spans])
    fresh = {key for key, span in whole.items() if key not in held or span != held[key]}
    superseded = fresh & held.keys()
    logs = _new_logs(known)
    traces = assemble(whole.values(), [*known.held_logs, *logs], form=outline)
    parts = _by_day(known, traces, {key: whole[key] for key in fresh}, logs)
    made = [_file_of(scope, environment_id, day, parts[day]) for day in sorted(parts)]
    reach("fold:after-write")
    indexing.add_files(made)
    if superseded:
        rewrite_without(scope, environment_id, superseded)
    indexing.bring_up_to_date(scope, environment_id, traces, made)


def _new_logs(known: _Known) -> list[WireLog]:
    seen = {_said(one) for one in known.held_logs}
    found = []
    for one in known.logs:
        if (said := _said(one)) not in seen:
            seen.add(said)
            found.append(one)
    return found


def _said(one: WireLog) -> tuple[str, str, str]:
    return one.trace_id, one.span_id, rows.log_body(one)


def _by_day(
    known: _Known, traces: Iterable[Trace], fresh: Mapping[SpanKey, WireSpan], logs: Iterable[WireLog]
) -> dict[date, Rows]:
    parts: dict[date, Rows] = defaultdict(Rows)
    for trace in traces:
        agents = owning_agents(trace)
        for span in trace.spans:
            key = trace.trace_id, span.span_id
            if key in fresh:  # log records stay rows of their own: they may come before their span, and again
                parts[known.days[key]].add_span(span, fresh[key], agents.get(span.span_id))
    for one in logs:
        parts[known.days[one.trace_id, one.span_id]].add_log(one)
    return parts


def _file_of(scope: Scope, environment_id: UUID, day: date, part: Rows) -> indexing.Made:
    spot = files.Spot(scope.workspace_id, environment_id, day, ids.new())
    size = files.write(spot, part)
    spans = len(part.facts)
    return indexing.Made(spot, spans, len(part.bodies) - spans, size, frozenset(row[0] for row in part.bodies))
