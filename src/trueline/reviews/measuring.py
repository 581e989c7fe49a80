"""Measure a tenant: what is known of it now, by dimension, as JSON values. Reads other rooms, writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from trueline.connections.contract import Coverage, Json
from trueline.findings import queries as findings
from trueline.findings.exceptions import HOLDS
from trueline.findings.models import Finding, FindingException
from trueline.inventory import queries as inventory
from trueline.inventory.assertions.saying import kept_phrase
from trueline.inventory.definitions import Definitions
from trueline.inventory.models import Snapshot
from trueline.inventory.vocabulary import definitions
from trueline.kit import clock
from trueline.kit.scope import Scope
from trueline.operations import queries as operations
from trueline.reviews.rules import FRESH_DAYS, Completeness, Dimension
from trueline.workspaces import queries as workspaces

_CAPTURE = "capture"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One dimension as measured: its state, where it came from, when, and its content."""

    dimension: Dimension
    state: Completeness
    source: str
    measured_at: datetime | None
    body: dict[str, Any]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """The newest look at an environment: from what, how far it reached, when it was taken, why it is not complete."""

    source: str
    state: Completeness
    at: datetime | None
    reason: str = ""


def measure_tenant(scope: Scope, environment_id: UUID) -> tuple[Measurement, ...]:
    """All dimensions of a tenant in reach, from what the database holds at this moment."""
    snapshot = inventory.snapshots(scope, environment_id).first()
    look = _look(snapshot)
    return (
        findings_in(scope, environment_id, look),
        accepted_in(scope, environment_id, look),
        _baseline(scope, environment_id, look),
        _coverage(scope, snapshot, look),
        _permissions(scope, snapshot),
        operations_in(scope, environment_id),
    )


def _look(snapshot: Snapshot | None) -> Look:
    if snapshot is None:
        return Look(_CAPTURE, Completeness.MISSING, None, "never_captured")
    if snapshot.coverage == Coverage.COMPLETE:
        return Look(_CAPTURE, Completeness.COMPLETE, snapshot.observed_at)
    return Look(_CAPTURE, Completeness.PARTIAL, snapshot.observed_at, "capture_partial")


def findings_in(scope: Scope, environment_id: UUID, look: Look) -> Measurement:
    """What is open, as far as the newest look reached."""
    known = definitions(scope)
    rows = [_finding(row, known) for row in findings.open_findings(scope).filter(environment_id=environment_id)]
    cleared, back = findings.outcome_counts(scope).get(environment_id, (0, 0))
    body = {
        "open": rows,
        "by_severity": _counted(row["severity"] for row in rows),
        "by_area": _counted(row["area"] for row in rows),
        "verified_cleared": cleared,
        "reopened": back,
    }
    return Measurement(Dimension.FINDINGS, look.state, look.source, look.at, body, look.reason)


def _finding(row: Finding, known: Definitions) -> dict[str, Any]:
    key = row.path.rstrip("/").rsplit("/", 1)[-1].partition("[")[0] if row.facet == "settings" else ""
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "facet": row.facet,
        "area": row.area,
        "object_type": row.object_type,
        "subject": row.subject_name,
        "path": row.path,
        "setting": known.name(key) if key and known.knows(key) else "",
        "severity": row.severity,
        "state": row.shown_state,
        "expected": known.label(key, row.expected) if key else row.expected,
        "observed": known.label(key, row.observed) if key else _in_words(row.observed),
        "first_seen_at": row.first_seen_at.isoformat(),
        "last_seen_at": row.last_seen_at.isoformat(),
        "due_at": row.due_at.isoformat(),
    }


def _in_words(observed: Json) -> Json:
    """What was observed, with a provider's phrases as sentences: a review keeps words, not how they were made."""
    if not isinstance(observed, dict) or "gaps" not in observed:
        return observed
    return observed | {"gaps": [str(kept_phrase(one)) for one in observed["gaps"]]}


