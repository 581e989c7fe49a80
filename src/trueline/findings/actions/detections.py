"""Record what detectors saw: new, seen again, back again, gone. Set-based, so that 100,000 cost seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from trueline.audit.actions import Subject, record
from trueline.findings.actions._staging import (
    CLEAR,
    COLUMNS,
    CONFIRM,
    INDEX,
    INSERT,
    OVERTAKEN,
    QUEUE_UP,
    REOPEN,
    STAGE,
    TOUCH,
)
from trueline.findings.actions.accepting import settle_lapsed
from trueline.findings.rules import RANK, SLA_DAYS, Detected, Detection, Severity
from trueline.kit import clock, ids
from trueline.kit.failpoints import reach
from trueline.kit.scope import Actor, Scope
from trueline.workspaces.models import Environment


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at an environment: which snapshot, and when the environment was in that state."""

    environment: Environment
    snapshot_id: UUID
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the detections."""

    detected: int = 0
    opened: int = 0
    seen_again: int = 0
    reopened: int = 0
    cleared: int = 0

    def __add__(self, other: Recorded) -> Recorded:
        return Recorded(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@transaction.atomic
def record_detections(
    scope: Scope, sighting: Sighting, all_detected: Iterable[Detected], *, actor: Actor, hold: Callable[[], None]
) -> Recorded:
    """Bring the findings of an environment to what one snapshot shows.

    Seen again moves `last_seen_at` and `times_seen`; a resolved one reopens; a closed or accepted one stays as people
    left it; one that is gone from a completely read area is resolved as verified cleared. Observation time decides: an
    older snapshot changes nothing that a newer one has said. The same snapshot twice changes nothing.
    """
    hold()
    total = Recorded()
    for detected in all_detected:
        total += _record(scope, sighting, detected)
    settle_lapsed(scope, sighting.environment.pk, actor=actor)
    reach("detect:before-audit")
    environment = sighting.environment
    subject = Subject("snapshot", str(sighting.snapshot_id), "", environment.pk, environment.name)
    after = {name: getattr(total, name) for name in Recorded.__slots__}
    record(scope.workspace_id, "findings:finding:detect", subject, actor=actor, after=after)
    return total


def _record(scope: Scope, sighting: Sighting, detected: Detected) -> Recorded:
    values: dict[str, Any] = {
        "workspace": scope.workspace_id,
        "environment": sighting.environment.pk,
        "snapshot": sighting.snapshot_id,
        "observed": sighting.observed_at,
        "now": clock.now(),
        "detector": detected.detector,
        "standard": detected.standard_id,
        "covered": sorted(detected.covered),
    }
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_UP, values)
        cursor.execute(OVERTAKEN, values)
        if cursor.fetchone()[0]:
            return Recorded(len(detected.detections))
        _stage(cursor, sighting, detected.detections)
        seen, reopened, opened, cleared = (_rows_of(cursor, sql, values) for sql in (TOUCH, REOPEN, INSERT, CLEAR))
        cleared += _rows_of(cursor, CONFIRM, values)
        cursor.execute("drop table staged_detection")
    return Recorded(len(detected.detections), opened, seen, reopened, cleared)


def _rows_of(cursor: Any, statement: str, values: Mapping[str, Any]) -> int:
    cursor.execute(statement, values)
    return int(cursor.rowcount)


def _stage(cursor: Any, sighting: Sighting, detections: Iterable[Detection]) -> None:
    """COPY into a temporary table, index and analyse it: without that the planner loops for hours at 100,000."""
    cursor.execute(STAGE)
    with cursor.copy(f"copy staged_detection ({', '.join(COLUMNS)}) from stdin") as copy:
        for row in _rows(sighting, detections):
            copy.write_row(row)
    cursor.execute(INDEX)
    cursor.execute("analyze staged_detection")


def _rows(sighting: Sighting, detections: Iterable[Detection]) -> Iterator[tuple[Any, ...]]:
    for fingerprint, (item, observed_digest) in _once(sighting.environment.pk, detections).items():
        yield (
            ids.new(),
            fingerprint,
            item.area,
            item.object_type,
            item.subject_key,
            item.subject_name,
            item.facet,
            item.path,
            item.kind,
            str(item.severity),
            RANK[item.severity],
            _json(item.expected),
            _json(item.observed),
            observed_digest,
            sighting.observed_at + timedelta(days=SLA_DAYS[Severity(item.severity)]),
        )


def _once(environment_id: UUID, detections: Iterable[Detection]) -> dict[str, tuple[Detection, str]]:
    """Each cause once, by fingerprint. Of several the worst counts, whatever order they come in."""
    found: dict[str, tuple[Detection, str]] = {}
    for item in detections:
        fingerprint, said = item.fingerprint(environment_id), (item, item.observed_digest())
        rival = found.get(fingerprint)
        if rival is None or _weight(said) < _weight(rival):
            found[fingerprint] = said
    return found


def _weight(said: tuple[Detection, str]) -> tuple[int, str, str]:
    item, observed_digest = said
    return RANK[item.severity], observed_digest, item.subject_name


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
