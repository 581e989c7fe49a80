"""Which types of run there are, who performs them, and who decides whether one may. Filled by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from trueline.kit.errors import Refused
from trueline.kit.scope import Scope
from trueline.operations.actions.work import Result, Work
from trueline.operations.models import OperationRun
from trueline.operations.rules import Denial, RunType

Perform = Callable[[Work], Result]


class Authority(Protocol):
    """Decides on a run twice: when it is asked for, and when it is about to be executed."""

    def at_dispatch(self, scope: Scope, run: OperationRun) -> Denial | None:
        """Why this run may not be queued, None when it may."""

    def at_execution(self, run: OperationRun) -> Scope | Denial:
        """The initiator's scope as it is now, or why the run may not go on."""


@dataclass(frozen=True, slots=True)
class _Entry:
    run_type: RunType
    perform: Perform


Sweep = Callable[[], int]
_entries: dict[str, _Entry] = {}
_sweeps: list[Sweep] = []
_loops: dict[Sweep, float] = {}
_authority: list[Authority] = []


def register(run_type: RunType, perform: Perform) -> None:
    """Make a type of run known."""
    _entries[run_type.code] = _Entry(run_type, perform)


def register_sweep(sweep: Sweep) -> None:
    """Let every worker look for work that no run asks for, after its own sweep; returns how much it found."""
    if sweep not in _sweeps:
        _sweeps.append(sweep)


def sweeps() -> tuple[Sweep, ...]:
    """What every worker looks for, in the order of registration."""
    return tuple(_sweeps)


def register_loop(look: Sweep, seconds: float) -> None:
    """Let every worker look at a pace of its own, beside the sweep, which it may therefore keep waiting."""
    _loops[look] = seconds


def loops() -> tuple[tuple[Sweep, float], ...]:
    """What every worker looks for at a pace of its own."""
    return tuple(_loops.items())


def set_authority(authority: Authority) -> None:
    """Name who decides. Until then nothing may run."""
    _authority[:] = [authority]


def authority() -> Authority:
    """Who decides. Raises `Refused` while nobody does."""
    if not _authority:
        raise Refused("No authority is wired, so nothing may run.")
    return _authority[0]


def run_type(code: str) -> RunType:
    """The type of that code. Raises `Refused` for an unknown one."""
    return _entry(code).run_type


def perform_of(code: str) -> Perform:
    """What performs that type."""
    return _entry(code).perform


def run_types() -> tuple[RunType, ...]:
    """All types, by code."""
    return tuple(_entries[code].run_type for code in sorted(_entries))


def _entry(code: str) -> _Entry:
    if code not in _entries:
        raise Refused(f"No type of run is called {code!r}.")
    return _entries[code]
