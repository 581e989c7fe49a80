"""Errors of receiving and reading traces."""

from __future__ import annotations

from trueline.kit.errors import Refused, Unavailable


class NotReceiving(Refused):
    """The key names no environment that takes traces."""

    code = "not_receiving"


class ReceiverBusy(Unavailable):
    """More waits to be filed than is good; the sender shall come back."""

    code = "receiver_busy"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("More traces wait to be filed than this installation can hold.", next_step="Send them again.")
        self.retry_after_seconds = retry_after_seconds


class TraceFileMissing(Unavailable):
    """A file of spans is not where it was put."""

    code = "trace_file_missing"

    def __init__(self) -> None:
        super().__init__(
            "Some spans of this trace cannot be read: their file is not in the trace store.",
            next_step="Bring the folder of traces back from a backup.",
        )
