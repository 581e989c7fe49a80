"""What DuckDB answers over many files at once, and how it makes one file of several."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from trueline.traces.errors import TraceFileMissing
from trueline.traces.store.files import BODIES_OF_A_GROUP, FACTS_OF_A_GROUP, Spot
from trueline.traces.store.rows import BODIES, FACTS, SPAN

_HOUR_NS = 3_600 * 10**9
_MEMORY = "512MB"
_BY_AGENT = f"""
select agent, started_ns // {_HOUR_NS} as hour, count(*), count(*) filter (where status = 'error'),
  quantile_cont(ended_ns - started_ns, 0.95)
from read_parquet(?) where agent is not null and started_ns >= ? and started_ns < ?
group by agent, hour order by hour, agent
"""  # noqa: S608 - joined from constants of this module


@dataclass(frozen=True, slots=True)
class AgentHour:
    """What one agent did in one hour: spans, how many failed, and the 95th percentile of how long they took."""

    agent: str
    hour: datetime
    spans: int
    failed: int
    p95_ns: float | None


def by_agent_and_hour(spots: Sequence[Spot], since_ns: int, until_ns: int) -> list[AgentHour]:
    """Every agent hour by hour, exact. Raises `TraceFileMissing`."""
    if not spots:
        return []
    with _asking() as duck:
        found = _rows(duck, _BY_AGENT, [[str(spot.facts) for spot in spots], since_ns, until_ns])
    return [AgentHour(agent, _hour(hour), spans, failed, p95) for agent, hour, spans, failed, p95 in found]


def merge(old: Sequence[Spot], without: Sequence[tuple[str, str]], bodies: Path, facts: Path) -> None:
    """One file of several, sorted by trace, without the spans that are named; of bodies and of facts."""
    gone = [trace_id + span_id for trace_id, span_id in without]
    is_out = "trace_id || span_id in (select unnest(?))" if gone else "false"
    with _asking() as duck:
        for paths, columns, left_out, order, rows, at in (
            (
                [spot.bodies for spot in old],
                BODIES,
                f"record = '{SPAN}' and {is_out}",
                "record, span_id",
                BODIES_OF_A_GROUP,
                bodies,
            ),
            ([spot.facts for spot in old], FACTS, is_out, "started_ns, span_id", FACTS_OF_A_GROUP, facts),
        ):
            copy = (
                f"copy (select {', '.join(columns)} from read_parquet(?) where not ({left_out}) "  # noqa: S608 - names and places of our own, and values as parameters
                f"order by trace_id, {order}) to '{at}' (format parquet, compression zstd, row_group_size {rows})"
            )
            _rows(duck, copy, [[str(path) for path in paths], *([gone] if gone else [])])


def _rows(duck: Any, statement: str, values: list[Any]) -> list[Any]:
    import duckdb  # noqa: PLC0415 - a quarter of a second that few need

    try:
        return list(duck.execute(statement, values).fetchall())
    except duckdb.IOException as error:
        raise TraceFileMissing from error


def _hour(number: int) -> datetime:
    return datetime.fromtimestamp(number * 3_600, tz=UTC)


@contextmanager
def _asking() -> Iterator[Any]:
    """A cursor of this process's engine: making an engine takes longer than most questions."""
    cursor = _engine(os.getpid()).cursor()
    try:
        yield cursor
    finally:
        cursor.close()


@cache
def _engine(_process: int) -> Any:
    """One for each process: a child neither works on its parent's nor ends it, for its threads are not there."""
    import duckdb  # noqa: PLC0415 - a quarter of a second that few need

    spill: dict[str, Any] = {"temp_directory": gettempdir(), "autoinstall_known_extensions": False}
    return duckdb.connect(config={"memory_limit": _MEMORY, "threads": 2, **spill})
