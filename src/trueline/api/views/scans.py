"""Scans of what agents did, and the causes that they find."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import agents, readings
from trueline.api.schemas.shapes import Paging
from trueline.api.views.runs import shown as shown_run
from trueline.evaluations import models, queries
from trueline.evaluations.starting import scan_kept
from trueline.workspaces import access
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Capability

_TAG = "Scans"
_VIEW = Capability.FINDINGS_VIEW
_PLACE = "/environments/{slug:environment}"
_COPIED = (
    "id", "run_id", "version_id", "model_digest", "observed_at", "scanned_at", "readiness", "is_complete", "safety",
)  # fmt: skip


@operation("POST", _PLACE + "/scans", Capability.OPERATIONS_START, readings.Run, tag=_TAG, success=202, record=True)
def start_scan(asked: Asked, environment: str, given: agents.NewScan) -> readings.Run:
    """Scan what a system of agents has sent in the last days.

    The answer is the run; `Location` says where to follow it.
    """
    found = access.environment(asked.scope, environment)
    asked.scope.require(Capability.OPERATIONS_START, found.pk)
    started = scan_kept(asked.scope, found, given.days, given.version_id, actor=asked.actor, is_judged=given.is_judged)
    asked.made("runs", started.run.pk)
    return shown_run(started.run)


@operation("GET", _PLACE + "/scans", _VIEW, agents.ScanPage, tag=_TAG, record=True)
def list_scans(asked: Asked, environment: str, filters: Query[Paging]) -> dict[str, Any]:
    """Scans of an environment, the latest look first."""
    place = looked_at(asked, environment, _VIEW)
    found = queries.scans(asked.scope, place.pk)
    return page(asked, filters, found, ("-observed_at", "-id"), lambda rows: [_scan(one, place) for one in rows])


@operation("GET", "/scans/{uuid:scan_id}", _VIEW, agents.ScanDetail, tag=_TAG, record=True)
def get_scan(asked: Asked, scan_id: UUID) -> agents.ScanDetail:
    """One scan with its report."""
    found, place = _found(asked, scan_id)
    return agents.ScanDetail(**_scan(found, place).model_dump(), report=found.report)


@operation("GET", "/scans/{uuid:scan_id}/causes", _VIEW, agents.SeenCausePage, tag=_TAG, record=True)
def list_scan_causes(asked: Asked, scan_id: UUID, filters: Query[Paging]) -> dict[str, Any]:
    """Causes as one scan saw them, the most frequent first."""
    found, _place = _found(asked, scan_id)
    seen = queries.sightings_in(asked.scope, found.pk)
    return page(asked, filters, seen, ("-hit_count", "-occurrences", "id"), lambda rows: [_seen(one) for one in rows])


@operation("GET", _PLACE + "/causes", _VIEW, agents.CausePage, tag=_TAG, record=True)
def list_causes(asked: Asked, environment: str, filters: Query[Paging]) -> dict[str, Any]:
    """Causes that were ever seen in an environment, as they are now."""
    place = looked_at(asked, environment, _VIEW)
    found = queries.clusters(asked.scope, place.pk)
    order = ("-last_seen_at", "-hit_count", "id")
    return page(asked, filters, found, order, lambda rows: [_cause(one, place) for one in rows])


@operation("GET", "/causes/{uuid:failure_cluster_id}", _VIEW, agents.Cause, tag=_TAG, record=True)
def get_cause(asked: Asked, failure_cluster_id: UUID) -> agents.Cause:
    """One cause as it is now."""
    found = queries.cluster(asked.scope, failure_cluster_id)
    asked.scope.require(_VIEW, found.environment_id)
    return _cause(found, access.environment_by_id(asked.scope, found.environment_id))


def looked_at(asked: Asked, slug: str, capability: Capability) -> Environment:
    """An environment in any state. Raises `NotVisible`, then `NotAllowed`."""
    found = access.environment_in_any_state(asked.scope, slug)
    asked.scope.require(capability, found.pk)
    return found


def _found(asked: Asked, scan_id: UUID) -> tuple[models.Scan, Environment]:
    found = queries.scan(asked.scope, scan_id)
    asked.scope.require(_VIEW, found.environment_id)
    return found, access.environment_by_id(asked.scope, found.environment_id)


def _scan(one: models.Scan, place: Environment) -> agents.Scan:
    return agents.Scan(
        environment=place.slug,
        source=one.source_label,
        traces=one.traces_count,
        spans=one.spans_count,
        failed_spans=one.failed_spans_count,
        unread=one.unread_count,
        scored=one.scored_count,
        score=one.blended,
        score_low=one.blended_low,
        score_high=one.blended_high,
        **{name: getattr(one, name) for name in _COPIED},
    )


def _seen(one: models.ClusterSighting) -> agents.SeenCause:
    return agents.SeenCause(
        cause_id=one.cluster_id,
        name=one.cluster.name,
        hit=one.hit_count,
        of=one.trace_count,
        occurrences=one.occurrences,
        agents=one.agents,
        variants=one.variants,
        members=one.members,
    )


def _cause(one: models.FailureCluster, place: Environment) -> agents.Cause:
    names = ("id", "source", "name", "label", "is_hard", "times_seen", "first_seen_at", "last_seen_at")
    return agents.Cause(
        environment=place.slug,
        rule=one.rule_key,
        hit=one.hit_count,
        of=one.trace_count,
        unseen=one.unseen_count,
        **{name: getattr(one, name) for name in names},
    )
