"""Keep what files gave, whole or not at all, in the same store as what agents send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.audit.rules import Outcome
from trueline.kit import clock
from trueline.kit.failpoints import reach
from trueline.traces import queries
from trueline.traces.actions.keeping import keep_batch
from trueline.traces.models import TraceImport
from trueline.traces.rules import MOST_UNREAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from trueline.kit.scope import Actor, Scope
    from trueline.traces.importing import Found
    from trueline.workspaces.models import Environment


@transaction.atomic
def keep_import(  # noqa: PLR0913 - where, by which run, from which file, what, by whom
    scope: Scope,
    environment: Environment,
    run_id: UUID,
    name: str,
    found: Found,
    *,
    actor: Actor,
    hold: Callable[[], None],
) -> TraceImport:
    """Keep every batch and the line that tells of them; a repeated step finds the line there and keeps nothing."""
    hold()
    kept = queries.import_of_run(scope, run_id)
    if kept is not None:
        return kept
    now = clock.now()
    for batch in found.packed_batches():
        keep_batch(scope, environment.pk, batch, now)
    made = _told(scope, environment, run_id, name, found)
    made.save(force_insert=True)
    reach("import:before-audit")
    subject = Subject("trace_import", str(made.pk), made.name, environment.pk, environment.name)
    after = {"traces": made.traces_count, "spans": made.spans_count, "unread": made.unread_count}
    outcome = Outcome.PARTIAL if made.unread_count else Outcome.SUCCESS
    record(scope.workspace_id, "traces:import:keep", subject, actor=actor, after=after, outcome=outcome)
    return made


def _told(scope: Scope, environment: Environment, run_id: UUID, name: str, found: Found) -> TraceImport:
    return TraceImport(
        workspace_id=scope.workspace_id,
        environment_id=environment.pk,
        run_id=run_id,
        name=name[:200],
        files_count=found.files,
        traces_count=len(found.trace_ids),
        spans_count=found.spans,
        unread_count=len(found.unread),
        unread=[{"path": one.path[:400], "reason": one.reason} for one in found.unread[:MOST_UNREAD]],
    )
