"""Questions over many spans: agents hour by hour, and one trace; beside DuckDB on one bare file of the same rows."""

from __future__ import annotations

import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.child import measure
from benchmarks.results import Table
from benchmarks.traces import load, processes

TITLE = "Questions over traces"
_COPIES = 9
_LOOKS = 500
_DAYS = 5
_BODIES_OF_A_FOLD = 100


def tables(is_quick: bool) -> Iterator[Table]:
    filled = measure(f"{__name__}:filled", 50_000 if is_quick else 1_000_000)
    place = filled.value["place"]
    few = measure(f"{__name__}:asked", *place)
    measure(f"{__name__}:copied", *place)
    many = measure(f"{__name__}:asked", *place)
    growth = many.value["ours_cpu"] / few.value["ours_cpu"]
    yield Table(
        f"Requests of {load.SPANS_OF_A_BODY} spans of {_DAYS} days, folded by one process as the worker does: opened, "
        "secrets taken out, normal form, Parquet, index, small files merged.",
        ["spans", "folded/s", "CPU ms/1,000", "database CPU ms/1,000", "peak MB"],
        [_folded(filled.value, filled.peak_mb)],
    )
    yield Table(
        f"Over those spans, and over them {_COPIES + 1} times under other trace ids, each line a process of its own. "
        "*Hours*: count, failures and exact 95th percentile of every agent in every hour, median of 9; *bare* asks the "
        f"same of one Parquet file that DuckDB wrote from the same facts. *Trace*: each of {_LOOKS} at random by its "
        "id, index and assembly included, nothing asked before. Growth of hours: "
        f"x{growth:.1f} in processor time. Targets: at most x12, at most 2 times bare, a trace below 20 ms at the 95th "
        "percentile.",
        [
            *("spans", "files", "MB", "MB/1M", "hours ms", "hours CPU ms", "bare ms", "times bare"),
            *("trace p50 ms", "trace p95 ms", "trace CPU p95 ms", "peak MB"),
        ],
        [_row(told.value, told.peak_mb) for told in (few, many)],
    )


def _folded(told: dict[str, Any], peak_mb: float) -> list[str]:
    spans = told["spans"]
    used = [f"{told[key] / spans * 1e6:.0f}" for key in ("cpu", "database_cpu")]
    return [f"{spans:,}", f"{spans / told['seconds']:,.0f}", *used, f"{peak_mb:.0f}"]


def _row(told: dict[str, float], peak_mb: float) -> list[str]:
    sizes = [f"{told['spans']:,.0f}", f"{told['files']:.0f}", f"{told['mb']:,.0f}"]
    hours = [f"{told[key]:,.0f}" for key in ("ours_ms", "ours_cpu", "bare_ms")]
    hours.append(f"{told['ours_ms'] / told['bare_ms']:.2f}")
    looks = [f"{told[key]:.1f}" for key in ("look_p50", "look_p95", "look_cpu")]
    return [*sizes, f"{told['mb'] / told['spans'] * 1e6:.0f}", *hours, *looks, f"{peak_mb:.0f}"]


def filled(spans: int) -> dict[str, Any]:
    """Receive without HTTP, and fold; only the folding is timed."""
    from benchmarks.product.installation import HOME, opened, scope  # noqa: PLC0415 - only in the child

    shutil.rmtree(HOME / "traces", ignore_errors=True)
    with opened(), scope() as inside:
        environment_id, used = _filled(inside, spans)
        return {"place": [str(inside.workspace_id), str(environment_id)], **used}


def asked(workspace_id: str, environment_id: str) -> dict[str, float]:
    from benchmarks.product.installation import opened  # noqa: PLC0415 - only in the child

    with opened(is_kept=True), _entered(workspace_id) as inside:
        return _measured(inside, UUID(environment_id))


def copied(workspace_id: str, _environment_id: str) -> None:
    from benchmarks.product.installation import opened  # noqa: PLC0415 - only in the child

    with opened(is_kept=True), _entered(workspace_id) as inside:
        _copied(inside)


