"""Record what detectors saw: new, seen again, back again, gone. Set-based, so that 100,000 cost seconds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from trueline.audit.actions import Subject, record
from trueline.findings import queries
from trueline.findings.actions._staging import (
    CLEAR,
    COLUMNS,
    CONFIRM,
    DROP,
    INDEX,
    INSERT,
    OVERTAKEN,
    QUEUE_UP,
    RELEASE,
    REOPEN,
    REVIVE,
    STAGE,
    SUPERSEDED,
    TOUCH,
)
from trueline.findings.actions.accepting import settle_lapsed
from trueline.findings.rules import RANK, Detected, Detection, Severity
from trueline.kit import clock, ids
from trueline.kit.failpoints import reach
from trueline.kit.scope import Actor, Scope
from trueline.workspaces.models import Environment


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at an environment: which snapshot or scan, and when the environment was in that state."""

    environment: Environment
    snapshot_id: UUID | None
    observed_at: datetime
    scan_id: UUID | None = None

    def subject(self) -> Subject:
        """The look as the trail names it."""
        kind, found = ("scan", self.scan_id) if self.snapshot_id is None else ("snapshot", self.snapshot_id)
        return Subject(kind, str(found), "", self.environment.pk, self.environment.name)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the detections."""

    detected: int = 0
    opened: int = 0
    seen_again: int = 0
    reopened: int = 0
    cleared: int = 0
    released: int = 0

    def __add__(self, other: Recorded) -> Recorded:
        return Recorded(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@transaction.atomic
def record_detections(  # noqa: PLR0913 - what was seen of what, and by whom
    scope: Scope,
    sighting: Sighting,
    all_detected: Sequence[Detected],
    *,
    actor: Actor,
    hold: Callable[[], None],
    of: Collection[str] = (),
) -> Recorded:
    """Bring the findings of an environment to what one snapshot shows.

    Seen again moves `last_seen_at` and `times_seen`; a resolved one reopens; a closed or accepted one stays as people
    left it; one that is gone from a completely read area is resolved as verified cleared. Observation time decides: an
    older snapshot changes nothing that a newer one has said. The same snapshot twice changes nothing. What a standard
    asks for no longer, or an environment is no longer held to, is closed as not asked for; asked for again, it reopens.

    Args:
        scope: Where to record it.
        sighting: The look at the environment.
        all_detected: What each detector says of each standard.
        actor: Who asked for it.
        hold: Called first inside the transaction; raises when the run belongs to another worker by now.
        of: Detectors of which `all_detected` is everything that the environment is held to; none when it is a part.
    """
    hold()
    total = Recorded()
    for detected in all_detected:
        total += _record(scope, sighting, detected)
    if of:
        total += _release(scope, sighting, all_detected, of)
    settle_lapsed(scope, sighting.environment.pk, actor=actor)
    reach("detect:before-audit")
    after = {name: getattr(total, name) for name in Recorded.__slots__}
    record(scope.workspace_id, "findings:finding:detect", sighting.subject(), actor=actor, after=after)
    return total


def _record(scope: Scope, sighting: Sighting, detected: Detected) -> Recorded:
    values: dict[str, Any] = {
        "workspace": scope.workspace_id,
        "environment": sighting.environment.pk,
        "snapshot": sighting.snapshot_id,
        "scan": sighting.scan_id,
        "observed": sighting.observed_at,
        "now": clock.now(),
        "detector": detected.detector,
        "standard": detected.standard_id,
        "covered": sorted(detected.covered),
        "unknown": sorted(detected.unknown),
        "asked": None if detected.asked is None else sorted(detected.asked),
    }
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_UP, values)
        cursor.execute(OVERTAKEN, values)
        if cursor.fetchone()[0]:
            return Recorded(len(detected.detections))
        _stage(cursor, sighting, detected.detections, queries.terms(scope))
        seen, reopened, opened = (_rows_of(cursor, sql, values) for sql in (TOUCH, REOPEN, INSERT))
        reopened += _rows_of(cursor, REVIVE, values)
        released = 0 if detected.asked is None else _rows_of(cursor, DROP, values)
        cleared = _rows_of(cursor, CLEAR, values) + _rows_of(cursor, CONFIRM, values)
        cursor.execute("drop table staged_detection")
    return Recorded(len(detected.detections), opened, seen, reopened, cleared, released)


def _release(scope: Scope, sighting: Sighting, held: Iterable[Detected], of: Collection[str]) -> Recorded:
    """Close what was found against standards that the environment is not held to any more."""
    values: dict[str, Any] = {
        "snapshot": sighting.snapshot_id,
        "workspace": scope.workspace_id,
        "environment": sighting.environment.pk,
        "observed": sighting.observed_at,
        "now": clock.now(),
        "detectors": sorted(of),
        "held": sorted(f"{one.detector}:{one.standard_id}" for one in held),
    }
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_UP, values)
        cursor.execute(SUPERSEDED, values)
        is_superseded = cursor.fetchone()[0]
        return Recorded(released=0 if is_superseded else _rows_of(cursor, RELEASE, values))


def _rows_of(cursor: Any, statement: str, values: Mapping[str, Any]) -> int:
    cursor.execute(statement, values)
    return int(cursor.rowcount)


def _stage(cursor: Any, sighting: Sighting, detections: Iterable[Detection], terms: Mapping[Severity, int]) -> None:
    """COPY into a temporary table, index and analyse it: without that the planner loops for hours at 100,000."""
    cursor.execute(STAGE)
    with cursor.copy(f"copy staged_detection ({', '.join(COLUMNS)}) from stdin") as copy:
        for row in _rows(sighting, detections, terms):
            copy.write_row(row)
    cursor.execute(INDEX)
    cursor.execute("analyze staged_detection")


def _rows(
    sighting: Sighting, detections: Iterable[Detection], terms: Mapping[Severity, int]
) -> Iterator[tuple[Any, ...]]:
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
            sighting.observed_at + timedelta(days=terms[Severity(item.severity)]),
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
