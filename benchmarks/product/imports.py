"""Objects in the shapes of Graph: parsed, normalised, hashed, packed and stored as one snapshot."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import Any

import orjson

from benchmarks.child import measure
from benchmarks.results import Table

TITLE = "Import"


def tables(is_quick: bool) -> Iterator[Table]:
    small, large = (500, 1_000) if is_quick else (2_000, 20_000)
    rows = []
    took = {}
    for count in (small, large):
        ours, floor = measure(f"{__name__}:ours", count), measure(f"{__name__}:floor", count)
        took[count] = ours
        rows.append(
            [
                f"{count:,}",
                f"{ours.value['read']:.2f}",
                f"{ours.value['store']:.2f}",
                f"{count / (ours.value['read'] + ours.value['store']):,.0f}",
                f"{floor.value:.2f}",
                f"{(ours.value['read'] + ours.value['store']) / floor.value:.1f}",
                f"{ours.peak_mb:,.0f}",
                f"{floor.peak_mb:,.0f}",
            ]
        )
    seconds = {count: one.value["read"] + one.value["store"] for count, one in took.items()}
    intro = (
        "Generated objects as bytes; normalise, hash by facet, compress, and one transaction that stores snapshot, "
        "items and documents under row security. The other side only parses, hashes and copies the raw bytes into one "
        "table without policy or index: the floor. Growth from "
        f"{small:,} to {large:,} objects: time x{seconds[large] / seconds[small]:.1f}, "
        f"memory x{took[large].peak_mb / took[small].peak_mb:.1f}."
    )
    columns = ["objects", "read and hash s", "store s", "objects/s", "floor s", "times floor", "peak MB", "floor MB"]
    yield Table(intro, columns, rows)


def bodies(count: int) -> list[bytes]:
    from trueline.providers.microsoft365.demo.generate import scale  # noqa: PLC0415 - not part of what a child imports

    return [orjson.dumps(raw) for raw in scale(count)]


def floor(count: int) -> float:
    from benchmarks.product.installation import administrator, opened  # noqa: PLC0415 - only in the child

    made = bodies(count)
    with opened(), administrator() as connection:
        connection.execute("create temporary table plain (digest text, body jsonb)")
        begun = time.perf_counter()
        with connection.cursor().copy("copy plain from stdin") as copy:
            for body in made:
                orjson.loads(body)
                copy.write_row((hashlib.sha256(body).hexdigest(), body.decode()))
        return time.perf_counter() - begun


def ours(count: int) -> dict[str, float]:
    from benchmarks.product.installation import opened, scope  # noqa: PLC0415 - only in the child

    made = bodies(count)
    with opened(), scope() as inside:
        return _timed(inside, made)


def _timed(inside: Any, made: list[bytes]) -> dict[str, float]:
    from benchmarks.product.worlds import Objects, capture_of, environment  # noqa: PLC0415 - needs Django's models
    from trueline.inventory.actions import keep_snapshot  # noqa: PLC0415 - the same
    from trueline.inventory.manifest import collect  # noqa: PLC0415 - the same

    capture = capture_of(environment(inside, "Import"))
    begun = time.perf_counter()
    manifest = collect(Objects(made), lambda _told: None)
    read = time.perf_counter()
    keep_snapshot(inside, capture, manifest, actor=inside.actor, hold=lambda: None)
    return {"read": read - begun, "store": time.perf_counter() - read}
