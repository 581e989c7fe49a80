"""Reads of runs."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from trueline.audit.actions import Subject
from trueline.kit.scope import NotVisible, Scope
from trueline.operations.models import OperationRun
from trueline.operations.rules import ACTIVE


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


# lint: allow TL003 it reads nothing: it only names a run that the caller holds already
def subject_of(run: OperationRun) -> Subject:
    """The run as the trail names it."""
    return Subject("run", str(run.pk), run.run_type, run.environment_id, run.environment_label)
