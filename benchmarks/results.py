"""Tables, and the file that keeps them: each benchmark replaces its own section."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
_HEAD = (
    "# Measured\n\nEach section is written by the command it names. Times are wall clock unless a column says else.\n"
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table and the sentence before it."""

    intro: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        lines = [self.columns, ["--"] * len(self.columns), *self.rows]
        return self.intro + "\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines)


def load() -> str:
    """How busy the machine was when the measurement began."""
    return f"{os.getloadavg()[0]:.1f}"


def machine() -> str:
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, Linux"


def write(name: str, title: str, text: str, load_before: str) -> None:
    """Replace the section of a benchmark, or add it at the end."""
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    facts = f"`python -m benchmarks {name}` · {when} · {machine()} · load before {load_before}"
    section = f"<!-- {name} -->\n## {title}\n\n{facts}\n\n{text}\n<!-- /{name} -->\n"
    held = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else _HEAD
    pattern = re.compile(rf"<!-- {name} -->.*?<!-- /{name} -->\n", re.DOTALL)
    found = pattern.sub(lambda _: section, held) if pattern.search(held) else f"{held}\n{section}"
    RESULTS.write_text(found, encoding="utf-8")
