"""What is measured: a function that counts the differences of two objects."""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.compare.scenarios import Scenario
from trueline.inventory.differences import facet_changes
from trueline.providers.microsoft365.normalise import facets_of
from trueline.providers.microsoft365.recognise import recognise

Json = Any
Diff = Callable[[Json, Json], int]


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds for all pairs, the greatest extra memory in MB, and for each pair whether it was called changed."""

    seconds: float
    peak_mb: float | None
    verdicts: tuple[bool, ...]


def ours(left: Json, right: Json) -> int:
    rule = recognise(left)
    return len(facet_changes(facets_of(left, rule)[0], facets_of(right, rule)[0]))


def contenders() -> dict[str, Diff | None]:
    """Each contender by name, None where it is not installed."""
    return {
        "Trueline": ours,
        "deepdiff ignore_order": _deepdiff(),
        "jsonpatch": _from("jsonpatch", lambda library: lambda a, b: len(library.make_patch(a, b).patch)),
        "dictdiffer": _from("dictdiffer", lambda library: lambda a, b: sum(1 for _ in library.diff(a, b))),
    }


def _from(name: str, build: Callable[[Any], Diff]) -> Diff | None:
    # Imported by name: the benchmark must run where only some contenders are installed.
    return build(importlib.import_module(name)) if importlib.util.find_spec(name) else None


def _deepdiff() -> Diff | None:
    def build(library: Any) -> Diff:
        return lambda a, b: sum(len(found) for found in library.DeepDiff(a, b, ignore_order=True).values())

    return _from("deepdiff", build)


def measure(diff: Diff, pairs: Sequence[tuple[Json, Json]], rounds: int = 5) -> Measured:
    """The best of several rounds; memory in a round of its own, as watching it costs time."""
    seconds = min(_timed(diff, pairs) for _ in range(rounds))
    tracemalloc.start()
    verdicts = tuple(diff(left, right) > 0 for left, right in pairs)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return Measured(seconds, peak, verdicts)


def _timed(diff: Diff, pairs: Sequence[tuple[Json, Json]]) -> float:
    start = time.process_time()
    for left, right in pairs:
        diff(left, right)
    return time.process_time() - start


_CHILD = """
import json, sys, time
from IntuneCD.run_compare import compare
start = time.process_time()
found = compare(sys.argv[1], sys.argv[2])
print(json.dumps([time.process_time() - start, [change["file"] for change in found["changes"]]]))
"""


def measure_intunecd(python: Path, scenario: Scenario) -> Measured:
    """IntuneCD's own folder comparison, both sides written under equal names so that it can pair them."""
    with tempfile.TemporaryDirectory() as place:
        for side in (0, 1):
            folder = Path(place, str(side))
            folder.mkdir()
            for number, pair in enumerate(scenario.pairs):
                (folder / f"{number}.json").write_text(json.dumps(pair[side]))
        told = subprocess.run(
            [python, "-c", _CHILD, f"{place}/0", f"{place}/1"], capture_output=True, check=True, text=True
        )
    seconds, changed = json.loads(told.stdout.splitlines()[-1])
    return Measured(seconds, None, tuple(f"{number}.json" in changed for number in range(len(scenario.pairs))))