@contextmanager
def _entered(workspace_id: str) -> Iterator[Any]:
    from trueline.kit.database.context import within  # noqa: PLC0415 - Django must be ready first
    from trueline.workspaces import access  # noqa: PLC0415 - the same

    with within(UUID(workspace_id)):
        yield access.system(UUID(workspace_id))


def _measured(inside: Any, environment_id: Any) -> dict[str, float]:
    from trueline.kit import clock  # noqa: PLC0415 - Django must be ready first
    from trueline.traces import queries  # noqa: PLC0415 - the same
    from trueline.traces.models import Trace, TraceFile  # noqa: PLC0415 - the same
    from trueline.traces.store import files  # noqa: PLC0415 - the same

    live = list(TraceFile.objects.filter(replaced_at=None))
    keys = random.Random(1).sample(list(Trace.objects.values_list("id", flat=True)), _LOOKS)
    looks = [_looked_up(lambda key=key: queries.spans_of(inside, queries.trace(inside, key))) for key in keys]
    since, until = clock.now() - timedelta(days=_DAYS + 1), clock.now() + timedelta(hours=1)
    ours, ours_cpu, bare = _hours(
        lambda: queries.by_agent_and_hour(inside, environment_id, since, until),
        [files.spot_of(file).facts for file in live],
    )
    return {
        "spans": sum(file.spans for file in live),
        "files": len(live),
        "mb": sum(file.size_bytes for file in live) / 1e6,
        "ours_ms": ours,
        "ours_cpu": ours_cpu,
        "bare_ms": bare,
        "look_p50": statistics.median(wall for wall, _ in looks),
        "look_p95": statistics.quantiles([wall for wall, _ in looks], n=20)[-1],
        "look_cpu": statistics.quantiles([cpu for _, cpu in looks], n=20)[-1],
    }


def _copied(inside: Any) -> None:
    """Every file and every line of the index some times more, under other trace ids, sorted as a fold sorts."""
    from django.db import connection  # noqa: PLC0415 - Django must be ready first

    from trueline.kit import ids  # noqa: PLC0415 - the same
    from trueline.traces.models import TraceFile  # noqa: PLC0415 - the same
    from trueline.traces.store import files  # noqa: PLC0415 - the same

    for file in list(TraceFile.objects.filter(replaced_at=None)):
        for number in range(_COPIES):
            spot = files.Spot(file.workspace_id, file.environment_id, file.day, ids.new())
            size = files.put(spot, _copy_of(files.spot_of(file), number))
            facts = {"day": file.day, "spans": file.spans, "size_bytes": size}
            place = {"workspace_id": file.workspace_id, "environment_id": file.environment_id}
            TraceFile.objects.create(id=spot.file_id, **place, **facts)
            with connection.cursor() as cursor:
                cursor.execute(_COPY_LINES, [str(number), spot.file_id, inside.workspace_id, file.pk, file.pk])
    with connection.cursor() as cursor:
        cursor.execute("analyze traces_trace")


def _copy_of(old: Any, number: int) -> Callable[[Path, Path], None]:
    import duckdb  # noqa: PLC0415 - only in the child

    from trueline.traces.store import files  # noqa: PLC0415 - Django must be ready first

    def make(bodies: Path, facts: Path) -> None:
        with duckdb.connect(config={"memory_limit": "4GB", "threads": 2}) as duck:
            for source, at, rows in (
                (old.bodies, bodies, files.BODIES_OF_A_GROUP),
                (old.facts, facts, files.FACTS_OF_A_GROUP),
            ):
                duck.execute(
                    f"copy (select md5(trace_id || '{number}') as trace_id, * exclude (trace_id) "
                    f"from read_parquet('{source}') order by trace_id) "
                    f"to '{at}' (format parquet, compression zstd, row_group_size {rows})"
                )

    return make


