"""What goes on now, in the frame of every page; asked for anew ever more slowly, and not at all when nothing runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.operations import queries as operations
from trueline.web.pages import url
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from trueline.operations.models import OperationRun
    from trueline.web.asked import Asked

PAUSES = (2, 3, 5, 8, 13, 21, 30)
"""Seconds until the frame asks again, one after the other; the last one stays."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the frame shows of it.

    Attributes:
        more: How many runs go on beside those that are named.
        pause: Seconds until it asks again.
        again_url: What it asks.
    """

    runs: tuple[OperationRun, ...]
    more: int
    pause: int
    again_url: str


def under_way(asked: Asked, paused: int = 0) -> Shown | None:
    """What goes on in the reader's reach; None for who sees no runs.

    Args:
        asked: Who asks.
        paused: How long the frame waited before it asked.
    """
    if not asked.scope.may(Capability.OPERATIONS_VIEW):
        return None
    found = operations.under_way(asked.scope)
    pause = next((one for one in PAUSES if one > paused), PAUSES[-1])
    return Shown(found.runs, found.more, pause, f"{url(asked, 'under_way')}?paused={pause}")
