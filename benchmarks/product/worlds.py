"""What measurements put into the database. Imported only once Django is ready."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import orjson

from trueline.connections.contract import AreaReport, Coverage, Record
from trueline.inventory.actions import Capture
from trueline.kit import clock, ids
from trueline.kit.scope import Scope
from trueline.operations.models import OperationRun
from trueline.providers.microsoft365.normalise import record_of
from trueline.providers.microsoft365.recognise import recognise
from trueline.workspaces.actions import create_environment
from trueline.workspaces.models import Environment

MOMENT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


class Objects:
    """A source of objects that are already at hand as bytes."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self._bodies = bodies
        self._areas: set[str] = set()

    def read(self) -> Iterator[Record]:
        for body in self._bodies:
            raw = orjson.loads(body)
            record = record_of(raw, recognise(raw), "export.json")
            self._areas.add(record.area)
            yield record

    def areas(self) -> tuple[AreaReport, ...]:
        return tuple(AreaReport(area, Coverage.COMPLETE, 1) for area in sorted(self._areas))


def environment(scope: Scope, name: str) -> Environment:
    return create_environment(scope, name, actor=scope.actor)


def capture_of(place: Environment, day: int = 0) -> Capture:
    """A capture of an environment, with a completed run behind it."""
    run = OperationRun.objects.create(
        workspace_id=place.workspace_id,
        environment_id=place.pk,
        run_type="inventory.capture",
        capability="operations.start",
        initiator_kind="system",
        initiator_id="benchmarks",
        initiator_label="benchmarks",
        identity_digest=str(ids.new()),
        state="completed",
        outcome="succeeded",
        completed_at=clock.now(),
    )
    return Capture(place, run.pk, "microsoft365", "benchmarks", MOMENT + timedelta(days=day))