def accepted_in(scope: Scope, environment_id: UUID, look: Look) -> Measurement:
    """Which risks are accepted at this moment."""
    holding = findings.exceptions_worth(scope, sorted(HOLDS)).filter(finding__environment_id=environment_id)
    roles = {str(row.user_id): row.role for row in workspaces.members(scope)}
    known = definitions(scope)
    rows = [_exception(row, roles, known) for row in holding.order_by("expires_at", "id")]
    return Measurement(Dimension.ACCEPTED_RISK, look.state, "decisions", look.at, {"valid": rows}, look.reason)


def _exception(row: FindingException, roles: dict[str, str], known: Definitions) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "finding": _finding(row.finding, known),
        "reason": row.reason,
        "compensating_control": row.compensating_control,
        "owner": str(row.owner),
        "owner_role": roles.get(str(row.owner_id), ""),
        "requested_by": row.requested_by_label,
        "decided_by": row.decided_by_label,
        "decided_by_role": roles.get(str(row.decided_by_id), ""),
        "decided_at": row.decided_at.isoformat() if row.decided_at else "",
        "expires_at": row.expires_at.isoformat(),
        "review_due_at": row.review_due_at.isoformat(),
    }


def _baseline(scope: Scope, environment_id: UUID, look: Look) -> Measurement:
    state, reason = look.state, look.reason
    held = inventory.standards_of(scope, environment_id)
    if not held and state is not Completeness.MISSING:
        state, reason = Completeness.MISSING, "no_standard"
    kinds = (
        findings.open_findings(scope).filter(environment_id=environment_id).order_by().values_list("kind", flat=True)
    )
    body = {
        "standards": [{"id": str(one.profile_id), "name": one.profile.name, "version": one.number} for one in held],
        "open_by_kind": _counted(kinds),
    }
    return Measurement(Dimension.BASELINE, state, look.source, look.at, body, reason)


def _coverage(scope: Scope, snapshot: Snapshot | None, look: Look) -> Measurement:
    areas = inventory.areas(scope, snapshot.pk) if snapshot else []
    gaps = inventory.gaps(scope, snapshot.pk).filter(is_warning=False) if snapshot else []
    body = {
        "objects": snapshot.objects_count if snapshot else None,
        "areas": [{"area": row.area, "state": row.coverage, "objects": row.objects_count} for row in areas],
        "unread": _counted(row.kind for row in gaps),
    }
    return Measurement(Dimension.COVERAGE, look.state, look.source, look.at, body, look.reason)


def _permissions(scope: Scope, snapshot: Snapshot | None) -> Measurement:
    """What a capture was allowed to read. An export carries none of the permissions it was made with."""
    if snapshot is None:
        return Measurement(
            Dimension.PERMISSIONS, Completeness.MISSING, _CAPTURE, None, {"denied": []}, "never_captured"
        )
    denied = [row.area for row in inventory.areas(scope, snapshot.pk) if row.coverage == Coverage.DENIED]
    return Measurement(
        Dimension.PERMISSIONS, Completeness.MISSING, "export", None, {"denied": denied}, "not_in_an_export"
    )


def operations_in(scope: Scope, environment_id: UUID) -> Measurement:
    """How the runs of the last days ended."""
    since = clock.now() - timedelta(days=FRESH_DAYS[Dimension.OPERATIONS])
    rows = operations.runs(scope).filter(environment_id=environment_id, queued_at__gte=since).order_by("-queued_at")
    outcomes = list(rows.exclude(outcome="").values_list("outcome", "completed_at"))
    at = max((ended for _outcome, ended in outcomes if ended), default=None)
    state, reason = (Completeness.COMPLETE, "") if outcomes else (Completeness.MISSING, "no_runs")
    body = {"days": FRESH_DAYS[Dimension.OPERATIONS], "by_outcome": _counted(outcome for outcome, _ended in outcomes)}
    return Measurement(Dimension.OPERATIONS, state, "runs", at, body, reason)


def _counted(keys: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(keys).items()))
