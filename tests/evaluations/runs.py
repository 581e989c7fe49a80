"""Runs of agents and scans of them, made by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.worlds import World
from trueline.engine.traces.reader import read_bytes
from trueline.evaluations import queries
from trueline.evaluations.actions.scanning import Taken, keep_scan, record_causes
from trueline.evaluations.models import Scan
from trueline.evaluations.scanning import scan
from trueline.findings.actions.detections import Recorded
from trueline.operations.models import OperationRun
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Kind, Lifecycle

DAY_ZERO = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


def day(number: float) -> datetime:
    return DAY_ZERO + timedelta(days=number)


def run(name: str, *tools: str, error: str = "", seed: int = 0, at: datetime | None = None) -> dict[str, Any]:
    """A transcript: each tool is called by itself; two joined by `+` are called together. An error ends it."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Please."}]
    for number, step in enumerate(tools or ("look",)):
        calls = [{"id": f"{number}{tool}", "function": {"name": tool, "arguments": "{}"}} for tool in step.split("+")]
        messages.append({"role": "assistant", "name": "clerk", "content": None, "tool_calls": calls})
        messages += [{"role": "tool", "tool_call_id": call["id"], "content": "ok"} for call in calls]
    if error:
        messages[-1]["content"] = error
        messages[-1]["error"] = {"type": "TimeoutError", "message": error}
    if at is not None:
        messages[0]["at"] = messages[-1]["at"] = at.isoformat()
    return {"id": f"{name}-{seed}", "agent": "clerk", "metadata": {"case": name, "seed": seed}, "messages": messages}


def runs(number: int, *tools: str, failing: int = 0, seconds: int = 30, prefix: str = "run") -> list[dict[str, Any]]:
    """That many runs, the first ones with a timeout."""
    error = f"Timeout after {seconds} s calling payments"
    return [run(f"{prefix}{one}", *tools, error=error if one < failing else "") for one in range(number)]


def body(found: list[dict[str, Any]]) -> bytes:
    return json.dumps(found).encode()


def agents_of(world: World, name: str = "Clerks") -> Environment:
    return Environment.objects.create(
        workspace=world.workspace, slug=name.lower(), name=name, kind=Kind.AGENTS, lifecycle=Lifecycle.ACTIVE
    )


def scanned(
    world: World, place: Environment, at: datetime, found: list[dict[str, Any]] | bytes, version_id: UUID | None = None
) -> tuple[Scan, Recorded]:
    """Scan these runs as seen at a moment, and bring the findings to it."""
    with world.scope() as scope:
        version = queries.version(scope, version_id) if version_id else None
        model = queries.as_published(scope, version.pk) if version else None
        seen = scan(read_bytes(found if isinstance(found, bytes) else body(found)), model)
        taken = Taken(place, work_of(world, place).pk, version, "runs.json", at)
        made = keep_scan(scope, taken, seen, actor=scope.actor, hold=lambda: None)
        return made, record_causes(scope, made, seen, actor=scope.actor, hold=lambda: None)


def work_of(world: World, place: Environment) -> OperationRun:
    return OperationRun.objects.create(
        workspace_id=world.workspace.pk,
        environment_id=place.pk,
        run_type="evaluations.scan",
        capability="operations.start",
        initiator_kind="system",
        initiator_id="tests",
        initiator_label="tests",
        identity_digest="",
        state="completed",
        outcome="succeeded",
        completed_at=day(0),
    )
