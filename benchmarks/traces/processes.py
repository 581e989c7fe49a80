"""How much processor time and memory processes took, from /proc."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found, generation = [pid], [pid]
    while generation:
        generation = [child for parent in generation for child in _children(parent)]
        found += generation
    return found


def parent(pid: int) -> int:
    """The process that started another."""
    return int(_text(pid, "stat").rpartition(")")[2].split()[1])


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(word) for word in (task / "children").read_text().split()]
    return found


def processor_seconds(pids: list[int]) -> float:
    """Of all of them together, user and system, with what ended children left."""
    fields = [_text(pid, "stat").rpartition(")")[2].split() for pid in pids]
    return sum(int(one[place]) for one in fields if one for place in (11, 12, 13, 14)) / _TICK


def peak_mb(pids: list[int]) -> float:
    """The sum of the most that each ever held."""
    lines = [line for pid in pids for line in _text(pid, "status").splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _text(pid: int, name: str) -> str:
    """What the system says of a process; nothing of one that has ended."""
    text = ""
    with suppress(FileNotFoundError, ProcessLookupError):
        text = Path(f"/proc/{pid}/{name}").read_text()
    return text
