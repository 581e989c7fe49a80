"""What many tests begin with stands ready in one open transaction: the small world, and above it both its environments
captured. A test works in a savepoint of that transaction and is rolled back to it; only what the next test begins
with is made or taken away. Making it anew for each test took a third of the suite's time.
"""

from __future__ import annotations

import copy
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from tests.samples import captured_world
from tests.worlds import small_world

OLDEST_SECONDS = 60.0
"""`now()` of the database is when its transaction began; it must not lie far behind the clock of a test."""


ORDER = ("", "world", "captured")
_COMMITTED = {"committed", "kept"}
"""Fixtures of tests that need real commits: nothing may stand open beside them."""


def layer_of(item: pytest.Item) -> str:
    """The highest layer that a test begins with."""
    asked = set(getattr(item, "fixturenames", ()))
    if asked & _COMMITTED:
        return ""
    return max(ORDER, key=lambda name: ORDER.index(name) if name in asked else 0)


class Layers:
    """The layers that stand, lowest first."""

    def __init__(self) -> None:
        self._makers: dict[str, Callable[[], dict[str, Any]]] = {"world": self._world, "captured": self._captured}
        self._made: dict[str, dict[str, Any]] = {}
        self._undo: list[ExitStack] = []
        self._unblocked: Callable[[], AbstractContextManager[None]] | None = None
        self._since = 0.0

    def clear(self, wanted: str = "") -> None:
        """Take away what stands above the layer, and everything that has stood for too long."""
        is_old = time.monotonic() - self._since > OLDEST_SECONDS
        number = 0 if is_old else ORDER.index(wanted)
        while len(self._undo) > number:
            assert self._unblocked is not None
            with self._unblocked():
                self._undo.pop().close()
            self._made.popitem()

    def build(self, wanted: str, unblocked: Callable[[], AbstractContextManager[None]]) -> None:
        """Let the layers up to this one stand."""
        self._unblocked = unblocked
        with unblocked():
            for name in ORDER[len(self._made) + 1 : ORDER.index(wanted) + 1]:
                self._add(name)

    def made(self, name: str) -> Any:
        """The test's own copy of what stands under the name; nothing where it does not stand."""
        return copy.deepcopy(next((made[name] for made in reversed(self._made.values()) if name in made), None))

    def _world(self) -> dict[str, Any]:
        return {"world": small_world()}

    def _captured(self) -> dict[str, Any]:
        """Capturing changes the world it is given, which must stay as it is for whoever stands below."""
        world = self.made("world")
        with tempfile.TemporaryDirectory() as folder:
            return {"world": world, "captured": captured_world(world, Path(folder))}

    def _add(self, name: str) -> None:
        undo = ExitStack()
        if not self._made:
            self._since = time.monotonic()
            undo.enter_context(_kept_open())
        undo.enter_context(_undone())
        self._undo.append(undo)
        self._made[name] = self._makers[name]()


@contextmanager
def _undone() -> Iterator[None]:
    """A transaction, or a savepoint in one, that is rolled back; Django takes it for one of its test cases."""
    around = transaction.atomic()
    around._from_testcase = True
    with around:
        yield
        transaction.set_rollback(True)


@contextmanager
def _kept_open() -> Iterator[None]:
    """Each of Django's test cases closes its connections, and this one must outlive them."""
    connection.close = lambda: None
    try:
        yield
    finally:
        del connection.close
