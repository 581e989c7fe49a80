"""One line that says how far long work is: on a terminal only, never into a pipe."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

_CLEAR = "\r\x1b[2K"


class Line:
    """Rewrites one line of standard error while inside the block."""

    def __init__(self, *, is_shown: bool = True) -> None:
        self._is_shown = is_shown and sys.stderr.isatty()

    def show(self, done: int, total: int | None, label: str) -> None:
        """Say how far it is."""
        if self._is_shown:
            of = f" of {total:,}" if total else ""
            sys.stderr.write(f"{_CLEAR}{done:,}{of}  {label[:80]}")
            sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_shown:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
