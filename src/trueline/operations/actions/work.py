"""What a performer of a run is handed: its scope, its parameters, and the ways to tell how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from trueline.kit.scope import Scope
from trueline.operations.errors import LeaseLost, RunCancelled
from trueline.operations.models import OperationRun
from trueline.operations.rules import LEASE_SECONDS, RunOutcome, State

_PROGRESS_SECONDS = 0.25
Tell = Callable[[int, int | None, str], None]
_listener: ContextVar[Tell | None] = ContextVar("progress_listener", default=None)


@contextmanager
# lint: allow TL015 it only listens
def listening(tell: Tell) -> Iterator[None]:
    """Hear the progress of runs performed inside the block, as a terminal wants to."""
    token = _listener.set(tell)
    try:
        yield
    finally:
        _listener.reset(token)


@dataclass(frozen=True, slots=True)
class Result:
    """What a performer hands back.

    Attributes:
        outcome: `succeeded` or `partially_succeeded`; the rest is decided by what is raised.
        counts: Numbers under the listed keys.
        message: One sentence, empty when the counts say it all.
        follow_parameters: Parameters for the type that follows, None when nothing shall follow.
    """

    outcome: RunOutcome
    counts: Mapping[str, int] = field(default_factory=dict)
    message: str = ""
    follow_parameters: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Work:
    """One attempt at one run."""

    scope: Scope
    run_id: UUID
    environment_id: UUID | None
    parameters: Mapping[str, Any]
    fence: int
    _told_at: float = 0.0

    def hold(self) -> None:
        """Prove, inside the transaction of a write, that this attempt still owns the run.

        Locks the run's row until that transaction ends, so a zombie's late write is refused by its fence and not
        merely unlikely. Raises `LeaseLost`.
        """
        if not self._mine().update(lease_until=Now() + timedelta(seconds=LEASE_SECONDS)):
            raise LeaseLost

    def progress(self, done: int, total: int | None, label: str = "", *, now: bool = False) -> None:
        """Say how far the work is; told at most four times a second. Raises `LeaseLost`, `RunCancelled`."""
        if not now and time.monotonic() - self._told_at < _PROGRESS_SECONDS:
            return
        self._told_at = time.monotonic()
        if (tell := _listener.get()) is not None:
            tell(done, total, label)
        fits = total if total is None or done <= total else done
        told = self._mine().update(progress_done=done, progress_total=fits, progress_label=label[:200])
        if not told:
            raise LeaseLost
        self.stop_if_cancelled()

    def stop_if_cancelled(self) -> None:
        """Raise `RunCancelled` when somebody asked for it; called between steps."""
        if self._mine().filter(cancel_requested_at__isnull=False).exists():
            raise RunCancelled

    def _mine(self) -> Any:
        own = OperationRun.objects.filter(workspace_id=self.scope.workspace_id, id=self.run_id)
        return own.filter(fence=self.fence, state=State.RUNNING)
