"""The web process of `trueline up`: granian, tied to the life of its parent."""

from __future__ import annotations

import os
import signal
import sys

from granian import Granian
from granian.constants import Interfaces

from trueline.kit.processes import die_with_parent

_THREADS = 4


def main() -> None:
    """Serve until the parent goes or a signal says stop."""
    die_with_parent(signal.SIGTERM)
    os.environ.setdefault("TRUELINE_POOL", "1")
    os.environ["TRUELINE_STATEMENT_TIMEOUT_MS"] = os.environ.get("TRUELINE_WEB_STATEMENT_TIMEOUT_MS", "5000")
    host, port = sys.argv[1], int(sys.argv[2])
    Granian(
        "trueline.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=_THREADS,
        log_level="warning",  # type: ignore[arg-type]  # the library takes the word too
    ).serve()


if __name__ == "__main__":
    main()