_COPY_LINES = """
insert into traces_trace (id, workspace_id, environment_id, trace_id, name, status, started_at, duration_ns, spans,
  failed_spans, agents, input_tokens, output_tokens, cost, file_ids, changed_at)
select gen_random_uuid(), workspace_id, environment_id, md5(trace_id || %s), name, status, started_at, duration_ns,
  spans, failed_spans, agents, input_tokens, output_tokens, cost, array[%s::uuid], changed_at
from traces_trace
where workspace_id = %s and (file_ids @> array[%s::uuid] or exists (
  select from traces_tracefile as gone where gone.workspace_id = traces_trace.workspace_id and gone.id = any(file_ids)
    and gone.replaced_by = %s))
on conflict do nothing
"""


def _filled(inside: Any, spans: int) -> tuple[Any, dict[str, Any]]:
    from benchmarks.traces.receiver import database_processes  # noqa: PLC0415 - only in the child
    from trueline.engine.traces.receiving import Form, Signal  # noqa: PLC0415 - Django must be ready first
    from trueline.traces.actions.receiving import Sent, receive  # noqa: PLC0415 - the same
    from trueline.workspaces.actions import create_environment  # noqa: PLC0415 - the same
    from trueline.workspaces.rules import Kind  # noqa: PLC0415 - the same

    made = create_environment(inside, "Agents", actor=inside.actor, kind=Kind.AGENTS)
    number, used = -(-spans // load.SPANS_OF_A_BODY), [0.0, 0.0, 0.0]
    for position, body in enumerate(load.bodies(number, spread_ns=_DAYS * 86_400 * 10**9)):
        receive(inside, made.pk, Sent(Signal.TRACES, Form.PROTOBUF, "", body))
        if position % _BODIES_OF_A_FOLD == _BODIES_OF_A_FOLD - 1 or position == number - 1:
            before = _spent(database_processes())
            _fold_all(inside, made.pk)
            used = [
                sum_ + now - then for sum_, now, then in zip(used, _spent(database_processes()), before, strict=True)
            ]
    return made.pk, {"spans": number * load.SPANS_OF_A_BODY} | dict(
        zip(("seconds", "cpu", "database_cpu"), used, strict=True)
    )


def _fold_all(inside: Any, environment_id: Any) -> None:
    from trueline.traces.actions.folding import fold  # noqa: PLC0415 - Django must be ready first
    from trueline.traces.actions.merging import merge_small  # noqa: PLC0415 - the same

    while fold(inside, environment_id):
        while merge_small(inside, environment_id):
            pass


def _spent(database: list[int]) -> tuple[float, float, float]:
    return time.perf_counter(), time.process_time(), processes.processor_seconds(database)


def _hours(ask: Callable[[], object], facts: list[Path]) -> tuple[float, float, float]:
    """Both ways in turns, so that what else the machine does falls on both."""
    import duckdb  # noqa: PLC0415 - only in the child

    one = facts[0].parents[3] / "bare.parquet"
    with duckdb.connect(config={"memory_limit": "4GB", "threads": 2}) as duck:
        paths = [str(path) for path in facts]
        duck.execute(f"copy (select * from read_parquet({paths!r})) to '{one}' (format parquet, compression zstd)")
        question = (
            "select agent, started_ns // 3600000000000 as hour, count(*), count(*) filter (where status = 'error'), "
            f"quantile_cont(ended_ns - started_ns, 0.95) from read_parquet('{one}') "
            "where agent is not null group by 1, 2 order by 2, 1"
        )
        bare: Callable[[], object] = lambda: duck.execute(question).fetchall()  # noqa: E731 - named for the line below
        ask(), bare()
        both = [(*_timed(ask), *_timed(bare)) for _ in range(9)]
    one.unlink()
    ours, ours_cpu, bare_ms, _ = (statistics.median(times) for times in zip(*both, strict=True))
    return ours, ours_cpu, bare_ms


def _looked_up(look: Callable[[], object]) -> tuple[float, float]:
    """In one transaction, as a page does it."""
    from django.db import transaction  # noqa: PLC0415 - Django must be ready first

    with transaction.atomic():
        return _timed(look)


def _timed(ask: Callable[[], object]) -> tuple[float, float]:
    """Wall clock and processor time of this process, in ms."""
    began, used = time.perf_counter(), time.process_time()
    ask()
    return (time.perf_counter() - began) * 1_000, (time.process_time() - used) * 1_000
