"""The summary that the demonstration prints. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_SEVERITIES = ("critical", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class EnvironmentLine:
    """One environment. `objects` and `unread` are None when nothing was captured."""

    name: str
    objects: int | None
    unread: int | None
    blind_areas: tuple[str, ...]
    open_findings: Mapping[str, int]
    cleared: int
    reopened: int


@dataclass(frozen=True, slots=True)
class AgentsLine:
    """One system of agents over the last days. `score` is None when nothing was scored."""

    name: str
    traces: int
    failed: int
    score: float | None
    open_findings: Mapping[str, int]


def agents_table(lines: Iterable[AgentsLine]) -> str:
    """A table of systems of agents for a terminal."""
    return "\n".join(_agents_rows(list(lines)))


def _agents_rows(lines: list[AgentsLine]) -> Iterator[str]:
    width = max([len(line.name) for line in lines] + [len("system of agents")])
    titles = ("traces", "failed", "score", *_SEVERITIES)
    yield "  ".join([f"{'system of agents':<{width}}", *(f"{title:>9}" for title in titles)])
    for line in lines:
        score = "unknown" if line.score is None else f"{line.score:.2f}"
        cells = [f"{line.traces:,}", f"{line.failed:,}", score]
        cells += [f"{line.open_findings.get(name, 0):,}" for name in _SEVERITIES]
        yield "  ".join([f"{line.name:<{width}}", *(f"{cell:>9}" for cell in cells)])


def table(lines: Iterable[EnvironmentLine]) -> str:
    """A table for a terminal, and under it what was not read: that is never counted as good."""
    return "\n".join(_rows(list(lines)))


def _rows(lines: list[EnvironmentLine]) -> Iterator[str]:
    width = max([len(line.name) for line in lines] + [len("environment")])
    titles = ("objects", "unread", *_SEVERITIES, "cleared", "came back")
    yield "  ".join([f"{'environment':<{width}}", *(f"{title:>9}" for title in titles)])
    for line in lines:
        numbers = [line.objects, line.unread, *(line.open_findings.get(name, 0) for name in _SEVERITIES)]
        cells = [_cell(number) for number in (*numbers, line.cleared, line.reopened)]
        yield "  ".join([f"{line.name:<{width}}", *(f"{cell:>9}" for cell in cells)])
    blind = [f"  {line.name}: {', '.join(line.blind_areas)}" for line in lines if line.blind_areas]
    if blind:
        yield "\nNot read, or only in part, and therefore not counted as good:"
        yield from blind


def _cell(number: int | None) -> str:
    return "not read" if number is None else f"{number:,}"
