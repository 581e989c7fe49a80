"""The processes that `trueline up` keeps: started together, stopped together, none left behind."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from types import FrameType, TracebackType
from typing import NoReturn, Self

from trueline.kit.errors import Unavailable

_STOP_SECONDS = 25
_LOOK_SECONDS = 1.0
_RESTARTS_PER_MINUTE = 5


class ChildEnded(Unavailable):
    """A process that should stay has ended."""

    code = "child_ended"


class Children:
    """Child processes by name. Leaving the block stops them."""

    def __init__(self) -> None:
        self._commands: dict[str, Sequence[str]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ended_at: list[float] = []

    def __enter__(self) -> Self:
        signal.signal(signal.SIGTERM, _interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._running.values():
            child.terminate()
        for child in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(_STOP_SECONDS)
            if child.poll() is None:
                child.kill()

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start one. A terminal's Ctrl-C reaches only us, so that they stop in order."""
        self._commands[name] = command
        self._running[name] = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own commands

    def wait_for_port(self, host: str, port: int, seconds: float) -> None:
        """Return once something listens there. Raises `ChildEnded` when the process that should has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._refuse_dead("web", f"Is port {port} in use already? Choose another with --port.")
            with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=_LOOK_SECONDS):
                return
            time.sleep(0.02)
        raise ChildEnded(f"Nothing answers on {host}:{port} after {seconds:.0f} seconds.")

    def stay(self, ensure: Callable[[], None]) -> None:
        """Stay until interrupted; start a worker that ended again, for runs must go on. Raises `ChildEnded`.

        Args:
            ensure: Brings the database back when it was killed; asked at every look.
        """
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(_LOOK_SECONDS)
                ensure()
                self._refuse_dead("web", "Its last lines above say why.")
                self._restart("worker")

    def _refuse_dead(self, name: str, next_step: str) -> None:
        if self._running[name].poll() is not None:
            raise ChildEnded(f"The {name} process has ended.", next_step=next_step)

    def _restart(self, name: str) -> None:
        if self._running[name].poll() is None:
            return
        now = time.monotonic()
        self._ended_at = [moment for moment in self._ended_at if now - moment < 60] + [now]
        if len(self._ended_at) > _RESTARTS_PER_MINUTE:
            raise ChildEnded(f"The {name} process ends again and again.", next_step="Its last lines above say why.")
        self.start(name, self._commands[name])


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
