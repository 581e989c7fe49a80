"""Perform one run: check rights again, claim, keep the lease alive, end it with what became of it."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError, connections, transaction
from django.db.models.functions import Now

from trueline.audit.actions import Subject, record
from trueline.kit import ids
from trueline.kit.database.away import is_away
from trueline.kit.database.context import within
from trueline.kit.errors import TruelineError
from trueline.kit.failpoints import reach
from trueline.kit.scope import Actor, ActorKind, Scope
from trueline.operations import queue, registry
from trueline.operations.actions import lifecycle
from trueline.operations.actions.tidying import tidy
from trueline.operations.actions.work import Result, Work
from trueline.operations.errors import LeaseLost, RunCancelled
from trueline.operations.models import OperationRun, claimable
from trueline.operations.rules import (
    HEARTBEAT_SECONDS,
    LEASE_SECONDS,
    MOST_ATTEMPTS,
    Denial,
    RunOutcome,
    State,
)

log = logging.getLogger(__name__)
SYSTEM = Actor(ActorKind.SYSTEM, "system", "Trueline")


@dataclass(frozen=True, slots=True)
class _Ending:
    outcome: RunOutcome
    code: str = ""
    message: str = ""
    needs_attention: bool = False


# lint: allow TL015 the run itself names who asked for it
def execute(workspace_id: UUID, run_id: UUID) -> None:
    """Perform a run to its end. Called any number of times, it is performed once at a time and ended once."""
    with within(workspace_id):
        run = OperationRun.objects.filter(claimable(), workspace_id=workspace_id, id=run_id).first()
        if run is None:  # it has ended, or another worker is at it
            return
        scope = registry.authority().at_execution(run)
        if isinstance(scope, Denial):
            lifecycle.finish(run, RunOutcome.BLOCKED, actor=SYSTEM, code=scope.code, message=scope.message)
            return
        reach("run:before-claim")
        claimed = lifecycle.claim(run)
        if claimed is not None:
            reach("run:after-claim")
            _perform(claimed, scope)


def _perform(run: OperationRun, scope: Scope) -> None:
    work = Work(scope, run.pk, run.environment_id, run.parameters, run.fence)
    try:
        with _alive(run):
            result = registry.perform_of(run.run_type)(work)
            reach("run:before-finish")
            _succeed(run, scope, result)
    except LeaseLost:
        log.warning("run %s was taken over by another worker", run.pk)
    except RunCancelled:
        _end(run, _Ending(RunOutcome.CANCELLED))
    except TruelineError as error:
        _end(run, _Ending(RunOutcome.FAILED, error.code, str(error), needs_attention=True))
    except Exception as error:
        if is_away(error):
            # Nothing can be said of the run now. Its lease passes, and the sweep decides by its type.
            log.warning("run %s lost the database: %s", run.pk, error)
            return
        log.exception("run %s failed", run.pk)
        sentence = "Something went wrong inside Trueline. The details are in the log of the worker."
        _end(run, _Ending(RunOutcome.FAILED, "internal_error", sentence, needs_attention=True))


@transaction.atomic
def _succeed(run: OperationRun, scope: Scope, result: Result) -> None:
    ended = lifecycle.finish(run, result.outcome, actor=SYSTEM, counts=result.counts, message=result.message)
    if ended and result.follow_parameters is not None:
        lifecycle.follow(run, scope, result.follow_parameters)
    reach("run:before-commit")


def _end(run: OperationRun, ending: _Ending) -> None:
    lifecycle.finish(
        run,
        ending.outcome,
        actor=SYSTEM,
        code=ending.code,
        message=ending.message,
        needs_attention=ending.needs_attention,
    )


@contextmanager
def _alive(run: OperationRun) -> Iterator[None]:
    """Prolong the lease from a thread of its own while the work goes on."""
    done = threading.Event()
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(_beat, run, done), daemon=True, name=f"lease-{run.pk}")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(run: OperationRun, done: threading.Event) -> None:
    """One failed beat is no reason to stop: the database may be back before the lease has passed."""
    while not done.wait(HEARTBEAT_SECONDS):
        try:
            mine = OperationRun.objects.filter(workspace_id=run.workspace_id, id=run.pk, fence=run.fence)
            mine.filter(state=State.RUNNING).update(lease_until=Now() + timedelta(seconds=LEASE_SECONDS))
        except DatabaseError as error:
            log.warning("the lease of run %s could not be prolonged: %s", run.pk, error)
        finally:
            connections.close_all()


# lint: allow TL015 Trueline itself sweeps
def sweep() -> int:
    """Find runs whose worker has died, in all workspaces, and take them up or end them. Returns how many.

    The list is read as the narrow system role; everything else happens inside the run's own workspace.
    """
    tidy()
    found = _stalled()
    if found:
        _tell_of_sweep(len(found))
    return sum(_take_up(workspace_id, run_id) for workspace_id, run_id in found)


def _tell_of_sweep(number: int) -> None:
    """Each use of the system role that showed something is in the installation's own trail."""
    with within(ids.installation()), transaction.atomic():
        after = {"runs": number}
        record(ids.installation(), "operations:sweep:read", Subject("sweep"), actor=SYSTEM, after=after)


def _stalled() -> list[tuple[UUID, UUID]]:
    """Silent runs, and queued ones whose job has vanished. One that is woken already only waits for a free worker."""
    query = """
        select workspace_id, id from operations_operationrun as run
        where ((state = 'running' and lease_until < now())
           or (state = 'queued' and queued_at < now() - make_interval(secs => %s)))
          and not exists (
            select from procrastinate_jobs as job where job.status = 'todo' and job.args ->> 'run_id' = run.id::text)
        order by queued_at limit 200
    """
    with connections["system"].cursor() as cursor:
        cursor.execute(query, [LEASE_SECONDS])
        return list(cursor.fetchall())


def _take_up(workspace_id: UUID, run_id: UUID) -> bool:
    """Take one run up, or end it, unless another sweep was first or its worker has come back.

    A locked row belongs to a worker that is writing right now: it is alive, however long its transaction takes.
    """
    with within(workspace_id), transaction.atomic():
        mine = OperationRun.objects.filter(claimable(), workspace_id=workspace_id, id=run_id)
        run = mine.select_for_update(skip_locked=True).first()
        if run is None or queue.is_woken(run_id):
            return False
        _decide(run)
        return True


def _decide(run: OperationRun) -> None:
    run_type = registry.run_type(run.run_type)
    if run.state == State.QUEUED or (run_type.is_idempotent and run.attempt < MOST_ATTEMPTS):
        lifecycle.recover(run, actor=SYSTEM)
        return
    sentence = "The worker stopped in the middle of this run, and it is not safe to repeat it unseen."
    if run_type.is_idempotent:
        sentence = "This run has stopped its worker several times, so it is not tried again."
    lifecycle.finish(run, RunOutcome.FAILED, actor=SYSTEM, code="stalled", message=sentence, needs_attention=True)
