"""Reads of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, IntegerField, Q, QuerySet, Sum, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from trueline.audit.actions import Subject
from trueline.kit.scope import NotVisible, Scope
from trueline.operations.models import OperationRun
from trueline.operations.rules import ACTIVE, MOST_UNDER_WAY, State


def runs(scope: Scope) -> QuerySet[OperationRun]:
    """Runs in reach, newest first."""
    found = OperationRun.objects.filter(workspace_id=scope.workspace_id)
    if scope.environment_ids is not None:
        found = found.filter(Q(environment_id=None) | Q(environment_id__in=scope.environment_ids))
    if scope.excluded_ids:
        found = found.exclude(environment_id__in=scope.excluded_ids)
    return found.order_by("-queued_at", "-id")


def run(scope: Scope, run_id: UUID) -> OperationRun:
    """One run. Raises `NotVisible`."""
    found = runs(scope).filter(id=run_id).first()
    if found is None:
        raise NotVisible
    return found


def active_runs(scope: Scope) -> QuerySet[OperationRun]:
    """Runs that are queued or running, newest first."""
    return runs(scope).filter(state__in=ACTIVE)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The newest runs that go on, and how many more there are."""

    runs: tuple[OperationRun, ...]
    more: int


def under_way(scope: Scope) -> UnderWay:
    """What goes on now, in one statement: every page asks it."""
    found = tuple(active_runs(scope).annotate(every=Window(Count("id")))[:MOST_UNDER_WAY])
    return UnderWay(found, found[0].every - len(found) if found else 0)


def sums_since(scope: Scope, run_type: str, since: datetime, names: Sequence[str]) -> dict[str, int]:
    """How many runs of a type were completed since a moment, as `runs`, and the sums of some of their counts."""
    done = runs(scope).filter(run_type=run_type, state=State.COMPLETED, completed_at__gte=since, queued_at__gte=since)
    sums = {name: Sum(Cast(KeyTextTransform(name, "counts"), IntegerField())) for name in names}
    found = done.order_by().aggregate(runs=Count("id"), **sums)
    return {name: found[name] or 0 for name in ("runs", *names)}


# lint: allow TL003 it reads nothing: it only names a run that the caller holds already
def subject_of(run: OperationRun) -> Subject:
    """The run as the trail names it."""
    return Subject("run", str(run.pk), run.run_type, run.environment_id, run.environment_label)
