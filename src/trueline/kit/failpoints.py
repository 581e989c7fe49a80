"""Places where a test may pull the plug, to show that nothing is lost or doubled by `kill -9` or a long pause."""

from __future__ import annotations

import os
import signal

_KILL, _PAUSE = "TRUELINE_FAILPOINT", "TRUELINE_PAUSEPOINT"


def reach(name: str) -> None:
    """Kill this process the hard way, or stop it until SIGCONT, if the environment names this place; else nothing."""
    if os.environ.get(_KILL) == name:
        os.kill(os.getpid(), signal.SIGKILL)
    if os.environ.get(_PAUSE) == name:
        del os.environ[_PAUSE]  # once: the next run of this process passes
        os.kill(os.getpid(), signal.SIGSTOP)
