"""The long campaigns whose short forms are in the suite."""

from __future__ import annotations

import os
import subprocess
import sys

KILLS = int(os.environ.get("SOAK_KILLS", "20"))
CAMPAIGNS: tuple[tuple[str, list[str], dict[str, str]], ...] = (
    ("findings against their model", ["tests/findings/test_lifecycle_machine.py"], {"SOAK_COURSES": "3000"}),
    ("accepted risk against its model", ["tests/findings/test_acceptance_machine.py"], {"SOAK_COURSES": "1000"}),
    ("every page in all eight looks", ["tests/journeys/test_every_address.py"], {"TRUELINE_EVERY_LOOK": "1"}),
    *(
        (f"killed and paused workers, round {number + 1} of {KILLS}", ["tests/operations"], {})
        for number in range(KILLS)
    ),
)


def run() -> int:
    """Run each campaign; the exit code is the number of those that failed."""
    failed = 0
    for title, paths, extra in CAMPAIGNS:
        print(f"--- {title}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", *paths]
        failed += subprocess.run(command, env=os.environ | extra, check=False).returncode != 0
    print(f"{failed} of {len(CAMPAIGNS)} campaigns failed")
    return failed
