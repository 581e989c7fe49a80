"""Runs one measurement in a process of its own, so that its peak memory is its own and nothing is warm by accident."""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trueline.kit.memory import look_rarely

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measurement returned, and the greatest memory its process ever had, in MB."""

    value: Any
    peak_mb: float


def measure(function: str, *arguments: Any) -> Measured:
    """Call `module:function` with JSON arguments in a new process."""
    command = [sys.executable, "-m", "benchmarks.child", function, json.dumps(arguments)]
    done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _main() -> None:
    look_rarely()  # as every process of the product does when it begins
    module, _, name = sys.argv[1].partition(":")
    value = getattr(importlib.import_module(module), name)(*json.loads(sys.argv[2]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"value": value, "peak_mb": peak}))


if __name__ == "__main__":
    _main()
