"""A portfolio against itself of the day before: canonicalised, hashed and compared on one core."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

import orjson

from benchmarks.child import measure
from benchmarks.results import Table

TITLE = "Compare with yesterday"
EVERY = 100
"""One object in a hundred has changed."""


def tables(is_quick: bool) -> Iterator[Table]:
    small, large = (600, 6_000) if is_quick else (6_000, 60_000)
    found = {count: measure(f"{__name__}:compared", count) for count in (small, large)}
    rows = [
        [
            f"{count:,}",
            f"{one.value['changed']:,}",
            f"{one.value['found']:,}",
            f"{one.value['seconds']:.2f}",
            f"{one.value['floor']:.2f}",
            f"{one.value['seconds'] / one.value['floor']:.1f}",
            f"{count / one.value['seconds']:,.0f}",
            f"{one.peak_mb:,.0f}",
        ]
        for count, one in found.items()
    ]
    growth = found[large].value["seconds"] / found[small].value["seconds"]
    intro = (
        "Objects of every type in the shapes of Graph. Timed, in seconds of processor time of one core: parse "
        "today's bytes, normalise into facets, hash raw form and facets, pair with yesterday by id, compare. The other "
        f"side parses, writes the keys in order and hashes, and knows no pair. Target: 60,000 in less than 60 s. "
        f"Growth from {small:,} to {large:,}: time x{growth:.1f}, "
        f"memory x{found[large].peak_mb / found[small].peak_mb:.1f}."
    )
    columns = ["objects", "changed", "found", "s", "parse and hash alone s", "times", "objects/s", "peak MB"]
    yield Table(intro, columns, rows)


def compared(count: int) -> dict[str, float]:
    from benchmarks.product.imports import bodies  # noqa: PLC0415 - only in the child
    from trueline.connections.contract import AreaReport, Coverage  # noqa: PLC0415 - the same
    from trueline.inventory.compare import Outcome, compare_snapshots  # noqa: PLC0415 - the same
    from trueline.inventory.rules import record_contents  # noqa: PLC0415 - the same

    before = bodies(count)
    after = [_changed(body) if number % EVERY == 0 else body for number, body in enumerate(before)]
    yesterday = _items(before)
    areas = [AreaReport(area, Coverage.COMPLETE, 1) for area in sorted({item.area for item in yesterday})]
    begun = time.process_time()
    comparison = compare_snapshots(yesterday, _items(after), left_areas=areas, right_areas=areas, load=record_contents)
    seconds = time.process_time() - begun
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    return {
        "seconds": seconds,
        "changed": changed,
        "found": len(comparison.of(Outcome.CHANGED)),
        "floor": _floor(after),
    }


def _items(bodies: list[bytes]) -> list[object]:
    from trueline.inventory.rules import record_item  # noqa: PLC0415 - only in the child
    from trueline.providers.microsoft365.normalise import record_of  # noqa: PLC0415 - the same
    from trueline.providers.microsoft365.recognise import recognise  # noqa: PLC0415 - the same

    raws = map(orjson.loads, bodies)
    return [record_item(record_of(raw, recognise(raw), "")) for raw in raws]


def _changed(body: bytes) -> bytes:
    raw = orjson.loads(body)
    raw["description"] = "Somebody was here."
    return orjson.dumps(raw)


def _floor(bodies: list[bytes]) -> float:
    begun = time.process_time()
    for body in bodies:
        hashlib.sha256(orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)).hexdigest()
    return time.process_time() - begun
