"""Errors of runs.

Refused
 `- RunBlocked       the run may not start: a message, neither a missing right nor a missing record
Conflict
 |- LeaseLost        another worker has taken the run over: stop at once, write nothing
 `- RunCancelled     somebody asked the run to stop
"""

from trueline.kit.errors import Conflict, Refused


class RunBlocked(Refused):
    """The run may not start."""

    code = "run_blocked"

    def __init__(self, reason_code: str, message: str) -> None:
        super().__init__(message)
        self.reason_code = reason_code


class LeaseLost(Conflict):
    """Another worker has taken the run over."""

    code = "lease_lost"

    def __init__(self) -> None:
        super().__init__("Another worker has taken this run over.")


class RunCancelled(Conflict):
    """Somebody asked the run to stop."""

    code = "run_cancelled"

    def __init__(self) -> None:
        super().__init__("The run was asked to stop.")
