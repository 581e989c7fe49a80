"""Measure one system of agents: what its newest scan showed, by dimension, as JSON values. Reads other rooms only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from trueline.engine.diagnosis.rates import Rate
from trueline.evaluations import queries as evaluations
from trueline.evaluations.models import ClusterSighting, RuleTally, Scan, WorldModelVersion
from trueline.evaluations.scanning import FEWEST_RUNS, Readiness
from trueline.kit.scope import Scope
from trueline.reviews.measuring import Look, Measurement, accepted_in, findings_in, operations_in
from trueline.reviews.rules import Completeness, Dimension

_SCAN = "scan"
_DIGITS = 4
Json = dict[str, Any]


def measure_system(scope: Scope, environment_id: UUID) -> tuple[Measurement, ...]:
    """All dimensions of a system of agents in reach, from what the database holds at this moment."""
    newest = evaluations.scans(scope, environment_id).first()
    look = _look(newest)
    if newest is None:
        empty: tuple[tuple[Dimension, Json], ...] = (
            (Dimension.SCAN, {"causes": []}),
            (Dimension.WORLD_MODEL, {"version": None, "rules": []}),
            (Dimension.SCORE, {"blended": None, "parts": {}, "safety": "not_measured"}),
        )
        own = tuple(Measurement(name, look.state, _SCAN, None, body, look.reason) for name, body in empty)
    else:
        own = _scan(scope, newest, look), _world_model(scope, newest), _score(scope, newest)
    return (
        findings_in(scope, environment_id, look),
        accepted_in(scope, environment_id, look),
        *own,
        operations_in(scope, environment_id),
    )


def _look(newest: Scan | None) -> Look:
    """How far the newest scan could read what agents did."""
    if newest is None:
        return Look(_SCAN, Completeness.MISSING, None, "never_scanned")
    if newest.readiness == Readiness.NOT_READY:
        return Look(_SCAN, Completeness.MISSING, newest.observed_at, "no_traces")
    if not newest.is_complete:
        return Look(_SCAN, Completeness.PARTIAL, newest.observed_at, "scan_partial")
    return Look(_SCAN, Completeness.COMPLETE, newest.observed_at)


def _scan(scope: Scope, newest: Scan, look: Look) -> Measurement:
    body = {
        "id": str(newest.pk),
        "readiness": str(newest.readiness),
        "observed_at": newest.observed_at.isoformat(),
        "runs": newest.traces_count,
        "steps": newest.spans_count,
        "failed_steps": newest.failed_spans_count,
        "unread": newest.unread_count,
        "causes": [_cause(one) for one in evaluations.sightings_in(scope, newest.pk)],
    }
    return Measurement(Dimension.SCAN, look.state, _SCAN, look.at, body, look.reason)


def _cause(seen: ClusterSighting) -> Json:
    rate = Rate(seen.hit_count, seen.trace_count)
    low, high = rate.interval
    return {
        "id": str(seen.cluster_id),
        "source": str(seen.cluster.source),
        "name": seen.cluster.name,
        "is_hard": seen.cluster.is_hard,
        "hit": rate.hit,
        "of": rate.of,
        "interval": [round(low, _DIGITS), round(high, _DIGITS)],
        "occurrences": seen.occurrences,
        "first_seen_at": seen.cluster.first_seen_at.isoformat(),
    }


def _world_model(scope: Scope, newest: Scan) -> Measurement:
    """What the scan was judged by. A rule that came to no verdict was asked and not answered."""
    version = newest.version
    if version is None:
        body: Json = {"version": None, "rules": []}
        reason = "no_world_model"
        return Measurement(Dimension.WORLD_MODEL, Completeness.MISSING, _SCAN, newest.observed_at, body, reason)
    tallies = {one.rule_key: one for one in evaluations.rule_tallies(scope, newest.pk)}
    model = evaluations.as_published(scope, version.pk)
    rules: list[Json] = [
        {"rule": one.id, "text": one.text, "is_hard": one.hard, **_verdicts(tallies.get(one.id))}
        for one in model.in_force
    ]
    is_whole = all(one["passed"] + one["failed"] for one in rules)
    state = Completeness.COMPLETE if is_whole else Completeness.PARTIAL
    body = {"version": _version(version, model.name, newest.model_digest), "rules": rules}
    reason = "" if is_whole else "rules_undecided"
    return Measurement(Dimension.WORLD_MODEL, state, _SCAN, newest.observed_at, body, reason)


def _verdicts(tally: RuleTally | None) -> dict[str, int]:
    names = ("passed", "failed", "not_applicable", "unscored")
    return {name: getattr(tally, name) if tally else 0 for name in names}


def _version(version: WorldModelVersion, name: str, judged_by: str) -> Json:
    return {
        "name": name,
        "label": version.label,
        "digest": judged_by,
        "authority": version.authority_uuid,
        "in_force": version.in_force_count,
        "enshrined": version.enshrined_count,
        "published_at": version.published_at.isoformat(),
    }


def _score(scope: Scope, newest: Scan) -> Measurement:
    """How well the system does. From few runs a score is what was seen in them, and no more."""
    told: Mapping[str, Any] = evaluations.scan(scope, newest.pk).report.get("score") or {}
    body = {
        "blended": _mean(newest.blended, newest.blended_low, newest.blended_high, newest.scored_count),
        "scored": newest.scored_count,
        "runs": newest.traces_count,
        "needed": FEWEST_RUNS,
        "parts": {name: _part(told[name]) for name in ("world_model_score", "rubric_score") if name in told},
        "safety": str(newest.safety),
    }
    state, reason = Completeness.COMPLETE, ""
    if newest.blended is None:
        state, reason = Completeness.MISSING, "nothing_scored"
    elif newest.scored_count < FEWEST_RUNS:
        state, reason = Completeness.PARTIAL, "too_few_runs"
    elif newest.scored_count < newest.traces_count:
        state, reason = Completeness.PARTIAL, "not_all_scored"
    return Measurement(Dimension.SCORE, state, _SCAN, newest.observed_at, body, reason)


def _mean(value: float | None, low: float | None, high: float | None, number: int) -> Json | None:
    if value is None or low is None or high is None:
        return None
    return {"value": round(value, _DIGITS), "interval": [round(low, _DIGITS), round(high, _DIGITS)], "n": number}


def _part(told: Mapping[str, Any]) -> Json | None:
    low, high = told.get("interval") or (None, None)
    return _mean(told["value"], low, high, told["n"])
