"""Parquet files, written so that a file that is there is whole, and read one trace at a time."""

from __future__ import annotations

import os
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from trueline.traces.errors import TraceFileMissing
from trueline.traces.store.rows import BODIES, FACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import date

    from trueline.traces.models import TraceFile
    from trueline.traces.store.rows import Rows

BODIES_OF_A_GROUP = 2_048
"""Sorted by trace, in groups as small as DuckDB writes: looking a trace up reads one or two of them."""
FACTS_OF_A_GROUP = 122_880
"""As large as DuckDB likes them: a question reads a few columns from end to end."""
_WHOLE, _NUMBER = {"started_ns", "ended_ns", "input_tokens", "output_tokens"}, {"cost"}
_KNOWN_FOOTERS = 128


def _type_of(column: str) -> Any:
    return pa.int64() if column in _WHOLE else pa.float64() if column in _NUMBER else pa.string()


_FACTS = pa.schema([(column, _type_of(column)) for column in FACTS])
_BODIES = pa.schema([(column, pa.string()) for column in BODIES])


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the two files of some spans lie, bodies and facts."""

    workspace_id: UUID
    environment_id: UUID
    day: date
    file_id: UUID

    @property
    def bodies(self) -> Path:
        """Workspace, environment and day are folders: erasing one is removing its folder."""
        return folder_of(self.workspace_id, self.environment_id) / self.day.isoformat() / f"{self.file_id}.parquet"

    @property
    def facts(self) -> Path:
        """It lies beside the bodies."""
        return self.bodies.with_suffix(".facts.parquet")


def spot_of(file: TraceFile) -> Spot:
    """Where a file lies."""
    return Spot(file.workspace_id, file.environment_id, file.day, file.pk)


def folder_of(workspace_id: UUID, environment_id: UUID) -> Path:
    """The folder of everything that one environment has sent."""
    return Path(settings.TRACES_PATH) / str(workspace_id) / str(environment_id)


def file_id_of(path: Path) -> str:
    """The id in the name of a file, also of one that was not finished."""
    return path.name.removeprefix(".").partition(".")[0]


def write(spot: Spot, part: Rows) -> int:
    """Write both files, sorted by trace; returns their size. When this returns, they outlive a power cut."""
    return put(spot, lambda bodies, facts: _write(part, bodies, facts))


def _write(part: Rows, bodies: Path, facts: Path) -> None:
    kept = _table(sorted(part.bodies), _BODIES)
    pq.write_table(
        kept,
        bodies,
        compression="zstd",
        row_group_size=BODIES_OF_A_GROUP,
        use_dictionary=["trace_id", "record"],
        write_statistics=["trace_id"],
    )
    told = _table(sorted(part.facts, key=lambda row: row[0]), _FACTS)
    pq.write_table(told, facts, compression="zstd", row_group_size=FACTS_OF_A_GROUP, write_statistics=["started_ns"])


def _table(rows: Sequence[tuple[Any, ...]], schema: Any) -> Any:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def put(spot: Spot, make: Callable[[Path, Path], None]) -> int:
    """Have both files made beside their places, force them to the disk, and only then give them their names."""
    places = (spot.bodies, spot.facts)
    spot.bodies.parent.mkdir(parents=True, exist_ok=True)
    beside = [place.with_name(f".{place.name}") for place in places]
    make(*beside)
    size = sum(_forced(path) for path in beside)
    for path, place in zip(beside, places, strict=True):
        path.rename(place)
    day = spot.bodies.parent
    for folder in (day, day.parent, day.parent.parent):
        _fsync_folder(folder)
    return size


def _forced(path: Path) -> int:
    with path.open("rb") as made:
        os.fsync(made.fileno())
        return os.fstat(made.fileno()).st_size


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rows_of(spots: Sequence[Spot], trace_ids: Collection[str]) -> Iterator[dict[str, Any]]:
    """The bodies of some traces in some files. Raises `TraceFileMissing`."""
    wanted = sorted(trace_ids)
    for spot in spots:
        try:
            table = _some_of(spot.bodies, wanted)
        except FileNotFoundError as error:
            raise TraceFileMissing from error
        if table is not None:
            yield from table.to_pylist()


def _some_of(path: Path, wanted: list[str]) -> Any:
    """The rows of these traces: groups that cannot hold one are never read."""
    metadata, ranges = _footer(path)
    groups = [number for number, (first, last) in enumerate(ranges) if _may_hold(first, last, wanted)]
    if not groups:
        return None
    with pq.ParquetFile(path, metadata=metadata, memory_map=True) as file:
        table = file.read_row_groups(groups, use_threads=False)
    return table.filter(pc.is_in(table.column("trace_id"), pa.array(wanted)))


@lru_cache(_KNOWN_FOOTERS)
def _footer(path: Path) -> tuple[Any, list[tuple[str, str]]]:
    """What a file says of itself, and the first and last trace of each group: a file never changes."""
    metadata = pq.read_metadata(path, memory_map=True)
    column = BODIES.index("trace_id")
    told = [metadata.row_group(number).column(column).statistics for number in range(metadata.num_row_groups)]
    return metadata, [(one.min, one.max) for one in told]


def _may_hold(first: str, last: str, wanted: list[str]) -> bool:
    position = bisect_left(wanted, first)
    return position < len(wanted) and wanted[position] <= last


def remove(path: Path) -> None:
    """Remove a file; one that is gone already is gone."""
    with suppress(FileNotFoundError):
        path.unlink()
