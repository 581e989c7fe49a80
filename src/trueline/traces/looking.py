"""The loops that file what was received and keep the files in order, in every workspace."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import UUID

from django.db import connection

from trueline.kit.database.away import is_away
from trueline.kit.database.context import within
from trueline.kit.scope import Scope
from trueline.traces.actions.connecting import connect
from trueline.traces.actions.folding import fold
from trueline.traces.actions.merging import forget, merge_small
from trueline.workspaces import access

log = logging.getLogger(__name__)
FOLD_SECONDS = 2.0
"""How long an acknowledged span waits at least until it can be read."""
TIDY_SECONDS = 300.0
_LONGEST_SECONDS = 10.0
"""So that a worker that is told to stop does."""


def fold_all() -> int:
    """Fold what waits anywhere until nothing does, or for a while; returns how many batches."""
    until, folded = time.monotonic() + _LONGEST_SECONDS, 0
    while (some := sum(_in_each(_fold_one, waiting=True))) and time.monotonic() < until:
        folded += some
    return folded + some


def tidy_all() -> int:
    """Remove what is over its time anywhere; returns how many files."""
    return sum(_in_each(forget, waiting=False))


def _fold_one(scope: Scope, environment_id: UUID) -> int:
    connect(scope, environment_id, actor=scope.actor)
    folded = fold(scope, environment_id)
    while folded and merge_small(scope, environment_id):
        pass
    return folded


def _in_each(act: Callable[[Scope, UUID], int], *, waiting: bool) -> list[int]:
    """Act in each place. One failing place keeps no other waiting."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, environment_id from traces_places(%s)", [waiting])
        places = cursor.fetchall()
    done = []
    for workspace_id, environment_id in places:
        try:
            with within(workspace_id):
                done.append(act(access.system(workspace_id), environment_id))
        except Exception as error:  # the next look comes; this one is in the log, and the others go on
            if is_away(error):
                raise
            log.exception("traces of environment %s could not be brought in order", environment_id)
    return done
