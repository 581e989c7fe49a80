"""A desk to read cases at, and records that were never stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from trueline.casework.guidance.contract import Desk
from trueline.connections.models import Connection
from trueline.findings.models import Finding, FindingException
from trueline.findings.rules import RANK, VERIFIED_CLEARED, Severity
from trueline.kit import ids
from trueline.operations.models import OperationRun

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
WORKSPACE = ids.new()
ENVIRONMENT = ids.new()


def address(name: str, *parts: Any) -> str:
    return "/" + "/".join([name, *map(str, parts)])


def desk(surface: str = "home", *, denied: tuple[str, ...] = ()) -> Desk:
    """A reader who may do everything but what is named; of a scope the cases only take the workspace."""
    scope: Any = SimpleNamespace(workspace_id=WORKSPACE)
    return Desk(scope, surface, address, lambda need, _place: "Not yours." if need in denied else "", NOW)


def finding(state: str = "new", *, severity: str = "high", reason: str = "", due_days: int = 5) -> Finding:
    resolved = reason or (VERIFIED_CLEARED if state == "resolved" else "")
    return Finding(
        workspace_id=WORKSPACE,
        environment_id=ENVIRONMENT,
        state=state,
        severity=severity,
        severity_rank=RANK[Severity(severity)],
        resolved_reason=resolved,
        due_at=NOW + timedelta(days=due_days),
        snapshot_id=ids.new(),
        detector="drift",
    )


def exception(of: Finding, status: str = "active") -> FindingException:
    return FindingException(
        workspace_id=WORKSPACE,
        finding_id=of.pk,
        status=status,
        requested_by_label="Rita Requester",
        expires_at=NOW + timedelta(days=30),
    )


def run(state: str = "completed", outcome: str = "", *, run_type: str = "inventory.capture", code: str = "") -> Any:
    return OperationRun(
        workspace_id=WORKSPACE,
        environment_id=ENVIRONMENT,
        run_type=run_type,
        state=state,
        outcome=outcome,
        reason_code=code,
    )


def connection(*, is_off: bool = False) -> Connection:
    return Connection(workspace_id=WORKSPACE, environment_id=ENVIRONMENT, disabled_at=NOW if is_off else None)
