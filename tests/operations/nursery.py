"""Forks `trueline worker` processes from one that has imported everything: a start then costs a tenth.

Each line on standard input is a command in JSON, each line on standard output its answer. The children are whole
processes that run the real command; only their imports are inherited.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django

from trueline.config.main import main


def _start(extra: dict[str, str], log: str) -> int:
    child = os.fork()
    if child:
        return child
    os.setsid()
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(file, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(extra)
    sys.argv = ["trueline", "worker", "--concurrency", "1"]
    try:
        os._exit(main())
    finally:  # whatever happens, the child must never go on reading its parent's commands
        sys.excepthook(*sys.exc_info())
        os._exit(70)


def _ended(child: int) -> int | None:
    found, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _answer(command: dict[str, Any]) -> int | None:
    if "ended" in command:
        return _ended(command["ended"])
    return _start(command["extra"], command["log"])


if __name__ == "__main__":
    django.setup()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()
